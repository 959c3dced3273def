using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>
/// Ledger accounts that the entries of one receipt use; kept with it, so that a reversal meets what was booked.
/// </summary>
/// <param name="Bank">Of the bank account, or the clearing account where the money has no bank account yet.</param>
/// <param name="UnappliedCash">Money of known customers.</param>
/// <param name="UnidentifiedCash">Money of unknown customers.</param>
/// <param name="SmallDifferences">Small rests that are given up; null in receipts from before there were any.</param>
/// <param name="Clearing">Money on its way to or from the bank; null in receipts from before that was told.</param>
/// <param name="BankCharges">What banks keep of payments and we bear; null where none is borne.</param>
public sealed record LedgerAccounts(
    string Bank, string UnappliedCash, string UnidentifiedCash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SmallDifferences = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Clearing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? BankCharges = null)
{
    /// <summary>True where bank charges of a payment can be booked.</summary>
    [JsonIgnore]
    public bool TakeCharges => BankCharges is not null && SmallDifferences is not null;
}

/// <summary>One side of an entry; exactly one of debit and credit is not zero.</summary>
/// <param name="Account">Ledger account code.</param>
/// <param name="Role"><c>bank</c>, <c>unapplied-cash</c>, <c>unidentified-cash</c>, <c>small-difference</c>,
/// <c>settlement-fee</c>, <c>bank-charges</c> or <c>cash-clearing</c>.</param>
/// <param name="Debit">Debited amount.</param>
/// <param name="Credit">Credited amount.</param>
/// <param name="BaseDebit">In the books' currency, where Invoicing has told it; null where that is by the rate of the
/// value date.</param>
/// <param name="BaseCredit">In the books' currency; null where <paramref name="BaseDebit"/> is.</param>
public sealed record JournalLine(
    string Account, string Role, Money Debit, Money Credit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseDebit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseCredit = null);

