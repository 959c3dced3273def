using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>The replica of Invoicing's open items: what may be paid, and how much of it.</summary>
public static class OpenItems
{
    private const string Upsert =
        "insert into open_items (invoice_id, installment, invoice_number, legal_entity, customer_id, invoice_date, " +
        "due_date, currency, amount, balance, compact_key, loose_key, version) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) " +
        "on conflict (invoice_id, installment) do update set invoice_number = excluded.invoice_number, " +
        "legal_entity = excluded.legal_entity, customer_id = excluded.customer_id, " +
        "invoice_date = excluded.invoice_date, due_date = excluded.due_date, currency = excluded.currency, " +
        "amount = excluded.amount, balance = excluded.balance, compact_key = excluded.compact_key, " +
        "loose_key = excluded.loose_key, version = excluded.version where excluded.version > open_items.version";

    private const string Lock =
        "select 1 from open_items where (invoice_id, installment) in (select * from unnest($1, $2)) " +
        "order by invoice_id, installment for update";

    private const string Check =
        "select otc_version_conflict() from unnest($1, $2, $3) as wanted (invoice_id, installment, amount) " +
        "left join open_items i using (invoice_id, installment) where wanted.amount > coalesce(i.balance, 0) - " +
        "coalesce((select sum(p.amount) from promised p " +
        "where p.invoice_id = wanted.invoice_id and p.installment = wanted.installment), 0)";

    /// <summary>Rows as they are after an event of the invoice; older ones change nothing.</summary>
    public static NpgsqlBatchCommand Write(long version, params IReadOnlyList<OpenItem> items) =>
        new SqlRows<OpenItem>()
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.InvoiceNumber)
        .Column(item => item.LegalEntity)
        .Column(item => item.CustomerId)
        .Column(item => item.InvoiceDate)
        .Column(item => item.DueDate)
        .Column(item => item.Balance.Currency)
        .Column(item => item.Amount.Amount)
        .Column(item => item.Balance.Amount)
        .Column(item => ReferenceKeys.Compact(item.InvoiceNumber))
        .Column(item => ReferenceKeys.Loose(item.InvoiceNumber))
        .Column(_ => version)
        .Command(Upsert, items);

    /// <summary>
    /// Holds the write to what is available in the moment of writing: the items are locked in order, and a promise
    /// beyond balance minus promises counts as a version conflict, so that the caller matches again on what is left.
    /// Thus no two instances promise the same money, and one round trip is enough.
    /// </summary>
    public static WriteBatch GuardPromises(
        this WriteBatch batch, IEnumerable<(Guid InvoiceId, int Installment, decimal Amount)> promises)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var wanted = promises
            .GroupBy(promise => (promise.InvoiceId, promise.Installment))
            .Select(item => (item.Key.InvoiceId, item.Key.Installment, Amount: item.Sum(promise => promise.Amount)))
            .ToArray();
        if (wanted.Length == 0)
            return batch;
        return batch
            .Guard(new SqlRows<(Guid InvoiceId, int Installment, decimal Amount)>()
                .Column(item => item.InvoiceId).Column(item => item.Installment).Command(Lock, wanted))
            .Guard(new SqlRows<(Guid InvoiceId, int Installment, decimal Amount)>()
                .Column(item => item.InvoiceId).Column(item => item.Installment).Column(item => item.Amount)
                .Command(Check, wanted));
    }
}
