namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A payment plan was worked out; it is not in force yet.</summary>
/// <param name="Plan">The plan.</param>
public sealed record PlanProposed(PaymentPlan Plan);