/// <summary>A balanced entry, stored inside the event that causes it.</summary>
/// <param name="EntryId">Derived from receipt, or refund of a credit memo, kind and, where a receipt may have several,
/// what caused it.</param>
/// <param name="LegalEntity">Whose books.</param>
/// <param name="PostingDate">Accounting date in the entity's calendar.</param>
/// <param name="Kind"><c>receipt-booked</c>, <c>receipt-identified</c>, <c>receipt-unidentified</c>,
/// <c>receipt-reversed</c>, <c>receipt-partly-reversed</c>, <c>rest-written-off</c>, <c>rest-write-off-reversed</c>,
/// <c>receipt-cleared</c>, <c>settlement-fee</c>, <c>bank-charges</c>, <c>bank-charges-reversed</c>,
/// <c>refund-paid</c> or <c>refund-returned</c>; of a statement <c>bank-fee</c> or <c>bank-fee-reversed</c>.</param>
/// <param name="SourceNumber">Number of the receipt, of the credit memo that is paid back, or of the statement and its
/// line.</param>
/// <param name="CustomerId">Whose account, or null while unknown.</param>
/// <param name="Lines">Debits and credits.</param>
/// <param name="ValueDate">Day the money counted at the bank; null in entries of earlier versions.</param>
public sealed record JournalEntry(
    Guid EntryId, string LegalEntity, DateOnly PostingDate, string Kind, string SourceNumber, Guid? CustomerId,
    IReadOnlyList<JournalLine> Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ValueDate = null)
{
    /// <summary>Bank to unapplied or unidentified cash.</summary>
    public static JournalEntry Booked(
        Guid receiptId, string number, string legalEntity, DateOnly postingDate, LedgerAccounts accounts,
        Guid? customerId, Money amount, DateOnly valueDate) =>
        Of(receiptId, number, legalEntity, postingDate, "receipt-booked", customerId, amount, valueDate,
            Bank(accounts), Cash(accounts, customerId));

    /// <summary>Unidentified to unapplied cash; a receipt may be identified anew after that was undone.</summary>
    public static JournalEntry Identified(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Guid customerId, Guid? cause) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-identified", customerId,
            receipt.Balance.Left - receipt.Balance.TotalWrittenOff, receipt.ValueDate, Cash(receipt.Accounts, null),
            Cash(receipt.Accounts, customerId), cause);

    /// <summary>Unapplied to unidentified cash.</summary>
    public static JournalEntry Unidentified(Guid receiptId, Receipt receipt, DateOnly postingDate, Guid cause) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-unidentified",
            receipt.Balance.CustomerId, receipt.Balance.Left - receipt.Balance.TotalWrittenOff, receipt.ValueDate,
            Cash(receipt.Accounts, receipt.Balance.CustomerId), Cash(receipt.Accounts, null), cause);

    /// <summary>
    /// Back from the customer's cash to the bank, in full: what was applied comes back to unapplied cash in Invoicing.
    /// What was given up is not any more; what was paid back is to be had from the customer.
    /// </summary>
    public static JournalEntry Reversed(Guid receiptId, Receipt receipt, DateOnly postingDate)
    {
        var (balance, accounts) = (receipt.Balance, receipt.Accounts);
        var own = balance.Left - balance.TotalWrittenOff;
        return Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-reversed",
            balance.CustomerId, receipt.ValueDate,
            [
                (Cash(accounts, balance.CustomerId), own),
                (SmallDifference(accounts), balance.TotalWrittenOff),
                (Clearing(accounts), balance.TotalRefunded),
                (Bank(accounts), -(balance.Left + balance.TotalRefunded)),
            ]);
    }

    /// <summary>Money that was on its way has reached the bank.</summary>
    public static JournalEntry Cleared(Guid receiptId, Receipt receipt, DateOnly postingDate, string bank) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-cleared",
            receipt.Balance.CustomerId, receipt.Balance.Amount, receipt.ValueDate, (bank, "bank"),
            (receipt.Accounts.Bank, "cash-clearing"));

    /// <summary>The processor kept a part of what it settled: so much less has reached the bank.</summary>
    public static JournalEntry SettlementFee(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money fee, string feeAccount) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "settlement-fee", null, fee,
            receipt.ValueDate, (feeAccount, "settlement-fee"), Bank(receipt.Accounts));

    /// <summary>
    /// Banks kept a part of the payment, which we bear: Invoicing gives it up beside the money, as a small difference.
    /// It leaves the account that it came to, as much as it is worth there.
    /// </summary>
    public static JournalEntry Charges(
        Guid receiptId, Receipt receipt, GivenUp givenUp, Money charges, Guid allocationId) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, givenUp.PostedOn, "bank-charges", null, charges,
                receipt.ValueDate, Charges(receipt.Accounts),
                (givenUp.Account ?? SmallDifference(receipt.Accounts).Account, "small-difference"), allocationId)
            .Worth(givenUp.WorthOf(charges));

    /// <summary>The item owes it again: back to the account that it left.</summary>
    /// <param name="booked">What was booked of it.</param>
    /// <param name="worth">In the books' currency; null where that is not told.</param>
    public static JournalEntry ChargesReversed(
        Guid receiptId, JournalEntry booked, DateOnly postingDate, Money? worth, Guid allocationId) =>
        booked.OtherWayRound(receiptId, "bank-charges-reversed", postingDate, allocationId).Worth(worth);

    /// <summary>The bank has charged something on a line of a statement, or has given it back.</summary>
    /// <param name="lineId">The line; it has one such entry.</param>
    /// <param name="number">What people call it.</param>
    /// <param name="bank">Ledger account of the bank.</param>
    /// <param name="charges">Ledger account of what banks charge.</param>
    /// <param name="amount">As it moves the balance: below zero where it is charged.</param>
    public static JournalEntry BankFee(
        Guid lineId, string number, string legalEntity, DateOnly postingDate, string bank, string charges,
        Money amount, DateOnly valueDate) =>
        Of(lineId, number, legalEntity, postingDate, "bank-fee", null, valueDate,
            [((charges, "bank-charges"), -amount), ((bank, "bank"), amount)]);

    /// <summary>It is no fee after all: the same, the other way round.</summary>
    /// <param name="lineId">The line.</param>
    /// <param name="fee">The entry that is taken back.</param>
    /// <param name="postingDate">Accounting date.</param>
    /// <param name="before">How often one of the line was taken back before.</param>
    public static JournalEntry BankFeeReversed(Guid lineId, JournalEntry fee, DateOnly postingDate, int before) =>
        fee.OtherWayRound(lineId, "bank-fee-reversed", postingDate, Again(lineId, before));

    /// <summary>It is one all the same: as it was booked first.</summary>
    /// <param name="lineId">The line.</param>
    /// <param name="fee">The entry that was taken back.</param>
    /// <param name="postingDate">Accounting date.</param>
    /// <param name="times">How often one of the line was taken back.</param>
    public static JournalEntry BankFeeAgain(Guid lineId, JournalEntry fee, DateOnly postingDate, int times)
    {
        ArgumentNullException.ThrowIfNull(fee);
        return fee with { EntryId = IdOf(lineId, fee.Kind, Again(lineId, times)), PostingDate = postingDate };
    }

    /// <summary>Back from the customer's cash to the bank, in part.</summary>
    public static JournalEntry PartlyReversed(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money amount, Guid cause) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-partly-reversed",
            receipt.Balance.CustomerId, amount, receipt.ValueDate, Cash(receipt.Accounts, receipt.Balance.CustomerId),
            Bank(receipt.Accounts), cause);

    /// <summary>A rest is given up, of the receipt's own customer or of the owner of a share.</summary>
    public static JournalEntry WrittenOff(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money amount, Guid cause, Guid? owner = null) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "rest-written-off",
            owner ?? receipt.Balance.CustomerId, amount, receipt.ValueDate,
            Cash(receipt.Accounts, receipt.Balance.CustomerId), SmallDifference(receipt.Accounts), cause);

    /// <summary>It is the customer's money again.</summary>
    public static JournalEntry WriteOffReversed(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money amount, Guid cause, Guid? owner = null) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "rest-write-off-reversed",
            owner ?? receipt.Balance.CustomerId, amount, receipt.ValueDate, SmallDifference(receipt.Accounts),
            Cash(receipt.Accounts, receipt.Balance.CustomerId), cause);

    /// <summary>
    /// A refund left the bank. Of a receipt that is reversed meanwhile nothing waits on the customer's cash any more.
    /// </summary>
    public static JournalEntry RefundPaid(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money amount, Guid refundId, string bank,
        Guid? owner = null) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "refund-paid",
            owner ?? receipt.Balance.CustomerId, amount, receipt.ValueDate,
            receipt.Balance.IsReversed
                ? Clearing(receipt.Accounts)
                : Cash(receipt.Accounts, receipt.Balance.CustomerId),
            (bank, "bank"), refundId);

    /// <summary>A refund came back to the bank.</summary>
    public static JournalEntry RefundReturned(
        Guid receiptId, Receipt receipt, DateOnly postingDate, Money amount, Guid refundId, string bank,
        Guid? owner = null) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "refund-returned",
            owner ?? receipt.Balance.CustomerId, amount, receipt.ValueDate, (bank, "bank"),
            receipt.Balance.IsReversed
                ? Clearing(receipt.Accounts)
                : Cash(receipt.Accounts, receipt.Balance.CustomerId),
            refundId);

    /// <summary>The refund of a credit memo left the bank; it meets what Invoicing puts on cash clearing.</summary>
    public static JournalEntry CreditRefundPaid(
        Guid refundId, RefundTerms refund, RefundedCreditMemo credit, DateOnly postingDate, string bank)
    {
        ArgumentNullException.ThrowIfNull(refund);
        ArgumentNullException.ThrowIfNull(credit);
        return Of(refundId, refund.Number, refund.LegalEntity, postingDate, "refund-paid", refund.CustomerId,
            refund.Amount, postingDate, (credit.ClearingAccount, "cash-clearing"), (bank, "bank"));
    }

    /// <summary>The refund of a credit memo came back to the bank.</summary>
    public static JournalEntry CreditRefundReturned(
        Guid refundId, RefundTerms refund, RefundedCreditMemo credit, DateOnly postingDate, string bank)
    {
        ArgumentNullException.ThrowIfNull(refund);
        ArgumentNullException.ThrowIfNull(credit);
        return Of(refundId, refund.Number, refund.LegalEntity, postingDate, "refund-returned", refund.CustomerId,
            refund.Amount, postingDate, (bank, "bank"), (credit.ClearingAccount, "cash-clearing"));
    }

    private static JournalEntry Of(
        Guid receiptId, string number, string legalEntity, DateOnly postingDate, string kind, Guid? customerId,
        Money amount, DateOnly valueDate, (string Account, string Role) debit, (string Account, string Role) credit,
        Guid? cause = null) =>
        Of(receiptId, number, legalEntity, postingDate, kind, customerId, valueDate,
            [(debit, amount), (credit, -amount)], cause);

    /// <summary>Amounts above zero are debits, below zero credits; they sum to zero.</summary>
    private static JournalEntry Of(
        Guid receiptId, string number, string legalEntity, DateOnly postingDate, string kind, Guid? customerId,
        DateOnly valueDate, IReadOnlyList<((string Code, string Role) Account, Money Amount)> sides, Guid? cause = null)
    {
        var zero = Money.Zero(sides[0].Amount.Currency);
        return new JournalEntry(IdOf(receiptId, kind, cause), legalEntity, postingDate, kind, number, customerId,
        [
            .. sides.Where(side => !side.Amount.IsZero).Select(side => side.Amount.IsPositive
                ? new JournalLine(side.Account.Code, side.Account.Role, side.Amount, zero)
                : new JournalLine(side.Account.Code, side.Account.Role, zero, -side.Amount)),
        ], valueDate);
    }

    private static Guid? Again(Guid lineId, int times) =>
        times == 0 ? null : Ids.From("again", lineId.ToString("N"), $"{times}");

    private JournalEntry OtherWayRound(Guid sourceId, string kind, DateOnly postingDate, Guid? cause) => this with
    {
        EntryId = IdOf(sourceId, kind, cause),
        PostingDate = postingDate,
        Kind = kind,
        Lines =
        [
            .. Lines.Select(line => new JournalLine(
                line.Account, line.Role, line.Credit, line.Debit, line.BaseCredit, line.BaseDebit)),
        ],
    };

    /// <summary>An entry of two lines that is so much in the books' currency; as it is for null.</summary>
    private JournalEntry Worth(Money? worth) => worth is not { } amount ? this : this with
    {
        Lines =
        [
            .. Lines.Select(line => line.Debit.IsZero
                ? line with { BaseDebit = Money.Zero(amount.Currency), BaseCredit = amount }
                : line with { BaseDebit = amount, BaseCredit = Money.Zero(amount.Currency) }),
        ],
    };

    private static Guid IdOf(Guid sourceId, string kind, Guid? cause) => cause is { } several
        ? Ids.From("journal-entry", sourceId.ToString("N"), kind, several.ToString("N"))
        : Ids.From("journal-entry", sourceId.ToString("N"), kind);

    private static (string Account, string Role) Bank(LedgerAccounts accounts) => (accounts.Bank, "bank");

    private static (string Account, string Role) Cash(LedgerAccounts accounts, Guid? customerId) => customerId is null
        ? (accounts.UnidentifiedCash, "unidentified-cash")
        : (accounts.UnappliedCash, "unapplied-cash");

    private static (string Account, string Role) SmallDifference(LedgerAccounts accounts) =>
        (accounts.SmallDifferences ?? accounts.UnidentifiedCash, "small-difference");

    private static (string Account, string Role) Charges(LedgerAccounts accounts) =>
        (accounts.BankCharges!, "bank-charges");

    private static (string Account, string Role) Clearing(LedgerAccounts accounts) =>
        (accounts.Clearing ?? accounts.Bank, "cash-clearing");
}
