using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Who paid, as the bank or the caller gave it.</summary>
/// <param name="Name">Name of the payer, or null.</param>
/// <param name="Account">IBAN or account number without blanks, or null.</param>
/// <param name="Bank">Number of the bank that keeps the account (a routing number), where it is told beside the
/// account's: two banks may have accounts of one number. Else null.</param>
public sealed record Payer(
    string? Name = null, string? Account = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Bank = null);

/// <summary>The statement line that a receipt comes from.</summary>
/// <param name="ImportId">The imported file.</param>
/// <param name="StatementId">The bank's identification of the statement.</param>
/// <param name="Entry">Entry of the statement, from 1.</param>
/// <param name="Detail">Payment within the entry, from 1; 0 for the entry as a whole.</param>
/// <param name="BookingDate">Day the bank booked it.</param>
/// <param name="References">What others may call the payment: references of payer and banks.</param>
/// <param name="OwnReference">What names this payment and no other of its payer: the reference from end to end, or the
/// trace number; or null.</param>
public sealed record ReceiptSource(
    Guid ImportId, string StatementId, int Entry, int Detail, DateOnly BookingDate,
    IReadOnlyList<string>? References = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OwnReference = null)
{
    /// <summary>
    /// The accounting date of what the bank did: the day it booked it, so that the books say on every day what its
    /// statement says; today where that day is yet to come. A day that is closed is moved on by Invoicing.
    /// </summary>
    public DateOnly PostedOn(DateOnly today) => PostedOn(BookingDate, today);

    /// <summary>The same of a day on which the bank booked something else.</summary>
    public static DateOnly PostedOn(DateOnly bookingDate, DateOnly today) =>
        bookingDate < today ? bookingDate : today;
}

/// <summary>Money came in.</summary>
/// <param name="Number">Gapless, e.g. <c>RCT-US01-2026-000007</c>.</param>
/// <param name="LegalEntity">Whose bank account it reached.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="BankAccount">Code of the bank account, or null.</param>
/// <param name="Accounts">Ledger accounts that its entries use.</param>
/// <param name="ValueDate">Day the money counts at the bank.</param>
/// <param name="PostingDate">Accounting date.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="Remittance">What the payer says it is for, line by line.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="Source">The statement line, or null for a receipt that was entered.</param>
/// <param name="IdentifiedBy">What told the customer, or null while unidentified.</param>
/// <param name="Entry">Bank to unapplied or unidentified cash.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="Documents">What the payer tells in fields: documents with their amounts; null for none.</param>
/// <param name="ProcessorReference">What the processor of the payment calls it, once per legal entity; or null.</param>
/// <param name="Charges">What banks kept of it on its way, as the bank tells; null for nothing.</param>
public sealed record ReceiptRecorded(
    string Number, string LegalEntity, string Method, string? BankAccount, LedgerAccounts Accounts, DateOnly ValueDate,
    DateOnly PostingDate, Payer Payer, IReadOnlyList<string> Remittance, string? CheckNumber, ReceiptSource? Source,
    string? IdentifiedBy, JournalEntry Entry, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<RemittanceLine>? Documents = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProcessorReference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BankCharges? Charges = null);

/// <summary>Money that was entered is on the bank's statement: no second receipt.</summary>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="BankAccount">Code of the account it reached.</param>
/// <param name="LedgerAccount">Where that account's money is booked.</param>
/// <param name="Source">The statement line.</param>
/// <param name="Payer">Who paid, by what was entered and what the bank tells.</param>
/// <param name="Remittance">What the payer says, by both.</param>
/// <param name="Entry">Clearing account to the bank; null where it was booked at the bank when it was entered.</param>
/// <param name="CheckNumber">Number of the check, by what was entered or the bank tells; or null.</param>
/// <param name="ProcessorReference">What the processor of the payment calls it, or null.</param>
/// <param name="Documents">What the payer tells in fields, by the bank; null for none.</param>
public sealed record ReceiptCleared(
    string LegalEntity, string BankAccount, string LedgerAccount, ReceiptSource Source, Payer Payer,
    IReadOnlyList<string> Remittance, JournalEntry? Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CheckNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProcessorReference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<RemittanceLine>? Documents = null);

