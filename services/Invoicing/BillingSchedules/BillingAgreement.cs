using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>A way of billing that Credit has agreed on with a customer.</summary>
/// <param name="Id">The request for terms that it was agreed by.</param>
/// <param name="CustomerId">With whom.</param>
/// <param name="Words">What was agreed.</param>
/// <param name="Plan">The same as a plan; null where it is in words alone.</param>
public sealed record BillingAgreement(Guid Id, Guid CustomerId, string Words, AgreedBillingPlan? Plan)
{
    /// <summary>
    /// The schedule that sets an agreement up: always the same, so that it is set up once, whoever does it and how
    /// often.
    /// </summary>
    public static Guid ScheduleId(Guid agreementId) => Ids.From("billing-agreement", agreementId.ToString("D"));
}

/// <summary>Lines and prices for a plan that was agreed without them.</summary>
/// <param name="Lines">What a whole period costs; null for a plan of milestones.</param>
/// <param name="Milestones">What each milestone costs, by its code; null for a plan of periods.</param>
public sealed record AgreedLines(
    IReadOnlyList<IssueInvoiceLine>? Lines = null,
    IReadOnlyDictionary<string, IReadOnlyList<IssueInvoiceLine>>? Milestones = null);

/// <summary>What an agreed plan comes to as the plan of a billing schedule.</summary>
public static class AgreedPlans
{
    /// <summary>
    /// The plan with its lines, or why they do not make one. What a period before the first whole one costs is its
    /// share by days.
    /// </summary>
    public static (BillingPlan? Plan, Refusal? Refusal) Of(AgreedBillingPlan agreed, AgreedLines? lines)
    {
        ArgumentNullException.ThrowIfNull(agreed);
        if (agreed.Milestones is { } milestones)
            return OfMilestones(milestones, lines);
        if (!Enum.TryParse<BillingInterval>(agreed.Interval, ignoreCase: true, out var interval)
            || agreed.From is not { } from)
            return (null, Invalid("What was agreed is no plan that is known here; agree a schedule without it."));
        return lines is { Lines: { } each, Milestones: null }
            ? (new BillingPlan(new RecurringPlan(
                interval, agreed.InArrears ? BillingTiming.Arrears : BillingTiming.Advance, from, each,
                FirstFullPeriod: FirstFullPeriod(from, agreed.Day))), null)
            : (null, Invalid("Periods are agreed: say in lines what a whole one costs."));
    }

    private static (BillingPlan? Plan, Refusal? Refusal) OfMilestones(
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

    /// <summary>The first day of the month on which whole periods begin; null where the first one is whole.</summary>
    private static DateOnly? FirstFullPeriod(DateOnly from, int? day)
    {
        if (day is not { } begins || begins == from.Day)
            return null;
        var inMonth = new DateOnly(from.Year, from.Month, begins);
        return inMonth > from ? inMonth : inMonth.AddMonths(1);
    }

    private static Refusal Invalid(string detail) => new("invalid-schedule", detail, Field: "/agreedLines");
}
