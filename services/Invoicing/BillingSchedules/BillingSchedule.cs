using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>Where a schedule stands.</summary>
public enum BillingScheduleStatus
{
    /// <summary>It bills.</summary>
    Active,

    /// <summary>It bills nothing until it is resumed, and then what fell into the pause too.</summary>
    Paused,

    /// <summary>All of it is billed, or it was ended.</summary>
    Completed,
}

/// <summary>What became of one of its invoices.</summary>
public sealed record BilledPeriod(Guid InvoiceId, string InvoiceNumber, DateOnly BillOn, Money Total);

/// <summary>What is agreed to be billed to a customer, and what of it is billed.</summary>
public sealed record BillingSchedule
{
    public static readonly BillingSchedule Initial = new();

    /// <summary>What was agreed; null before that.</summary>
    public BillingScheduleCreated? Agreed { get; init; }

    /// <summary>Issued, by key.</summary>
    public ImmutableSortedDictionary<string, BilledPeriod> Billed { get; init; } =
        ImmutableSortedDictionary.Create<string, BilledPeriod>(StringComparer.Ordinal);

    /// <summary>Milestones that are reached.</summary>
    public ImmutableDictionary<string, DateOnly> Reached { get; init; } = ImmutableDictionary<string, DateOnly>.Empty;

    /// <summary>Why the last try failed; null after one that did not.</summary>
    public SchedulePeriodRefused? Refused { get; init; }

    /// <summary>True while it bills nothing.</summary>
    public bool IsPaused { get; init; }

    /// <summary>It was ended after this day; null where it was not.</summary>
    public DateOnly? EndedOn { get; init; }

    /// <summary>Day of the next invoice; null where nothing is to come by itself.</summary>
    public DateOnly? NextBillOn { get; init; }

    /// <summary>
    /// It was ended before any of it was billed, and nothing of it ever is. Of milestones one may still be said to be
    /// reached on a day before its end.
    /// </summary>
    public bool EndedUnbilled =>
        EndedOn is not null && Billed.IsEmpty && Agreed!.Plan.Milestones is null
        && Status == BillingScheduleStatus.Completed;

    public Currency Currency => Currency.Of(Agreed!.Currency);

    public BillingScheduleStatus Status =>
        IsPaused ? BillingScheduleStatus.Paused
        : Remaining().Any() ? BillingScheduleStatus.Active
        : BillingScheduleStatus.Completed;

    /// <summary>What is not billed yet, in order; of a schedule without end, without end.</summary>
    public IEnumerable<BillingPeriod> Remaining()
    {
        var plan = Agreed!.Plan;
        if (plan.Recurring is { } recurring)
        {
            var ending = EndedOn is { } last && !(recurring.End < last) ? recurring with { End = last } : recurring;
            return BillingPeriods.Of(ending, Currency).Where(period => !Billed.ContainsKey(period.Key));
        }

        var open = (plan.Milestones ?? [])
            .Select(one => new BillingPeriod(
                one.Code, Reached.GetValueOrDefault(one.Code, one.PlannedOn ?? DateOnly.MaxValue), one.Lines))
            .Concat((plan.Dates ?? []).Select(one => new BillingPeriod(
                FormattableString.Invariant($"{one.BillOn:yyyy-MM-dd}"), one.BillOn, one.Lines)))
            .Where(period => !Billed.ContainsKey(period.Key) && !(period.BillOn > EndedOn));
        return open.OrderBy(period => period.BillOn).ThenBy(period => period.Key, StringComparer.Ordinal);
    }

    /// <summary>The next invoice that needs nobody's word; null where there is none.</summary>
    public BillingPeriod? Next() => Remaining().FirstOrDefault(period =>
        Agreed!.Plan.Milestones is null || Reached.ContainsKey(period.Key));

    public static BillingSchedule Evolve(BillingSchedule schedule, object e) => e switch
    {
        BillingScheduleCreated created => schedule with { Agreed = created, NextBillOn = created.NextBillOn },
        SchedulePeriodBilled billed => schedule with
        {
            Billed = schedule.Billed.Add(
                billed.Key, new(billed.InvoiceId, billed.InvoiceNumber, billed.BillOn, billed.Total)),
            Refused = null,
            NextBillOn = billed.NextBillOn,
        },
        SchedulePeriodRefused refused => schedule with { Refused = refused },
        MilestoneReached reached => schedule with
        {
            Reached = schedule.Reached.Add(reached.Code, reached.On),
            NextBillOn = reached.NextBillOn,
        },
        BillingSchedulePaused => schedule with { IsPaused = true, NextBillOn = null },
        BillingScheduleResumed resumed => schedule with { IsPaused = false, NextBillOn = resumed.NextBillOn },
        BillingScheduleEnded ended => schedule with { EndedOn = ended.LastDay, NextBillOn = ended.NextBillOn },
        _ => schedule,
    };
}

public static class BillingScheduleStream
{
    public static readonly StreamType<BillingSchedule> Type =
        new("billing_schedule", BillingSchedule.Initial, BillingSchedule.Evolve);

    /// <summary>
    /// The invoice of a period: always the same, so that a period is billed once, whoever bills it and how often.
    /// </summary>
    public static Guid InvoiceId(Guid scheduleId, string key) =>
        Ids.From("billing-schedule", scheduleId.ToString("D"), key);
}
