namespace OrderToCash.Contracts.Credit.V1;

/// <summary>When a customer is to be billed: period after period, or as milestones are reached.</summary>
/// <param name="Interval"><c>monthly</c>, <c>quarterly</c> or <c>annual</c>; null where milestones are billed.</param>
/// <param name="From">First day that is billed; null where milestones are.</param>
/// <param name="FirstFullPeriod">First day of the first whole period, within one interval of the first day; what is
/// before it is billed as a part of one. Null for the first day itself.</param>
/// <param name="InArrears">A period is billed on the day after its last; else on its first.</param>
/// <param name="Milestones">What is billed as it is reached; null where periods are.</param>
public sealed record AgreedBillingPlan(
    string? Interval, DateOnly? From, DateOnly? FirstFullPeriod, bool InArrears,
    IReadOnlyList<AgreedMilestone>? Milestones);

/// <summary>Something that is billed once it is reached.</summary>
/// <param name="Code">Its name within the plan.</param>
/// <param name="Description">What it is.</param>
/// <param name="PlannedOn">When it is expected; null where nobody has said.</param>
public sealed record AgreedMilestone(string Code, string Description, DateOnly? PlannedOn);
