using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>A way of billing that Credit has agreed on with a customer.</summary>
/// <param name="Id">The request for terms that it was agreed by.</param>
/// <param name="CustomerId">With whom.</param>
/// <param name="Words">What was agreed.</param>
/// <param name="Plan">The same as a plan; null where it is in words alone.</param>
/// <param name="Version">Of the customer's stream at Credit: of two agreements with it the higher one holds; 0 where an
/// older version kept it.</param>
/// <param name="SupersededBy">The agreement that holds in its place; null where it holds itself.</param>
public sealed record BillingAgreement(
    Guid Id, Guid CustomerId, string Words, AgreedPlan? Plan, long Version = 0, Guid? SupersededBy = null)
{
    /// <summary>
    /// The schedule that sets it up: always the same, so that it is set up once, whoever does it and how often.
    /// </summary>
    public Guid ScheduleId => Ids.From("billing-agreement", Id.ToString("D"));

    /// <summary>The schedule that sets it up in place of one that was ended before it billed anything.</summary>
    public static Guid ScheduleAfter(Guid scheduleId) =>
        Ids.From("billing-agreement", "after", scheduleId.ToString("D"));
}

/// <summary>What is billed once it is reached, at a price that was not agreed on.</summary>
public sealed record AgreedMilestone(string Code, string Description, DateOnly? PlannedOn);

/// <summary>Lines and prices for a plan that was agreed without them.</summary>
/// <param name="Lines">What a whole period costs; null for a plan of milestones.</param>
/// <param name="Milestones">What each milestone costs, by its code; null for a plan of periods.</param>
public sealed record AgreedLines(
    IReadOnlyList<IssueInvoiceLine>? Lines = null,
    IReadOnlyDictionary<string, IReadOnlyList<IssueInvoiceLine>>? Milestones = null);

/// <summary>When is billed by an agreement: period after period, or as milestones are reached.</summary>
/// <param name="Interval">Length of a period; null where milestones are billed.</param>
/// <param name="From">First day that is billed; null where milestones are.</param>
/// <param name="FirstFullPeriod">First day of the first whole period; what is before it is a part of one. Null for the
/// first day that is billed.</param>
/// <param name="InArrears">A period is billed on the day after its last; else on its first.</param>
/// <param name="Milestones">What is billed as it is reached; null where periods are.</param>
public sealed record AgreedPlan(
    BillingInterval? Interval, DateOnly? From, DateOnly? FirstFullPeriod, bool InArrears,
    IReadOnlyList<AgreedMilestone>? Milestones)
{
    /// <summary>
    /// The plan of a billing schedule, or why these lines do not make one. What is before the first whole period costs
    /// its share by days.
    /// </summary>
    /// <param name="lines">What it costs.</param>
    /// <param name="billFrom">First day that the schedule bills, where what is before it was billed otherwise; null for
    /// the first day that was agreed.</param>
    public (BillingPlan? Plan, Refusal? Refusal) With(AgreedLines? lines, DateOnly? billFrom = null)
    {
        if (Milestones is { } milestones)
        {
            return billFrom is null ? WithMilestones(milestones, lines) : (null, BillFrom(
                "Milestones are agreed; they are billed as they are reached."));
        }

        if (this is not { Interval: { } interval, From: { } from }
            || lines is not { Lines: { } each, Milestones: null })
            return (null, Invalid("Periods are agreed: say in lines what a whole one costs."));
        if (billFrom < from || billFrom is { Year: > 2200 })
            return (null, BillFrom($"It is agreed to bill from {from:yyyy-MM-dd} on."));
        var first = FirstFullPeriod;
        if (billFrom is { } later && later > from)
            (from, first) = (later, WholeFrom(first ?? from, interval, later));
        return (new BillingPlan(new RecurringPlan(
            interval, InArrears ? BillingTiming.Arrears : BillingTiming.Advance, from, each, FirstFullPeriod: first)),
            null);
    }

    /// <summary>The first of the agreed periods that begins on a day or after it; null where that is the day.</summary>
    private static DateOnly? WholeFrom(DateOnly first, BillingInterval interval, DateOnly day)
    {
        var months = BillingPeriods.Months(interval);
        var next = Enumerable.Range(0, int.MaxValue).Select(n => first.AddMonths(n * months)).First(one => one >= day);
        return next == day ? null : next;
    }

    private static (BillingPlan? Plan, Refusal? Refusal) WithMilestones(
        IReadOnlyList<AgreedMilestone> milestones, AgreedLines? lines) =>
        lines is { Lines: null, Milestones: { } each } && each.Values.All(one => one is not null)
            && each.Keys.Order(StringComparer.Ordinal).SequenceEqual(
                milestones.Select(one => one.Code).Order(StringComparer.Ordinal))
            ? (new BillingPlan(Milestones:
            [
                .. milestones.Select(one => new Milestone(one.Code, one.Description, each[one.Code], one.PlannedOn)),
            ]), null)
            : (null, Invalid(
                "Milestones are agreed: say what each costs: " +
                $"{string.Join(", ", milestones.Select(one => one.Code))}."));

    private static Refusal BillFrom(string detail) => new("invalid-schedule", detail, Field: "/billFrom");

    private static Refusal Invalid(string detail) => new("invalid-schedule", detail, Field: "/agreedLines");
}
