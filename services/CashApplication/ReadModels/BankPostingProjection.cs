using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>bank_postings</c>: what entries of receipts, and of refunds of credit memos, moved on the ledger account of
/// the bank, to be held against statements and receipts.
/// </summary>
public sealed class BankPostingProjection : Projection
{
    private const string Insert =
        "insert into bank_postings (entry_id, receipt_id, legal_entity, bank_account, ledger_account, posting_date, " +
        "kind, currency, amount, refund_id) select p.entry, p.receipt, p.entity, " +
        "case when p.kind in ('receipt-booked', 'receipt-partly-reversed') then p.bank " +
        "else coalesce(p.bank, r.bank_account) end, p.account, " +
        "p.day, p.kind, p.currency, p.amount, p.refund from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
        "as p (entry, receipt, entity, bank, account, day, kind, currency, amount, refund) " +
        "left join receipts r on r.id = p.receipt";

    public BankPostingProjection()
        : base("bank_postings", "bank_postings")
    {
        Posts<ReceiptRecorded>(e => e.Entry, e => e.BankAccount);
        Posts<ReceiptCleared>(e => e.Entry, e => e.BankAccount);
        Posts<ReceiptReversed>(e => e.Entry, _ => null);
        Posts<SettlementFeeBooked>(e => e.Entry, e => e.BankAccount);
        Posts<ReceiptPartlyReversed>(e => e.Entry, e => e.BankAccount);
        Posts<RefundPaidOut>(e => e.Entry, e => e.BankAccount, e => e.RefundId);
        Posts<RefundCameBack>(e => e.Entry, e => e.BankAccount, e => e.RefundId);
        PostsOfCredit<CreditRefundPaid>(e => e.Entry, e => e.BankAccount);
        PostsOfCredit<CreditRefundReturned>(e => e.Entry, e => e.BankAccount);
    }

    /// <summary>A reversal goes back to the account that the receipt came to.</summary>
    private void Posts<TEvent>(
        Func<TEvent, JournalEntry?> entry, Func<TEvent, string?> bank, Func<TEvent, Guid>? refund = null) =>
        Posts<TEvent>(e => entry(e.Data), e => bank(e.Data), e => e.StreamId, e => refund?.Invoke(e.Data));

    /// <summary>The stream is the refund, and there is no receipt.</summary>
    private void PostsOfCredit<TEvent>(Func<TEvent, JournalEntry> entry, Func<TEvent, string> bank) =>
        Posts<TEvent>(e => entry(e.Data), e => bank(e.Data), _ => null, e => e.StreamId);

    private void Posts<TEvent>(
        Func<Recorded<TEvent>, JournalEntry?> entry, Func<Recorded<TEvent>, string?> bank,
        Func<Recorded<TEvent>, Guid?> receipt, Func<Recorded<TEvent>, Guid?> refund) =>
        OnEach<TEvent, (Guid? Receipt, string? Bank, JournalEntry Entry, JournalLine Line, Guid? Refund)>(
            e => entry(e) is not { } posted ? [] : posted.Lines.Where(line => line.Role == "bank")
                .Select(line => (receipt(e), bank(e), posted, line, refund(e))),
            Insert,
            rows => rows
                .Column(row => row.Entry.EntryId)
                .Column(row => row.Receipt)
                .Column(row => row.Entry.LegalEntity)
                .Column(row => row.Bank)
                .Column(row => row.Line.Account)
                .Column(row => row.Entry.PostingDate)
                .Column(row => row.Entry.Kind)
                .Column(row => row.Line.Debit.Currency.Code)
                .Column(row => row.Line.Debit.Amount - row.Line.Credit.Amount)
                .Column(row => row.Refund));
}
