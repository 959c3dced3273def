namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A customer disputes an amount of an installment; it is not asked for until that is settled.</summary>
/// <param name="Dispute">What is disputed.</param>
/// <param name="Note">In words, or null.</param>
/// <param name="DeductionId">The allocation that fell short, where a payment did; else null.</param>
public sealed record DisputeOpened(Dispute Dispute, string? Note, Guid? DeductionId);
