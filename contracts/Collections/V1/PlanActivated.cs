namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A payment plan is in force, or is so again; its items are not asked for.</summary>
/// <param name="Plan">The plan.</param>
public sealed record PlanActivated(PaymentPlan Plan);
