using OrderToCash.Kernel;

namespace OrderToCash.Credit.TermsRequests;

/// <summary>How often a customer is to be billed.</summary>
public enum BillingInterval
{
    /// <summary>Each month.</summary>
    Monthly,

    /// <summary>Each three months.</summary>
    Quarterly,

    /// <summary>Each year.</summary>
    Annual,
}

/// <summary>Something to be billed once it is reached.</summary>
/// <param name="Code">Its name within the plan, such as <c>go-live</c>.</param>
/// <param name="Description">What it is.</param>
/// <param name="PlannedOn">When it is expected; null where nobody has said.</param>
public sealed record BillingMilestone(string Code, string Description, DateOnly? PlannedOn = null);

/// <summary>
/// When a customer is to be billed, beside the words of it: period after period, or as milestones are reached. What it
/// comes to is Invoicing's: its schedule has the lines and prices.
/// </summary>
/// <param name="Interval">Length of a period; null where milestones are billed.</param>
/// <param name="From">First day that is billed, in the calendar of the legal entity.</param>
/// <param name="FirstFullPeriod">First day of the first whole period, such as the next 1st of a quarter, within one
/// interval of <paramref name="From"/>; what is before it is billed as a part of one. Null for that day itself.</param>
/// <param name="InArrears">A period is billed on the day after its last; else on its first.</param>
/// <param name="Milestones">What is billed as it is reached; null where periods are billed.</param>
public sealed record BillingPlan(
    BillingInterval? Interval = null, DateOnly? From = null, DateOnly? FirstFullPeriod = null,
    bool InArrears = false, IReadOnlyList<BillingMilestone>? Milestones = null)
{
    private const int MostMilestones = 200;

    /// <summary>Why it is none that Invoicing could set up, or null.</summary>
    public static Refusal? Check(BillingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan switch
        {
            { Interval: null, Milestones: null } or { Interval: not null, Milestones: not null } =>
                Invalid("A plan has an interval, or milestones."),
            { Milestones: { } milestones } => Check(plan, milestones),
            { From: null } => Invalid("A plan with an interval says from which day."),
            { From: { Year: < 2000 or > 2200 } } => Invalid("The first day is after 1999 and before 2201."),
            { FirstFullPeriod: { } first } when first < plan.From || first > plan.From.Value.AddMonths(Months(plan)) =>
                Invalid("The first whole period begins within one period of the first day."),
            _ => null,
        };
    }

    /// <summary>
    /// Why it may not be agreed on a day, or null: what is before that day was billed as it was billed then.
    /// </summary>
    public static Refusal? CheckStart(BillingPlan? plan, DateOnly today) =>
        plan?.From < today ? Invalid($"The first day is not before today, {today:yyyy-MM-dd}.") : null;

    /// <inheritdoc/>
    public bool Equals(BillingPlan? other) => other is not null
        && (Interval, From, FirstFullPeriod, InArrears)
            == (other.Interval, other.From, other.FirstFullPeriod, other.InArrears)
        && (Milestones ?? []).SequenceEqual(other.Milestones ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        Interval, From, FirstFullPeriod, InArrears, Milestones?.Count);

    private static int Months(BillingPlan plan) => plan.Interval switch
    {
        BillingInterval.Monthly => 1,
        BillingInterval.Quarterly => 3,
        _ => 12,
    };

    private static Refusal? Check(BillingPlan plan, IReadOnlyList<BillingMilestone> milestones) =>
        plan is not { From: null, FirstFullPeriod: null, InArrears: false }
            ? Invalid("A plan of milestones has no days of periods.")
        : milestones.Count is 0 or > MostMilestones ? Invalid($"A plan has 1 to {MostMilestones} milestones.")
        : milestones.Any(one => one?.Code is not { Length: > 0 and <= 50 } code || code != code.Trim())
            ? Invalid("A milestone has a code of 1 to 50 characters, without blanks around it.")
        : milestones.Any(one => one?.Description?.Trim() is not { Length: > 0 and <= 500 })
            ? Invalid("A milestone has a description of 1 to 500 characters.")
        : milestones.Select(one => one.Code).Distinct(StringComparer.Ordinal).Count() < milestones.Count
            ? Invalid("Two milestones have one code.")
        : null;

    private static Refusal Invalid(string detail) => new("invalid-billing-plan", detail, Field: "/billingPlan");
}