/// <summary>Money that a statement has brought was entered too: no second receipt.</summary>
/// <param name="ProcessorReference">What the processor of the payment calls it, or null.</param>
/// <param name="Payer">Who paid, by what was entered and what the bank tells.</param>
/// <param name="Remittance">What the payer says, by both.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="BankAccount">Code of the account it reached.</param>
/// <param name="WasPending">A pending payment told it before the money came: the receipt may yet be entered.</param>
public sealed record ReceiptAnnounced(
    string? ProcessorReference, Payer Payer, IReadOnlyList<string> Remittance, string? CheckNumber,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? BankAccount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool WasPending = false);

/// <summary>It became known whose money it is.</summary>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="CustomerId">Whose money.</param>
/// <param name="IdentifiedBy">What told it.</param>
/// <param name="Entry">Unidentified to unapplied cash.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="DecisionId">The decision of a person, to be undone by; null for any other.</param>
public sealed record ReceiptIdentified(
    string LegalEntity, Guid CustomerId, string IdentifiedBy, JournalEntry Entry, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? DecisionId = null);

/// <summary>It is not known after all whose money it is.</summary>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="CustomerId">Whose it was held to be.</param>
/// <param name="Undoes">The decision that said so.</param>
/// <param name="Entry">Unapplied to unidentified cash.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptUnidentified(
    string LegalEntity, Guid CustomerId, Guid Undoes, JournalEntry Entry, ReceiptBalance Balance);

/// <summary>A part of an installment that the payer keeps back and gives a reason for.</summary>
/// <param name="Amount">What is kept back.</param>
/// <param name="ReasonCode">Ours: <c>price</c>, <c>quantity</c>, <c>quality</c>, <c>not-received</c>,
/// <c>duplicate</c>, <c>tax</c>, <c>terms</c> or <c>other</c>.</param>
/// <param name="CustomerReason">The payer's own code or words, or null.</param>
public sealed record Deduction(Money Amount, string ReasonCode, string? CustomerReason = null);

/// <summary>A credit memo that the payer takes off an installment.</summary>
/// <param name="CreditMemoId">The credit memo, of the item's customer.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Amount">What of it.</param>
public sealed record CreditPart(Guid CreditMemoId, string Number, Money Amount);

/// <summary>Money meant for one installment.</summary>
/// <param name="CustomerId">Who owes it; may be another of the payer's group.</param>
/// <param name="Amount">Of the receipt.</param>
/// <param name="Discount">Cash discount beside it, or null.</param>
/// <param name="Difference">Small difference given up beside it, or null.</param>
/// <param name="Deduction">What the payer keeps back of the item, or null.</param>
/// <param name="Owner">Whose share pays, where it is not the receipt's own customer's money; or null.</param>
/// <param name="Credits">Credit memos that Invoicing applies with it, or it applies nothing of it; null for
/// none.</param>
/// <param name="IsUnearned">The cash discount is given though the money came too late for it.</param>
/// <param name="Charges">What banks kept of the payment, which we bear: settled of the item beside the amount; or
/// null.</param>
public sealed record RequestedAllocation(
    Guid AllocationId, Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Discount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Difference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Deduction? Deduction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Owner = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CreditPart>? Credits = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsUnearned = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Charges = null)
{
    /// <summary>What the payment settles of the item: money, discount, difference and bank charges.</summary>
    [JsonIgnore]
    public Money Settled => Amount + (Discount ?? Zero) + (GivenUp ?? Zero);

    /// <summary>What Invoicing is asked to give up beside the amount; null for nothing.</summary>
    [JsonIgnore]
    public Money? GivenUp => Charges is { } charges ? charges + (Difference ?? Zero) : Difference;

    /// <summary>What credit memos settle of it beside that.</summary>
    [JsonIgnore]
    public Money Credited => Money.Sum((Credits ?? []).Select(one => one.Amount), Amount.Currency);

    private Money Zero => Money.Zero(Amount.Currency);
}

/// <summary>One decision about what money of the receipt is for; all of it waits for Invoicing's answers.</summary>
/// <param name="DecisionId">The decision; it is undone by this id.</param>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="ValueDate">Day the money counted at the bank.</param>
/// <param name="UnappliedCashAccount">Ledger account the money waits on.</param>
/// <param name="Rule">What found the match, or <c>manual</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="IsAutomatic">True when no person decided.</param>
/// <param name="Allocations">What is meant for which item.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="RemittanceId">The advice it follows, or null.</param>
/// <param name="Scoring">By what it was weighed; null where a person decided without a suggestion, and in events from
/// before that was kept.</param>
public sealed record AllocationsRequested(
    Guid DecisionId, string LegalEntity, DateOnly ValueDate, string UnappliedCashAccount, string Rule,
    decimal Confidence, IReadOnlyList<string> Reasons, bool IsAutomatic,
    IReadOnlyList<RequestedAllocation> Allocations, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? RemittanceId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Scoring? Scoring = null);

