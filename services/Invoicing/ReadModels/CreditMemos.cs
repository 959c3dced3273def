using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.CreditMemos;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Credit memos as they are now. There is no status column: it follows from the amounts.</summary>
public sealed class CreditMemosProjection : Projection
{
    public CreditMemosProjection()
        : base("credit_memos", "credit_memos")
    {
        On<CreditMemoIssued>(
            "insert into credit_memos (credit_memo_id, number, legal_entity, customer_id, credit_date, reason, " +
            "invoice_id, currency, net, tax, total, open_amount, base_open, is_void, version) " +
            "select e.id, e.number, e.entity, e.customer, e.date, e.reason, e.invoice, e.currency, e.net, e.tax, " +
            "e.total, e.total, e.base, false, e.version " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as e (id, number, entity, " +
            "customer, date, reason, invoice, currency, net, tax, total, base, version)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.Books.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.CreditDate)
                .Column(e => e.Data.Reason.ToString())
                .Column(e => e.Data.InvoiceId)
                .Column(e => e.Data.Total.Currency.Code)
                .Column(e => e.Data.Net.Amount)
                .Column(e => e.Data.Tax.Amount)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.Data.Entry.ReceivablesBase(onDebit: false)?.Amount)
                .Column(e => e.Version));
        Open<CreditMemoApplied>(e => (e.Open.Amount, e.BaseOpen?.Amount));
        Open<CreditMemoUnapplied>(e => (e.Open.Amount, e.BaseOpen?.Amount));
        Open<CreditMemoRefunded>(e => (e.Open.Amount, e.BaseOpen?.Amount));
        Open<CreditMemoRefundReturned>(e => (e.Open.Amount, e.BaseOpen?.Amount));
        Reserved<CreditMemoRefundReserved>(e => e.Amount.Amount);
        Reserved<CreditMemoPayoutReserved>(e => e.Amount.Amount);
        Reserved<CreditMemoRefundApproved>(e => e.Reserved ? 0 : e.Amount.Amount);
        Reserved<CreditMemoRefundReleased>(e => -e.Amount.Amount);
        Reserved<CreditMemoRefunded>(e => e.Reserved ? -e.Amount.Amount : 0);
        OnEach<CreditMemoUnapplied, Recorded<CreditMemoUnapplied>>(
            e => e.Data.AllocationId is null ? [e] : [],
            "update credit_memos set taken_back = true where credit_memo_id = any($1)",
            rows => rows.Column(e => e.StreamId));
        Open<CreditMemoVoided>(e => (0, e.Entry.ReceivablesBase(onDebit: true) is null ? null : 0));
        On<CreditMemoVoided>(
            "update credit_memos set is_void = true where credit_memo_id = any($1)",
            rows => rows.Column(e => e.StreamId));
    }

    private void Reserved<TEvent>(Func<TEvent, decimal> change) => On<TEvent>(
        "update credit_memos set reserved = reserved + e.change, version = e.version " +
        "from unnest($1, $2, $3) as e (id, change, version) where credit_memo_id = e.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => change(e.Data))
            .Column(e => e.Version));

    private void Open<TEvent>(Func<TEvent, (decimal Open, decimal? Base)> left) => On<TEvent>(
        "update credit_memos set open_amount = e.rest, base_open = e.base, version = e.version " +
        "from unnest($1, $2, $3, $4) as e (id, rest, base, version) where credit_memo_id = e.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => left(e.Data).Open)
            .Column(e => left(e.Data).Base)
            .Column(e => e.Version));
}
