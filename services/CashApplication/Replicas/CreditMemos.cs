using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>
/// The replica of Invoicing's credit memos: what of them is open, and, kept apart from it, what was done to them: total
/// less all that was settled is what must be open.
/// </summary>
public static class CreditMemos
{
    /// <summary>
    /// What it is for is told once, what is open of it by the newest message; they come in any order.
    /// </summary>
    private const string Issued =
        "insert into credit_memos as m (credit_memo_id, number, legal_entity, customer_id, invoice_id, credit_date, " +
        "currency, open, compact_key, loose_key, version, total) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " +
        "on conflict (credit_memo_id) do update set number = excluded.number, " +
        "legal_entity = excluded.legal_entity, customer_id = excluded.customer_id, " +
        "invoice_id = excluded.invoice_id, credit_date = excluded.credit_date, " +
        "compact_key = excluded.compact_key, loose_key = excluded.loose_key, total = excluded.total, " +
        "open = case when excluded.version > m.version then excluded.open else m.open end, " +
        "version = greatest(excluded.version, m.version)";

    private const string Changed =
        "insert into credit_memos as m (credit_memo_id, currency, open, version) " +
        "select * from unnest($1, $2, $3, $4) " +
        "on conflict (credit_memo_id) do update set open = excluded.open, version = excluded.version " +
        "where excluded.version > m.version";

    private const string Moved =
        "insert into credit_memo_movements (credit_memo_id, version, kind, settled) " +
        "select * from unnest($1, $2, $3, $4) on conflict do nothing";

    private static readonly SqlRows<(CreditMemoIssued Memo, long Version)> IssuedRows =
        new SqlRows<(CreditMemoIssued Memo, long Version)>()
            .Column(row => row.Memo.CreditMemoId)
            .Column(row => row.Memo.Number)
            .Column(row => row.Memo.LegalEntity)
            .Column(row => row.Memo.CustomerId)
            .Column(row => row.Memo.InvoiceId)
            .Column(row => row.Memo.CreditDate)
            .Column(row => row.Memo.Total.Currency)
            .Column(row => row.Memo.Total.Amount)
            .Column(row => ReferenceKeys.Compact(row.Memo.Number))
            .Column(row => ReferenceKeys.Loose(row.Memo.Number))
            .Column(row => row.Version)
            .Column(row => row.Memo.Total.Amount);

    private static readonly SqlRows<(CreditMemoChanged Memo, long Version)> ChangedRows =
        new SqlRows<(CreditMemoChanged Memo, long Version)>()
            .Column(row => row.Memo.CreditMemoId)
            .Column(row => row.Memo.Open.Currency)
            .Column(row => row.Memo.Open.Amount)
            .Column(row => row.Version);

    private static readonly SqlRows<(CreditMemoChanged Memo, long Version)> MovedRows =
        new SqlRows<(CreditMemoChanged Memo, long Version)>()
            .Column(row => row.Memo.CreditMemoId)
            .Column(row => row.Version)
            .Column(row => row.Memo.Kind)
            .Column(row => Settled(row.Memo));

    /// <summary>A new credit memo.</summary>
    public static NpgsqlBatchCommand Write(long version, CreditMemoIssued memo) =>
        IssuedRows.Command(Issued, [(memo, version)]);

    /// <summary>
    /// What is open of it after an event, where no newer one is known; and what the event did, once, however late.
    /// </summary>
    public static NpgsqlBatchCommand[] Write(long version, CreditMemoChanged memo) =>
    [
        ChangedRows.Command(Changed, [(memo, version)]), MovedRows.Command(Moved, [(memo, version)]),
    ];

    /// <summary>Of kinds that are not known here nothing is taken to be settled.</summary>
    private static decimal Settled(CreditMemoChanged memo) => memo.Kind switch
    {
        "applied" or "refunded" or "voided" => memo.Amount.Amount,
        "unapplied" or "refund-returned" => -memo.Amount.Amount,
        _ => 0m,
    };
}
