using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// The receivables subledger: rows are only ever added, so a sum up to a day gives the same answer for ever.
/// </summary>
public sealed class SubledgerProjection : Projection
{
    private const string Insert =
        "insert into subledger_entries (event_id, installment, invoice_id, invoice_number, legal_entity, " +
        "customer_id, due_date, posting_date, kind, currency, amount, base_amount, recorded_at, " +
        "document_date, agreed_due_date, value_date, allocation_id, version, balance, base_balance) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, " +
        "$18, $19, $20)";

    public SubledgerProjection()
        : base("subledger", "subledger_entries")
    {
        Moves<InvoiceIssued>();
        Moves<InvoiceVoided>();
        Moves<PaymentApplied>();
        Moves<PaymentReversed>();
        Moves<CreditMemoIssued>();
        Moves<CreditMemoVoided>();
        Moves<CreditMemoRefunded>();
        Moves<CreditMemoRefundReturned>();
        Moves<CreditApplied>();
        Moves<CreditUnapplied>();
        Moves<WrittenOff>();
        Moves<WriteOffRecovered>();
        Moves<ChargeWaived>();
        Moves<ChargeReinstated>();
        Moves<DepositApplied>();
        Moves<DepositUnapplied>();
        Moves<InvoiceChargedBack>();
        Moves<InvoiceChargebackReversed>();
        Moves<InstallmentRescheduled>();
    }

    private void Moves<TEvent>() => OnEach<TEvent, (Posting Posting, Movement Movement, long Version)>(
        e => Posting.Of(e.Event) is { } posting
            ? posting.Movements.Select(movement => (posting, movement, e.Version))
            : [],
        Insert,
        rows => rows
            .Column(row => row.Posting.EventId)
            .Column(row => row.Movement.Installment)
            .Column(row => row.Movement.DocumentId)
            .Column(row => row.Movement.DocumentNumber)
            .Column(row => row.Posting.LegalEntity)
            .Column(row => row.Movement.CustomerId ?? row.Posting.CustomerId!.Value)
            .Column(row => row.Movement.DueDate)
            .Column(row => row.Posting.Entry.PostingDate)
            .Column(row => row.Posting.Entry.Kind)
            .Column(row => row.Movement.Amount.Currency.Code)
            .Column(row => row.Movement.Amount.Amount)
            .Column(row => row.Movement.Base?.Amount)
            .Column(row => row.Posting.RecordedAt)
            .Column(row => row.Movement.DocumentDate)
            .Column(row => row.Movement.AgreedDueDate == row.Movement.DueDate
                ? (DateOnly?)null
                : row.Movement.AgreedDueDate)
            .Column(row => row.Posting.ValueDate)
            .Column(row => row.Posting.AllocationId)
            .Column(row => row.Version)
            .Column(row => row.Movement.Balance?.Amount)
            .Column(row => row.Movement.BaseBalance?.Amount));
}
