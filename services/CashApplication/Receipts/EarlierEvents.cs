using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>
/// <c>allocation_requested</c>: how allocations were asked for one by one, before one decision could ask for many. Read
/// as a decision about one.
/// </summary>
internal sealed record SingleAllocationRequested(
    Guid AllocationId, string LegalEntity, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount,
    DateOnly ValueDate, string Rule, decimal Confidence, IReadOnlyList<string> Reasons,
    string UnappliedCashAccount, ReceiptBalance Balance)
{
    public AllocationsRequested AsDecision() => new(
        AllocationId, LegalEntity, ValueDate, UnappliedCashAccount, Rule, Confidence, Reasons, Rule != "manual",
        [
            new RequestedAllocation(
                AllocationId, InvoiceId, InvoiceNumber, Installment, Balance.CustomerId!.Value, Amount),
        ],
        Balance);
}

/// <summary><c>allocation_reversal_requested</c>: the same for what is taken back.</summary>
internal sealed record SingleReversalRequested(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, string Reason, ReceiptBalance Balance)
{
    public AllocationReversalsRequested AsDecision() => new(
        [new ReversedAllocation(AllocationId, InvoiceId, Installment, Amount)], Reason, !Balance.IsReversed, Balance);
}
