namespace OrderToCash.Contracts.Collections.V1;

/// <summary>An installment of a payment plan was not paid within its grace; collection goes on.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Missed">Number of the installment.</param>
public sealed record PlanBreached(PaymentPlan Plan, int Missed);
