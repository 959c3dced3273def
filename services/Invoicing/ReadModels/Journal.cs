using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Revaluations;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>The journal entries of this service's financial events.</summary>
public sealed class JournalProjection : Projection
{
    public JournalProjection()
        : base("journal", "journal_entries", "journal_lines")
    {
        Posts<InvoiceIssued>();
        Posts<InvoiceVoided>();
        Posts<PaymentApplied>();
        Posts<PaymentReversed>();
        Posts<CreditMemoIssued>();
        Posts<CreditMemoVoided>();
        Posts<CreditMemoRefunded>();
        Posts<CreditMemoRefundReturned>();
        Posts<CreditApplied>();
        Posts<CreditUnapplied>();
        Posts<WrittenOff>();
        Posts<WriteOffRecovered>();
        Posts<ChargeWaived>();
        Posts<ChargeReinstated>();
        Posts<DepositApplied>();
        Posts<DepositUnapplied>();
        Posts<InvoiceChargedBack>();
        Posts<InvoiceChargebackReversed>();
        Posts<PeriodRevalued>();
        Posts<RevaluationReversed>();
        Posts<PeriodProvisioned>();
    }

    private void Posts<TEvent>()
    {
        OnEach<TEvent, Posting>(
            e => Posting.Of(e.Event) is { } posting ? [posting] : [],
            "insert into journal_entries (entry_id, legal_entity, posting_date, kind, source_id, source_number, " +
            "customer_id, recorded_at, adjusting, receipt_id) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            rows => rows
                .Column(posting => posting.EventId)
                .Column(posting => posting.LegalEntity)
                .Column(posting => posting.Entry.PostingDate)
                .Column(posting => posting.Entry.Kind)
                .Column(posting => posting.SourceId)
                .Column(posting => posting.SourceNumber)
                .Column(posting => posting.CustomerId)
                .Column(posting => posting.RecordedAt)
                .Column(posting => posting.Entry.Adjusting)
                .Column(posting => posting.ReceiptId));
        OnEach<TEvent, (Guid EntryId, int Line, JournalLine Data)>(
            e => Posting.Of(e.Event) is { } posting
                ? posting.Entry.Lines.Select((line, index) => (posting.EventId, index + 1, line))
                : [],
            "insert into journal_lines (entry_id, line, account, role, currency, debit, credit, base_debit, " +
            "base_credit) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            rows => rows
                .Column(row => row.EntryId)
                .Column(row => row.Line)
                .Column(row => row.Data.Account)
                .Column(row => row.Data.Role)
                .Column(row => row.Data.Debit.Currency.Code)
                .Column(row => row.Data.Debit.Amount)
                .Column(row => row.Data.Credit.Amount)
                .Column(row => row.Data.BaseDebit?.Amount)
                .Column(row => row.Data.BaseCredit?.Amount));
    }
}
