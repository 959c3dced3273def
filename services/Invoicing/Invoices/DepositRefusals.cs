using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Why something about a deposit may be refused.</summary>
public static class DepositRefusals
{
    public static Refusal Unknown(Guid depositId) => new(
        "unknown-deposit", $"There is no deposit {depositId} of this customer.", Field: "/depositId");

    public static Refusal NotADeposit(Invoice invoice) => Refusal.State(
        "not-a-deposit", $"{invoice.Issued!.Number} bills no deposit.");

    public static Refusal NotAnInvoice(Invoice invoice) => Refusal.State(
        "not-an-invoice", $"{invoice.Issued!.Number} is no invoice; only invoices are netted with deposits.");

    public static Refusal OtherCustomer(Invoice deposit, string invoice) => new(
        "other-customer", $"{deposit.Issued!.Number} and {invoice} belong to different customers.",
        Field: "/invoiceId");

    public static Refusal OtherCurrency(Invoice deposit, Money asked) => new(
        "other-currency", $"{deposit.Issued!.Number} is in {deposit.Currency}; {asked} cannot be taken from it.",
        Field: "/amount");

    public static Refusal OtherCurrency(Invoice deposit, Invoice invoice) => new(
        "other-currency",
        $"{deposit.Issued!.Number} is in {deposit.Currency}; {invoice.Issued!.Number} is in {invoice.Currency}.",
        Field: "/invoiceId");

    public static Refusal ExceedsHeld(Invoice deposit, Money asked) => Refusal.State(
        "exceeds-held",
        $"{deposit.Available} of {deposit.Issued!.Number} is paid and not netted or credited, less than {asked}.");

    public static Refusal NothingHeld(Invoice deposit) => Refusal.State(
        "nothing-held", $"Nothing of {deposit.Issued!.Number} is paid and not netted or credited already.");

    public static Refusal InUse(Invoice deposit) => Refusal.State(
        "deposit-in-use", $"{deposit.Used} of {deposit.Issued!.Number} is netted with invoices; void these first.");

    public static Refusal RefundRests(Invoice deposit, string invoice, Money inVain) => Refusal.State(
        "refund-rests-on-deposit",
        $"{inVain} of what was paid back of {invoice} was paid by {deposit.Issued!.Number}: {invoice} keeps it, " +
        "unless the refund comes back.");

    public static Refusal NotGivenUp(Invoice deposit) => Refusal.State(
        "deposit-not-written-off",
        $"{deposit.Issued!.Number} bills what is not delivered yet: void it, or credit what is open.");

    public static Refusal NotCorrected(Invoice deposit) => Refusal.State(
        "deposit-not-corrected", $"{deposit.Issued!.Number} is a deposit: void or credit it, and bill another one.");

    public static Refusal HasDiscount() => InvoiceRefusals.Invalid(
        "/terms", "There is no cash discount on a deposit.");

    public static Refusal NamesAccount(int line) => InvoiceRefusals.Invalid(
        $"/lines/{line}/revenueAccount", "A deposit is no revenue until it is netted; its lines name no account.");
}
