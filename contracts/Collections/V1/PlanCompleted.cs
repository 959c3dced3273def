namespace OrderToCash.Contracts.Collections.V1;

/// <summary>All of a payment plan is paid.</summary>
/// <param name="Plan">The plan.</param>
public sealed record PlanCompleted(PaymentPlan Plan);
