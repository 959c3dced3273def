using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>What may become of a billing schedule.</summary>
public static class BillingScheduleDecider
{
    private const int MaxLines = 200;
    private const int MaxParts = 200;

    /// <summary>Agrees it.</summary>
    public static Decision Create(BillingSchedule schedule, BillingScheduleCreated wish)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(wish);
        if (schedule.Agreed is not null)
            return Decision.Nothing;
        if (Check(wish) is { } refusal)
            return refusal;
        var agreed = BillingSchedule.Evolve(schedule, wish);
        return Decision.Of(wish with { NextBillOn = agreed.Next()?.BillOn });
    }

    /// <summary>Notes that the invoice of the next period is issued with the same write.</summary>
    public static Decision Bill(
        BillingSchedule schedule, BillingPeriod period, Guid invoiceId, string number, Money total)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(period);
        if (schedule.Billed.ContainsKey(period.Key))
            return Decision.Nothing;
        if (schedule.IsPaused)
            return BillingScheduleRefusals.Paused();
        var billed = new SchedulePeriodBilled(period.Key, invoiceId, number, period.BillOn, total, null);
        var after = BillingSchedule.Evolve(schedule, billed);
        return Decision.Of(billed with { NextBillOn = after.Next()?.BillOn });
    }

    /// <summary>Notes why a period could not be billed, once a day and reason.</summary>
    public static Decision Refuse(BillingSchedule schedule, BillingPeriod period, DateOnly today, Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(period);
        ArgumentNullException.ThrowIfNull(refusal);
        var refused = new SchedulePeriodRefused(period.Key, today, refusal.Code, refusal.Detail);
        return refused == schedule.Refused ? Decision.Nothing : Decision.Of(refused);
    }

    /// <summary>Says that a milestone is reached; saying it again is nothing.</summary>
    public static Decision Reach(BillingSchedule schedule, string code, DateOnly on)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (schedule.Agreed?.Plan.Milestones?.Any(one => one.Code == code) != true)
            return BillingScheduleRefusals.NoMilestone(code);
        if (schedule.EndedOn is { } ended && on > ended)
            return BillingScheduleRefusals.Ended(ended);
        if (schedule.Reached.ContainsKey(code))
            return Decision.Nothing;
        var reached = new MilestoneReached(code, on, null);
        return Decision.Of(reached with { NextBillOn = NextAfter(schedule, reached) });
    }

    /// <summary>Bills nothing until it is resumed.</summary>
    public static Decision Pause(BillingSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.IsPaused ? Decision.Nothing
            : schedule.Status == BillingScheduleStatus.Completed ? BillingScheduleRefusals.Completed()
            : Decision.Of(new BillingSchedulePaused());
    }

    /// <summary>Bills again, also what fell into the pause.</summary>
    public static Decision Resume(BillingSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.IsPaused
            ? Decision.Of(new BillingScheduleResumed(schedule.Next()?.BillOn))
            : Decision.Nothing;
    }

    /// <summary>
    /// Bills nothing after a day. Not before what is billed already: that is corrected by a credit memo.
    /// </summary>
    public static Decision End(BillingSchedule schedule, DateOnly lastDay)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (schedule.EndedOn == lastDay)
            return Decision.Nothing;
        if (schedule.EndedOn is { } before && before < lastDay)
            return BillingScheduleRefusals.Ended(before);
        var ended = new BillingScheduleEnded(lastDay, null);
        return Decision.Of(ended with { NextBillOn = NextAfter(schedule, ended) });
    }

    private static DateOnly? NextAfter(BillingSchedule schedule, object e)
    {
        var after = BillingSchedule.Evolve(schedule, e);
        return after.IsPaused ? null : after.Next()?.BillOn;
    }

    private static Refusal? Check(BillingScheduleCreated wish)
    {
        if (!LegalEntityDecider.IsName(wish.Name))
            return Invalid("/name", "The name has 1 to 200 characters.");
        if (wish.Terms is { } terms && !PaymentTerms.TryParse(terms, out _))
            return CustomerRefusals.Terms(terms, "/terms");
        if (wish.OrderReference is { Length: 0 or > 100 } || wish.PurchaseOrder is { Length: 0 or > 100 })
            return Invalid("/orderReference", "References have 1 to 100 characters.");
        if (!Currency.TryOf(wish.Currency, out var currency))
            return Invalid("/currency", $"'{wish.Currency}' is not an ISO 4217 currency.");
        return Check(wish.Plan) ?? wish.Plan.AllLines.Select(lines => CheckLines(lines, currency))
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static Refusal? Check(BillingPlan plan)
    {
        var parts = new object?[] { plan.Recurring, plan.Milestones, plan.Dates }.Count(part => part is not null);
        if (parts != 1)
            return Invalid("/plan", "A plan is recurring, or has milestones, or has dates.");
        if (plan.Recurring is { } recurring)
            return Check(recurring);
        if ((plan.Milestones?.Count ?? plan.Dates!.Count) is 0 or > MaxParts)
            return Invalid("/plan", $"A plan has 1 to {MaxParts} milestones or dates.");
        return plan.Milestones is { } milestones ? Check(milestones) : Check(plan.Dates!);
    }

    private static Refusal? Check(RecurringPlan plan) => plan switch
    {
        { End: { } end } when end < plan.Start => Invalid("/plan/recurring/end", "It ends before it starts."),
        { FirstFullPeriod: { } first } when first < plan.Start
            || first > plan.Start.AddMonths(BillingPeriods.Months(plan.Interval)) =>
            Invalid("/plan/recurring/firstFullPeriod", "The first whole period begins within one period of the start."),
        _ when plan.Start.Year is < 2000 or > 2200 => Invalid("/plan/recurring/start", "The start is after 1999."),
        _ => null,
    };

    private static Refusal? Check(IReadOnlyList<Milestone> milestones) =>
        milestones.Any(one => string.IsNullOrWhiteSpace(one.Code) || one.Code.Length > 50)
            ? Invalid("/plan/milestones", "A milestone has a code of 1 to 50 characters.")
        : milestones.Select(one => one.Code).Distinct(StringComparer.Ordinal).Count() < milestones.Count
            ? Invalid("/plan/milestones", "Two milestones have one code.")
            : null;

    private static Refusal? Check(IReadOnlyList<AgreedDate> dates) =>
        dates.Select(one => one.BillOn).Distinct().Count() < dates.Count
            ? Invalid("/plan/dates", "Two parts are on one date; put their lines together.")
            : null;

    private static Refusal? CheckLines(IReadOnlyList<IssueInvoiceLine> lines, Currency currency) =>
        lines.Count is 0 or > MaxLines
            ? Invalid("/plan", $"Each part of a plan has 1 to {MaxLines} lines.")
            : lines.Select((line, index) => InvoicePricing.Check(line, index, currency))
                .FirstOrDefault(refusal => refusal is not null);

    private static Refusal Invalid(string field, string detail) => new("invalid-schedule", detail, Field: field);
}

