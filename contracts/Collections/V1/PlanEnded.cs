namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A payment plan was not approved, or was ended before it was paid; its status says which.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record PlanEnded(PaymentPlan Plan, string Reason);
