using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests;

/// <summary>Ordinary things to begin a test with.</summary>
internal static class Some
{
    public static readonly Guid Customer = Ids.From("customer", "globex");
    public static readonly Guid Receipt = Ids.From("receipt", "1");

    /// <summary>Noon of 23 November 2026 in Chicago.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    /// <summary>Then, with all periods open.</summary>
    public static readonly PostingContext Context = new(Now, AccountingCalendar.Initial);

    public static readonly DateOnly Today = new(2026, 11, 23);

    public static readonly Books Books = new("US01", "USD", "America/Chicago", LedgerAccounts.Standard);

    public static readonly DeciderSpec<Invoice> Invoices = new(Invoice.Initial, Invoice.Evolve);

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    public static BillingAccount Account(
        string currency = "USD", string terms = "NET 30", TaxRounding rounding = TaxRounding.Line) =>
        new(Customer, currency, terms, rounding, Books);

    public static IssueInvoiceLine Line(
        decimal quantity = 10, decimal unitPrice = 25, decimal taxRate = 0.08m, decimal discount = 0,
        string? taxCode = "TX", string? account = null) =>
        new("Widget", quantity, unitPrice, taxRate, discount, taxCode, account);

    public static IssueInvoice Wish(params IssueInvoiceLine[] lines) => new(Customer, lines, Today);

    public static InvoiceDraft Draft(IssueInvoice wish, BillingAccount? account = null)
    {
        var (draft, refusal) = InvoiceDraft.Of(wish, account ?? Account(), Now);
        refusal.ShouldBeNull();
        return draft!;
    }

    /// <summary>An issued invoice of 100.00 USD, dated today.</summary>
    public static InvoiceIssued Issued(decimal total = 100m) =>
        (InvoiceIssued)InvoiceDecider.Issue(
            Invoice.Initial, Draft(Wish(Line(quantity: 1, unitPrice: total, taxRate: 0))),
            "INV-US01-2026-000001").Events[0];

    public static Guid NewId() => Ids.Next(TimeProvider.System);

    public static Guid Allocation(int number) => Ids.From("allocation", $"{number}");

    public static ApplyPayment Payment(int allocation, decimal amount, int installment = 1, string currency = "USD") =>
        new(Allocation(allocation), Receipt, installment, Money.Of(amount, currency), Today, "2400");

    public static ReversePayment Reversal(int allocation, decimal amount) =>
        new(Allocation(allocation), Receipt, 1, Usd(amount), "returned by the bank");

    public static object[] Applied(InvoiceIssued issued, int allocation, decimal amount)
    {
        var invoice = Invoice.Evolve(Invoice.Initial, issued);
        return [issued, .. InvoiceDecider.ApplyPayment(invoice, Payment(allocation, amount), Context).Events];
    }
}
