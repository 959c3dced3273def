using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Why something about an invoice may be refused.</summary>
public static class InvoiceRefusals
{
    public static Refusal UnknownCustomer(Guid customerId) => new(
        "unknown-customer", $"There is no customer {customerId}.", Field: "/customerId");

    public static Refusal InvoiceDate(DateOnly date, DateOnly earliest, DateOnly latest) => new(
        "invoice-date-out-of-range", $"The invoice date {date:O} is not between {earliest:O} and {latest:O}.",
        Field: "/invoiceDate");

    public static Refusal NoRate(string currency, DateOnly day, Books books) => new(
        "no-exchange-rate",
        $"There is no daily rate from {currency} to {books.BaseCurrency} for {day:O} or the " +
        $"{ExchangeRate.MaxAgeDays} days before it. Set one for {books.LegalEntity} first.", Field: "/currency");

    public static Refusal Invalid(string field, string detail) => new("invalid-invoice", detail, Field: field);

    public static Refusal NothingToBill() => new(
        "nothing-to-bill", "The invoice comes to zero; an invoice is more than nothing.", Field: "/lines");

    public static Refusal TooLarge(string field) => new(
        "amount-too-large", "Amounts stay below 10^15.", Field: field);

    public static Refusal NotFound(Guid invoiceId) => Refusal.NotFound("invoice", invoiceId);

    public static Refusal HasPayments(Invoice invoice) => Refusal.State(
        "invoice-has-payments",
        $"{invoice.Issued!.Number} has {invoice.Applied} applied. Reverse these allocations in cash application, " +
        "unapply its credits and recover what is written off first.");

    public static Refusal HasCredits(Invoice invoice) => Refusal.State(
        "invoice-has-credits",
        $"Credit memos over {invoice.Credited} were issued for {invoice.Issued!.Number}. Void these first.");

    public static Refusal AlreadyVoid(Invoice invoice) => Refusal.State(
        "invoice-void", $"{invoice.Issued!.Number} is void already.");

    public static Refusal NotPositive(Money amount) => new(
        "amount-not-positive", $"{amount} cannot be applied or taken back; amounts of allocations are above zero.");
}
