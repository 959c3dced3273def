using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>allocation_credits</c>: which credit memos are to be applied with which allocations. While an allocation is
/// pending, they are promises.
/// </summary>
public sealed class CreditPromiseProjection : Projection
{
    public CreditPromiseProjection()
        : base("allocation_credits", "allocation_credits")
    {
        OnEach<AllocationsRequested, (Guid AllocationId, CreditPart Credit)>(
            e => e.Data.Allocations.SelectMany(asked =>
                (asked.Credits ?? []).Select(credit => (asked.AllocationId, credit))),
            "insert into allocation_credits (allocation_id, credit_memo_id, amount) select * from unnest($1, $2, $3)",
            rows => rows
                .Column(row => row.AllocationId)
                .Column(row => row.Credit.CreditMemoId)
                .Column(row => row.Credit.Amount.Amount));
    }
}
