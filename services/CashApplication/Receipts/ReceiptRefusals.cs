using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Every reason for which something about a receipt is refused.</summary>
public static class ReceiptRefusals
{
    public static readonly Refusal NoTurn = new(
        "no-turn", "The time was up before its turn; nothing was done about it. Send it again.");

    public static Refusal AmountNotPositive(string field = "/amount") =>
        new("amount-not-positive", "The amount must be more than zero.", Field: field);

    public static Refusal BadPostingDate(DateOnly first, DateOnly last) => new(
        "bad-posting-date", $"What is entered is posted on a day from {first:O} to {last:O}.", Field: "/postingDate");

    public static Refusal UnknownMethod(string method) =>
        new("unknown-method", $"'{method}' is none of wire, ach, card, check, cash, lockbox.", Field: "/method");

    public static Refusal UnknownLegalEntity(string code) =>
        new("unknown-legal-entity", $"There is no legal entity {code}.", Field: "/legalEntity");

    public static Refusal UnknownBankAccount(string code) =>
        new("unknown-bank-account", $"No bank account {code} is registered.", Field: "/bankAccount");

    public static Refusal OtherEntitysBankAccount(string code, string legalEntity) =>
        new("other-legal-entity", $"Bank account {code} is not an account of {legalEntity}.", Field: "/bankAccount");

    public static Refusal OtherBankAccountCurrency(string code, Currency currency) =>
        new("other-currency", $"Bank account {code} is kept in {currency}.", Field: "/amount/currency");

    public static Refusal UnknownCustomer(Guid id) =>
        new("unknown-customer", $"There is no customer {id}.", Field: "/customerId");

    public static Refusal OtherEntitysCustomer(string customer, string legalEntity) =>
        new("other-legal-entity", $"Customer {customer} is not a customer of {legalEntity}.", Field: "/customerId");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("receipt", id);

    public static Refusal AllocationNotFound(Guid id) => Refusal.NotFound("allocation", id);

    public static readonly Refusal Reversed =
        Refusal.State("receipt-reversed", "The receipt is reversed; nothing of it can be applied.");

    public static readonly Refusal AlreadyIdentified = Refusal.State(
        "receipt-identified",
        "The receipt is another customer's already. Reverse its allocations and the receipt, then record it anew.");

    public static readonly Refusal NothingToApply =
        new("nothing-to-apply", "Name 1 to 20,000 items with an amount each.", Field: "/allocations");

    public static Refusal UnknownItem(Guid invoiceId, int installment, string field) =>
        new("unknown-open-item", $"There is no installment {installment} of an invoice {invoiceId}.", Field: field);

    public static Refusal SameItemTwice(string invoice, int installment, string field) =>
        new("same-item-twice", $"Installment {installment} of {invoice} is named twice.", Field: field);

    public static Refusal OtherCurrency(string invoice, Currency currency, string field) =>
        new("other-currency", $"Invoice {invoice} is in {currency}, which is not the currency of the receipt.",
            Field: field);

    public static Refusal OtherLegalEntity(string invoice, string legalEntity, string field) =>
        new("other-legal-entity", $"Invoice {invoice} is one of {legalEntity}, not of the receipt's legal entity.",
            Field: field);

    public static Refusal OtherCustomer(string invoice, string field) =>
        new("other-customer", $"Invoice {invoice} is not owed by the customer whose money this is.", Field: field);

    public static Refusal ExceedsUnapplied(Money asked, Money unapplied) =>
        new("exceeds-unapplied", $"{asked} are asked for, {unapplied} are unapplied.", Field: "/allocations");

    public static Refusal ExceedsOpenItem(string invoice, int installment, Money available, string field) =>
        new("exceeds-open-item", $"Only {available} are free on installment {installment} of {invoice}.", Field: field);

    /// <summary>It would fit, were it not for what other allocations are asked for (409).</summary>
    public static Refusal OpenItemPromised(string invoice, int installment, Money available, string field) => new(
        "open-item-promised",
        $"Of installment {installment} of {invoice} only {available} are free until others are answered for.",
        RefusalKind.State, field);

    public static Refusal DiscountNotGranted(string field) =>
        new("discount-not-granted", "The terms of the invoice grant no cash discount.", Field: field);

    public static Refusal DiscountNotEarned(Money discount, string invoice, string field) =>
        new("discount-not-earned", $"{discount} are more than was earned on {invoice} by this payment.", Field: field);

    public static Refusal ExceedsTolerance(Money difference, string field) => new(
        "exceeds-tolerance", $"{difference} are more than may be given up on this item; see the cash policy.",
        Field: field);

    public static Refusal DifferenceLeavesOpen(string field) => new(
        "difference-leaves-open", "A difference is given up to close an item; with it this one would stay open.",
        Field: field);

    public static Refusal ExceedsWriteOffLimit(Money rest, Money before, Money limit) => new(
        "exceeds-write-off-limit",
        $"{rest} are free" + (before.IsZero ? "" : $", and {before} were given up before") +
        $"; no more than {limit} may be given up of a receipt. See the cash policy.");

    public static Refusal RestChanged(Money approved, Money rest) => Refusal.State(
        "rest-changed", $"{approved} were approved to be given up; {rest} are free now.");

    public static Refusal UnknownDeductionReason(string reason, string field) => new(
        "unknown-deduction-reason",
        $"'{reason}' means none of price, quantity, quality, not-received, duplicate, tax, terms, other.",
        Field: field);

