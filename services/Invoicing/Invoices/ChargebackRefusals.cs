using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Why something about a chargeback may be refused.</summary>
public static class ChargebackRefusals
{
    public static Refusal NotAnInvoice(Invoice document) => Refusal.State(
        "not-charged-back",
        $"{document.Issued!.Number} is no invoice: what is open on a debit memo or a deposit is an item of its own.");

    public static Refusal Disputed(Invoice invoice, int installment, Money disputed, Money asked) => Refusal.State(
        "item-disputed",
        $"{disputed} of installment {installment} of {invoice.Issued!.Number} is disputed, so that {asked} cannot be " +
        "charged back. Settle the dispute first, or charge back less.");

    public static Refusal DisputedItself(Invoice chargeback, Money disputed) => Refusal.State(
        "item-disputed",
        $"{disputed} of {chargeback.Issued!.Number} is disputed, and the invoice would be owed without the dispute. " +
        "Settle it first.");

    public static Refusal PaymentPending(Invoice invoice, Money expected, Money asked) => Refusal.State(
        "payment-pending",
        $"{expected} of {invoice.Issued!.Number} is to be paid by a payment that is on its way, so that {asked} is " +
        "not free. Wait for it, or ask for less.");

    public static Refusal CreditsElsewhere(Invoice invoice, Money asked) => Refusal.State(
        "credits-not-applied",
        $"Credit memos issued for {invoice.Issued!.Number} are not applied to it, so that only {invoice.Chargeable} " +
        $"can be charged back, less than {asked}. " + (invoice.RefundedInVain.IsPositive
            ? $"{invoice.RefundedInVain} of them was paid back in vain: what is open by that is collected on it."
            : "Apply them to it first."));

    public static Refusal RefundKept(Invoice invoice) => Refusal.State(
        "refund-awaited",
        $"What was put into {invoice.Issued!.Number} is kept for a refund of its credit memos, which would not be " +
        "covered were it owed again. Wait until it is paid, or take it back.");

    public static Refusal DueDate(DateOnly date, DateOnly earliest, DateOnly latest) => new(
        "due-date-out-of-range", $"The due date {date:O} is not between {earliest:O} and {latest:O}.",
        Field: "/dueDate");

    public static Refusal DueLater(Invoice invoice, DateOnly owed, string kind) => Refusal.State(
        "approval-required",
        $"What is charged back of {invoice.Issued!.Number} is due by {owed:O}, and a later date needs the approval " +
        $"of {kind}: propose it at Collections or Credit, or leave the due date out.");

    public static Refusal NotVoided(Invoice chargeback) => Refusal.State(
        "chargeback-not-voided",
        $"{chargeback.Issued!.Number} is a chargeback of {chargeback.Issued.Chargeback!.InvoiceNumber}: reverse it " +
        "there, and that invoice is open again.");

    public static Refusal NotWaivable(Invoice chargeback) => Refusal.State(
        "not-waivable",
        $"{chargeback.Issued!.Number} is a chargeback of {chargeback.Issued.Chargeback!.InvoiceNumber}, and no late " +
        "fee: credit it, or write it off.");

    public static Refusal NotCorrected(Invoice invoice) => Refusal.State(
        "invoice-charged-back",
        $"{invoice.ChargedBack} of {invoice.Issued!.Number} is charged back. Reverse its chargebacks first.");

    public static Refusal Settled(Invoice chargeback) => Refusal.State(
        "chargeback-settled",
        $"{chargeback.Applied} of {chargeback.Issued!.Number} is settled, or {chargeback.Credited} credited: it is " +
        "reversed while nothing is.");

    public static Refusal NoEInvoice(InvoiceIssued chargeback) => Refusal.State(
        "no-e-invoice",
        $"{chargeback.Number} bills nothing anew: goods and tax were billed by " +
        $"{chargeback.Chargeback!.InvoiceNumber}.");
}