/// <summary>Why something about billing schedules may be refused.</summary>
public static class BillingScheduleRefusals
{
    public static Refusal NotFound(Guid id) => Refusal.NotFound("billing schedule", id);

    public static Refusal NoMilestone(string code) => new(
        "unknown-milestone", $"The schedule has no milestone {code}.", RefusalKind.NotFound);

    public static Refusal Ended(DateOnly lastDay) => Refusal.State(
        "schedule-ended", $"The schedule was ended after {lastDay:yyyy-MM-dd}.");

    public static Refusal Terminated() => Refusal.State(
        "customer-terminated", "Business with the customer is ended; reinstate it, or end the schedule.");

    public static Refusal Paused() => Refusal.State("schedule-paused", "The schedule is paused; resume it first.");

    public static Refusal AgreementSetUp(Guid scheduleId) => Refusal.State(
        "agreement-set-up", $"The agreement is set up already, as billing schedule {scheduleId}.");

    public static Refusal AgreementSuperseded(Guid agreementId) => Refusal.State(
        "agreement-superseded", $"Another way of billing was agreed with the customer since: agreement {agreementId}.");

    public static Refusal AgreedInThePast(DateOnly from) => new(
        "invalid-schedule",
        $"It is agreed to bill from {from:yyyy-MM-dd} on, which is past: say in billFrom from which day on the " +
        "schedule bills, that one or a later one where what is before it was billed otherwise.",
        Field: "/billFrom");

    public static Refusal NoAgreedStart() => new(
        "invalid-schedule", "From when on is billed is the plan's to say.", Field: "/billFrom");

    public static Refusal NoPlan() => new("invalid-schedule", "A schedule has a plan.", Field: "/plan");

    public static Refusal PlanIsAgreed() => new(
        "invalid-schedule", "The plan is the agreed one; only its lines are given.", Field: "/plan");

    public static Refusal NoAgreedPlan() => new(
        "invalid-schedule", "No plan was agreed that these lines could be of; give a plan.", Field: "/agreedLines");

    public static Refusal Completed() => Refusal.State("schedule-completed", "All of the schedule is billed.");
}
