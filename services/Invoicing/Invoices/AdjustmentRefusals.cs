using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Why a change of what is owed may be refused.</summary>
public static class AdjustmentRefusals
{
    public static Refusal IsVoid(Invoice invoice) => Refusal.State(
        "invoice-void", $"{invoice.Issued!.Number} is void.");

    public static Refusal NoInstallment(Invoice invoice, int installment) => new(
        "no-such-installment", $"{invoice.Issued!.Number} has no installment {installment}.", Field: "/installment");

    public static Refusal NothingOpen(Invoice invoice, int installment) => Refusal.State(
        "nothing-open", $"Nothing is open on installment {installment} of {invoice.Issued!.Number}.");

    public static Refusal ExceedsBalance(Invoice invoice, int installment, Money balance, Money asked) => Refusal.State(
        "exceeds-balance",
        $"{balance} is open on installment {installment} of {invoice.Issued!.Number}; {asked} is not.");

    public static Refusal NotCorrected(Invoice memo) => Refusal.State(
        "debit-memo-not-corrected",
        $"{memo.Issued!.Number} is a debit memo: waive or void it, and issue another one.");

    public static Refusal ExceedsPaid(Invoice invoice, Money asked, Money lacked) => Refusal.State(
        "exceeds-paid",
        $"{invoice.RefundableBut(lacked)} more than is owed was paid on {invoice.Issued!.Number}" +
        $"{(invoice.ReservedRefunds.IsEmpty ? "" : " and is kept for no refund")}" +
        $"{(lacked.IsZero ? "" : $" without {lacked} that came back of its deposits")}; {asked} cannot be paid back." +
        (Money.Sum(invoice.WrittenOff.Values, invoice.Currency) is { IsZero: false } lost
            ? $" {lost} is written off of the invoice: recover that, and apply the credit memo to it first."
            : ""));

    public static Refusal ExceedsNetBilled(Invoice invoice, Money asked, Money left) => Refusal.State(
        "exceeds-billed",
        $"{asked} before tax is more than the {left} of {invoice.Issued!.Number} that can be credited.");

    public static Refusal ExceedsTaxBilled(Invoice invoice, TaxShare asked, Money left) => Refusal.State(
        "exceeds-billed",
        FormattableString.Invariant(
            $"{asked.Tax} of tax {asked.TaxCode ?? "without a code"} at {asked.TaxRate * 100:0.####} % is more than ") +
        $"the {left} of it that {invoice.Issued!.Number} billed and that is not credited.");

    public static Refusal ExceedsCreditable(Invoice invoice, Money asked) => Refusal.State(
        "exceeds-creditable",
        $"{invoice.Creditable} of {invoice.Issued!.Number} can still be credited, less than {asked}." +
        (invoice.GivenUp.IsZero
            ? ""
            : $" {invoice.GivenUp} was given up of it: what was written off is recovered first."));

    public static Refusal CreditsElsewhere(Invoice invoice, Money left, Money asked) => Refusal.State(
        "credits-not-applied",
        $"Credit memos issued for {invoice.Issued!.Number} are not applied to it, so that only " +
        $"{Money.Max(Money.Zero(left.Currency), left)} can be given up, less than {asked}. Take them off what they " +
        "are applied to, and apply them to it first.");

    public static Refusal ExceedsWrittenOff(Invoice invoice, int installment, Money lost, Money asked) => Refusal.State(
        "exceeds-written-off",
        $"{lost} is written off on installment {installment} of {invoice.Issued!.Number}; {asked} cannot come back.");

    public static Refusal DueDate(DateOnly date, DateOnly earliest, DateOnly latest) => new(
        "due-date-out-of-range", $"The due date {date:O} is not between {earliest:O} and {latest:O}.",
        Field: "/installments");

    public static Refusal AlreadyCredited(Invoice invoice) => Refusal.State(
        "already-credited",
        $"{invoice.Issued!.Number} has been credited in part; credit the rest and issue a new invoice.");

    public static Refusal AlreadyCorrected(Invoice invoice) => Refusal.State(
        "already-corrected",
        $"{invoice.Issued!.Number} was corrected by {invoice.Correction!.ReplacementNumber}; correct that one.");

    public static Refusal NotWaivable(Invoice invoice) => Refusal.State(
        "not-waivable", $"{invoice.Issued!.Number} is an invoice; only late fees and interest are waived.");

    public static Refusal ExceedsWaived(Invoice invoice, int installment, Money waived, Money asked) => Refusal.State(
        "exceeds-waived",
        $"{waived} is waived on installment {installment} of {invoice.Issued!.Number}; {asked} cannot come back.");

    public static Refusal NoLine(Invoice invoice, int line) => new(
        "no-such-line", $"{invoice.Issued!.Number} has no line {line}.", Field: "/line");

    public static Refusal ExceedsLine(Invoice invoice, int line, Money left, Money asked) => Refusal.State(
        "exceeds-line", $"{left} of line {line} of {invoice.Issued!.Number} is not waived yet, less than {asked}.");

    public static Refusal ExceedsWaivedLine(Invoice invoice, int line, Money waived, Money asked) => Refusal.State(
        "exceeds-waived", $"{waived} is waived of line {line} of {invoice.Issued!.Number}; {asked} cannot come back.");

    public static Refusal NeedsApproval(Invoice invoice, string kind) => Refusal.State(
        "approval-required",
        $"Moving the due dates of {invoice.Issued!.Number} needs approval: ask for a {kind} where it is approved.");

    public static Refusal DueLater(Invoice invoice) => Refusal.State(
        "approval-required",
        $"The correction would be due later than {invoice.Issued!.Number} is, and other terms need approval: keep " +
        "its due dates by invoice date and terms, or ask Credit for the terms.");

    public static Refusal BillsLess(Invoice invoice, Money less, Money approved) => Refusal.State(
        "above-approval",
        $"The correction bills {less} less than {invoice.Issued!.Number} by now, and {approved} is approved.");
}
