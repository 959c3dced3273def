using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>deduction_memory</c>: how people coded deductions of customers. What matching codes teaches nothing, or it
/// would believe itself; what Invoicing refuses, or a person takes back, is forgotten.
/// </summary>
public sealed class DeductionMemoryProjection : Projection
{
    private const string Forget = "update deduction_memory set forgotten = true where allocation_id = any($1)";

    public DeductionMemoryProjection()
        : base("deduction_memory", "deduction_memory")
    {
        OnEach<AllocationsRequested, (Recorded<AllocationsRequested> E, RequestedAllocation Asked)>(
            e => e.Data.IsAutomatic
                ? []
                : e.Data.Allocations.Where(asked => asked.Deduction is not null).Select(asked => (e, asked)),
            "insert into deduction_memory (allocation_id, legal_entity, customer_id, words, reason_code, coded_at) " +
            "select * from unnest($1, $2, $3, $4, $5, $6)",
            rows => rows
                .Column(row => row.Asked.AllocationId)
                .Column(row => row.E.Data.LegalEntity)
                .Column(row => row.Asked.CustomerId)
                .Column(row => LearnedReason.KeyOf(row.Asked.Deduction!.CustomerReason))
                .Column(row => row.Asked.Deduction!.ReasonCode)
                .Column(row => row.E.At));
        On<AllocationRejected>(Forget, rows => rows.Column(e => e.Data.AllocationId));
        OnEach<AllocationsWithdrawn, Guid>(
            e => e.Data.ByPerson ? e.Data.AllocationIds : [], Forget, rows => rows.Column(id => id));
        OnEach<AllocationReversalsRequested, Guid>(
            e => e.Data.ByPerson ? e.Data.Allocations.Select(back => back.AllocationId) : [], Forget,
            rows => rows.Column(id => id));
    }
}
