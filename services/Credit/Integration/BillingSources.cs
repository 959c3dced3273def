using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Integration;

/// <summary>A credit memo for an invoice, or a deposit, as a message tells it or as it is known.</summary>
/// <param name="SourceId">The credit memo or deposit.</param>
/// <param name="CustomerId">Whose; null where the message does not say.</param>
/// <param name="InvoiceId">The invoice that is credited, or the deposit; null where the message does not say.</param>
/// <param name="Amount">What it takes back, or what is unused of it.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Version">Version of its stream.</param>
public sealed record BillingSource(
    Guid SourceId, Guid? CustomerId, Guid? InvoiceId, decimal Amount, string Currency, long Version);

/// <summary>
/// Puts together what is told of a credit memo or a deposit in any order: one message names whose it is, another what
/// became of it.
/// </summary>
public sealed class BillingSources(EventStore store)
{
    private const string Find =
        "select coalesce(s.customer_id, r.customer_id) as CustomerId, " +
        "coalesce(s.invoice_id, r.invoice_id) as InvoiceId, coalesce(s.amount, 0) as Amount, " +
        "coalesce(s.version, 0) as Version, " +
        "s.customer_id as KeptCustomerId, s.invoice_id as KeptInvoiceId " +
        "from (select @id::uuid as id) x left join billing_sources s on s.source_id = x.id " +
        "left join lateral (select r.customer_id, r.invoice_id from credit_receivables r where r.invoice_id = x.id " +
        "limit 1) r on true";

    /// <summary>
    /// Compare-and-set on what was read, or on its absence: whose it is may be told after a later version.
    /// </summary>
    private const string Keep =
        "with kept as (insert into billing_sources as s (source_id, customer_id, invoice_id, amount, currency, " +
        "version) values ($1, $2, $3, $4, $5, $6) on conflict (source_id) do update set " +
        "customer_id = excluded.customer_id, invoice_id = excluded.invoice_id, amount = excluded.amount, " +
        "version = excluded.version where s.version = $7 and s.customer_id is not distinct from $8 " +
        "and s.invoice_id is not distinct from $9 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from kept";

    /// <summary>
    /// All that is known with this news, guarded in the batch: whoever else has changed it meanwhile, both begin again.
    /// An invoice that is known already says whose deposit it is.
    /// </summary>
    public async Task<BillingSource> KeepAsync(
        WriteBatch batch, BillingSource news, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var known = await connection.QuerySingleAsync<Known>(
            new CommandDefinition(Find, new { id = news.SourceId }, cancellationToken: cancellation));
        var newest = (known.Version >= news.Version
            ? news with { Amount = known.Amount, Version = known.Version }
            : news) with
        {
            CustomerId = news.CustomerId ?? known.CustomerId,
            InvoiceId = news.InvoiceId ?? known.InvoiceId,
        };
        batch.Guard(Row(newest, known));
        return newest;
    }

    private static NpgsqlBatchCommand Row(BillingSource source, Known known)
    {
        var row = new NpgsqlBatchCommand(Keep);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = source.SourceId });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = source.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = source.InvoiceId });
        row.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = source.Amount });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source.Currency });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = source.Version });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known.Version });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = known.KeptCustomerId });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = known.KeptInvoiceId });
        return row;
    }

    private sealed record Known
    {
        public Guid? CustomerId { get; init; }
        public Guid? InvoiceId { get; init; }
        public decimal Amount { get; init; }
        public long Version { get; init; }

        /// <summary>As this row has them, whatever an invoice says.</summary>
        public Guid? KeptCustomerId { get; init; }

        public Guid? KeptInvoiceId { get; init; }
    }
}
