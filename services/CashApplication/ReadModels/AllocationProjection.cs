using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>allocations</c>. Those that are pending are promises: what they settle is not available to others.
/// </summary>
public sealed class AllocationProjection : Projection
{
    public AllocationProjection()
        : base("allocations", "allocations")
    {
        OnEach<AllocationsRequested, (Recorded<AllocationsRequested> E, RequestedAllocation Asked)>(
            e => e.Data.Allocations.Select(asked => (e, asked)),
            "insert into allocations (allocation_id, receipt_id, decision_id, legal_entity, customer_id, invoice_id, " +
            "installment, currency, amount, settled, discount, difference, deduction, deduction_reason, rule, " +
            "confidence, automatic, credited, status, requested_at) select a, b, c, d, e, f, g, h, i, j, k, l, m, n, " +
            "o, p, q, r, 'pending', s from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, " +
            "$16, $17, $18, $19) as x (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s)",
            rows => rows
                .Column(row => row.Asked.AllocationId)
                .Column(row => row.E.StreamId)
                .Column(row => row.E.Data.DecisionId)
                .Column(row => row.E.Data.LegalEntity)
                .Column(row => row.Asked.CustomerId)
                .Column(row => row.Asked.InvoiceId)
                .Column(row => row.Asked.Installment)
                .Column(row => row.Asked.Amount.Currency.Code)
                .Column(row => row.Asked.Amount.Amount)
                .Column(row => row.Asked.Settled.Amount)
                .Column(row => row.Asked.Discount?.Amount ?? 0)
                .Column(row => row.Asked.Difference?.Amount ?? 0)
                .Column(row => row.Asked.Deduction?.Amount.Amount ?? 0)
                .Column(row => row.Asked.Deduction?.ReasonCode)
                .Column(row => row.E.Data.Rule)
                .Column(row => row.E.Data.Confidence)
                .Column(row => row.E.Data.IsAutomatic)
                .Column(row => row.Asked.Credited.Amount)
                .Column(row => row.E.At));
        On<AllocationConfirmed>(
            "update allocations a set status = 'confirmed', answered_at = s.at from unnest($1, $2) as s (id, at) " +
            "where a.allocation_id = s.id",
            rows => rows.Column(e => e.Data.AllocationId).Column(e => e.At));
        On<AllocationRejected>(
            "update allocations a set status = 'rejected', answered_at = s.at, ended_at = s.at " +
            "from unnest($1, $2) as s (id, at) where a.allocation_id = s.id",
            rows => rows.Column(e => e.Data.AllocationId).Column(e => e.At));
        OnEach<AllocationsWithdrawn, Guid>(
            e => e.Data.ByPerson ? e.Data.AllocationIds : [],
            "update allocations set corrected = true where allocation_id = any($1)", rows => rows.Column(id => id));
        OnEach<AllocationReversalsRequested, (Guid Id, bool ByPerson)>(
            e => e.Data.Allocations.Select(back => (back.AllocationId, e.Data.ByPerson)),
            "update allocations a set status = 'reversal-pending', corrected = a.corrected or s.by_person " +
            "from unnest($1, $2) as s (id, by_person) where a.allocation_id = s.id",
            rows => rows.Column(row => row.Id).Column(row => row.ByPerson));
        On<AllocationReversed>(
            "update allocations a set status = 'reversed', ended_at = s.at from unnest($1, $2) as s (id, at) " +
            "where a.allocation_id = s.id",
            rows => rows.Column(e => e.Data.AllocationId).Column(e => e.At));
    }
}