    public static readonly Refusal SuggestionChanged = Refusal.State(
        "suggestion-changed", "What was suggested is not possible any more; read the receipt again.");

    public static Refusal AlreadyCleared(string number) => Refusal.State(
        "receipt-cleared", $"Receipt {number} has its credit on a statement already, or was entered for one.");

    public static Refusal OtherCustomers(string number) => Refusal.State(
        "other-customer",
        $"Receipt {number} is held to be another customer's money. Transfer it, or reverse what is wrong, first.");

    public static Refusal PartIsGone(string number) => Refusal.State(
        "receipt-partly-reversed",
        $"A part of receipt {number} is reversed: it is not the credit's money any more. Reverse the rest of it.");

    public static readonly Refusal NoReceipts =
        new("receipts-missing", "Name the receipts that were entered.", Field: "/receiptIds");

    public static Refusal NoSuchReversal(Guid reversalId, Money amount) => new(
        "no-such-reversal", $"No part of {amount} was reversed as {reversalId}.", Field: "/reversalId");

    public static Refusal NotOfStatement(string number) => new(
        "not-of-statement", $"Receipt {number} was not brought by a statement, or was entered too already.");

    public static Refusal OtherBankAccount(string number, string account) => new(
        "other-bank-account", $"Receipt {number} was entered for the account {account}.", Field: "/receiptIds");

    public static Refusal OtherSum(Money entered, Money credit, Money? fee = null) => new(
        "other-amount",
        $"The receipts that were entered come to {entered}, the credit to {credit}" +
        (fee is { } kept ? $", and {kept} were kept." : "."),
        Field: "/receiptIds");

    public static Refusal NoFeeAccount(string bankAccount) => new(
        "fee-account-missing", $"Bank account {bankAccount} names no ledger account of fees (feeAccount).",
        Field: "/fee");

    public static Refusal ExceedsSettlementFee(Money fee, Money sum, decimal percent) => new(
        "exceeds-settlement-fee",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{fee} of {sum} are more than the {percent:0.##} % that the cash policy allows."),
        Field: "/fee");

    public static Refusal NoProcessor(string number) => new(
        "fee-without-processor",
        $"Receipt {number} is no card payment and has no processor's reference: nobody keeps a fee of it.",
        Field: "/fee");

    public static Refusal ProcessorReferenceUsed(string reference, Guid receiptId) => Refusal.State(
        "processor-reference-used",
        $"The payment {reference} is recorded as /v1/receipts/{receiptId}, with another amount or method.");

    public static Refusal RecordedJustNow(string reference) => Refusal.State(
        "receipt-already-recorded", $"The payment {reference} was recorded at the same moment. Nothing was doubled.");

    public static Refusal ExceedsReceipt(Money amount, Money left) => new(
        "exceeds-receipt",
        $"{amount} are to be taken back, {left} of the receipt are neither paid back, kept back for a refund nor " +
        "given up. Take that back first, or reverse the receipt as a whole.",
        Field: "/amount");

    public static readonly Refusal NothingFree =
        Refusal.State("nothing-free", "Nothing of the receipt is free to apply.");

    public static Refusal TooMany(int most, string field) =>
        new("too-many", string.Create(CultureInfo.InvariantCulture, $"Name 1 to {most:N0} of them."), Field: field);

    public static readonly Refusal AllocationPending =
        Refusal.State("allocation-pending",
            "Invoicing has not answered yet; reverse the allocation once it is confirmed.");

    public static readonly Refusal AllocationNotApplied =
        Refusal.State("allocation-rejected", "The allocation was refused, there is nothing to take back.");

    public static Refusal ExceedsAllocation(Money asked, Money allocated) => new(
        "exceeds-allocation", $"{asked} are to be moved, {allocated} were applied.", Field: "/amount");

    public static Refusal SameItem(string invoice, int installment) => new(
        "same-item", $"The money is applied to installment {installment} of {invoice} already.", Field: "/invoiceId");

    public static Refusal NoShare(Guid customerId) => new(
        "no-share", $"Nothing of the receipt is money of customer {customerId}.", Field: "/customerId");

    public static readonly Refusal NothingToUndo =
        Refusal.State("nothing-to-undo", "No decision about this receipt is left that could be undone.");

    public static readonly Refusal StillApplied = Refusal.State(
        "receipt-applied", "Some of the receipt is applied, paid back or another customer's; take that back first.");

    public static readonly Refusal Unidentified = Refusal.State(
        "receipt-unidentified", "It is not known whose money this is; say so first.");

    public static readonly Refusal SameCustomer =
        new("same-customer", "It is this customer's money already.", Field: "/customerId");

    public static Refusal OtherReceiptCurrency(Currency asked, Currency receipt) =>
        new("other-currency", $"The receipt is in {receipt}, not in {asked}.", Field: "/amount/currency");

    public static Refusal UnknownReason(string reason) =>
        new("unknown-reason", $"'{reason}' is none of nsf, return, chargeback, stop, error.", Field: "/reason");

    /// <summary>
    /// An answer of Invoicing that contradicts an earlier one or what was asked: a defect, for a person to see.
    /// </summary>
    public static Refusal Contradiction(Guid allocationId, string answer, AllocationStatus status) =>
        Refusal.State("contradicting-answer", $"Allocation {allocationId} is {status} and was answered '{answer}'.");
}
