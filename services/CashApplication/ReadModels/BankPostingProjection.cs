using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>bank_postings</c>: what entries of receipts, of refunds of credit memos, and of fees on statements moved on
/// the ledger account of the bank, to be held against statements and receipts.
/// </summary>
public sealed class BankPostingProjection : Projection
{
    private const string Insert =
        "insert into bank_postings (entry_id, receipt_id, legal_entity, bank_account, ledger_account, posting_date, " +
        "kind, currency, amount, refund_id, import_id, statement, entry) select p.entry_id, p.receipt, p.entity, " +
        "case when p.kind in ('receipt-booked', 'receipt-partly-reversed') then p.bank " +
        "else coalesce(p.bank, r.bank_account) end, p.account, " +
        "p.day, p.kind, p.currency, p.amount, p.refund, p.import, p.statement, p.line " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as p (entry_id, receipt, entity, bank, " +
        "account, day, kind, currency, amount, refund, import, statement, line) " +
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
        OnEach<BankFeesBooked, Posting>(
            e => e.Data.Fees.SelectMany(fee => AtBank(fee.Journal).Select(line => new Posting(
                null, fee.BankAccount, fee.Journal, line, null, (e.StreamId, fee.Statement, fee.Entry)))),
            Insert, Columns);
        OnEach<BankFeeReversed, Posting>(
            e => AtBank(e.Data.Journal).Select(line => new Posting(
                null, e.Data.BankAccount, e.Data.Journal, line, null, (e.StreamId, e.Data.Statement, e.Data.Entry))),
            Insert, Columns);
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
        OnEach<TEvent, Posting>(
            e => entry(e) is not { } posted ? [] : AtBank(posted).Select(line => new Posting(
                receipt(e), bank(e), posted, line, refund(e), null)),
            Insert, Columns);

    private static IEnumerable<JournalLine> AtBank(JournalEntry entry) =>
        entry.Lines.Where(line => line.Role == "bank");

    private static void Columns(SqlRows<Posting> rows) => rows
        .Column(row => row.Entry.EntryId)
        .Column(row => row.Receipt)
        .Column(row => row.Entry.LegalEntity)
        .Column(row => row.Bank)
        .Column(row => row.Line.Account)
        .Column(row => row.Entry.PostingDate)
        .Column(row => row.Entry.Kind)
        .Column(row => row.Line.Debit.Currency.Code)
        .Column(row => row.Line.Debit.Amount - row.Line.Credit.Amount)
        .Column(row => row.Refund)
        .Column(row => row.Of?.ImportId)
        .Column(row => row.Of?.Statement)
        .Column(row => row.Of?.Entry);

    /// <summary>What an entry moved at the bank, and the receipt or the line of a statement that it is of.</summary>
    private sealed record Posting(
        Guid? Receipt, string? Bank, JournalEntry Entry, JournalLine Line, Guid? Refund,
        (Guid ImportId, int Statement, int Entry)? Of);
}