/// <summary>Invoicing has applied it.</summary>
/// <param name="Deduction">What the payer keeps back of the item, now in dispute; or null.</param>
/// <param name="CustomerId">Who owes the item; null in events from before that was told.</param>
/// <param name="Charges">Bank charges that were settled of the item: from small differences, where Invoicing gives them
/// up, to the account of bank charges; null for none.</param>
public sealed record AllocationConfirmed(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Deduction? Deduction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LegalEntity = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JournalEntry? Charges = null);

/// <summary>Invoicing has refused it; the money is free again.</summary>
public sealed record AllocationRejected(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, string Code, string Detail,
    ReceiptBalance Balance);

/// <summary>
/// Allocations that wait for their answer are not wanted any more; what is applied will be taken back. Of those that
/// are on their way back it says anew where their money goes.
/// </summary>
/// <param name="Undoes">The decision that is undone by it, or null.</param>
/// <param name="Then">Where the money of the only one goes once it is taken back, or null.</param>
public sealed record AllocationsWithdrawn(
    IReadOnlyList<Guid> AllocationIds, string Reason, bool ByPerson,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Undoes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MoveTarget? Then = null);

/// <summary>Where the money of an allocation goes once it is taken back.</summary>
public sealed record MoveTarget(
    Guid AllocationId, Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, Money Amount);

/// <summary>A confirmed allocation that is to be taken back.</summary>
public sealed record ReversedAllocation(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MoveTarget? Then = null);

/// <summary>Confirmed allocations are to be taken back.</summary>
/// <param name="Reason">Why, in words.</param>
/// <param name="ByPerson">True when a person corrects what was applied; false when the money itself is gone.</param>
/// <param name="Undoes">The decision that is undone by it, or null.</param>
public sealed record AllocationReversalsRequested(
    IReadOnlyList<ReversedAllocation> Allocations, string Reason, bool ByPerson, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Undoes = null);

/// <summary>Invoicing has taken it back.</summary>
/// <param name="Deduction">What the payer had kept back of the item; it is no dispute any more. Or null.</param>
/// <param name="Charges">Bank charges that were settled of the item: back to small differences; null for none.</param>
public sealed record AllocationReversed(
    Guid AllocationId, Guid InvoiceId, int Installment, Money Amount, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Deduction? Deduction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JournalEntry? Charges = null);

/// <summary>The receipt is void; what was confirmed is taken back allocation by allocation.</summary>
/// <param name="LegalEntity">Whose receipt it was.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c>, <c>stop</c> or <c>error</c>.</param>
/// <param name="ReturnCode">E.g. <c>R01</c>, or null.</param>
/// <param name="PostingDate">Accounting date of the reversal.</param>
/// <param name="Entry">The receipt's money back to the bank.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="Entered">The receipts that were entered for the same money, where that is why; or null.</param>
public sealed record ReceiptReversed(
    string LegalEntity, string Reason, string? ReturnCode, DateOnly PostingDate, JournalEntry Entry,
    ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Guid>? Entered = null);

/// <summary>
/// A processor has kept its fee of the receipts whose money the statement's receipt is: they are whole, and so much
/// less has reached the bank.
/// </summary>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="BankAccount">Code of the account that the settlement reached.</param>
/// <param name="Fee">What was kept.</param>
/// <param name="Entry">Bank to fees.</param>
public sealed record SettlementFeeBooked(string LegalEntity, string BankAccount, Money Fee, JournalEntry Entry);

/// <summary>
/// The bank has taken a part of the receipt back. What of it was free is gone; the rest is gone as soon as the
/// allocations that are taken back for it are.
/// </summary>
/// <param name="ReversalId">Tells this part from others of the receipt.</param>
/// <param name="LegalEntity">Whose receipt it is.</param>
/// <param name="Amount">What is taken back.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c>, <c>stop</c> or <c>error</c>.</param>
/// <param name="ReturnCode">E.g. <c>R01</c>, or null.</param>
/// <param name="PostingDate">Accounting date.</param>
/// <param name="Entry">So much of the receipt's money back to the bank.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="BankAccount">Code of the account it goes back from; null while the money is on its way.</param>
public sealed record ReceiptPartlyReversed(
    Guid ReversalId, string LegalEntity, Money Amount, string Reason, string? ReturnCode, DateOnly PostingDate,
    JournalEntry Entry, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? BankAccount = null);
