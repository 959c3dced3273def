using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// A processor's reference names one receipt of a legal entity: the write that records it claims it. One that was
/// recorded in error has no reference any more, and its claim gives way.
/// </summary>
internal static class ProcessorReferences
{
    private const string Release =
        "delete from processor_references p where p.legal_entity = $1 and p.reference = $2 and not exists (" +
        "select 1 from receipts r where r.id = p.receipt_id and r.processor_reference = p.reference)";

    private const string Insert =
        "insert into processor_references (legal_entity, reference, receipt_id) values ($1, $2, $3)";

    /// <summary>Adds the claim to a write; where another receipt has it the write is a duplicate.</summary>
    public static void Claim(WriteBatch batch, string legalEntity, string? reference, Guid receiptId)
    {
        if (reference is null)
            return;
        var release = new NpgsqlBatchCommand(Release);
        release.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        release.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reference });
        var insert = new NpgsqlBatchCommand(Insert);
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reference });
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        batch.Row(release).Row(insert);
    }
}
