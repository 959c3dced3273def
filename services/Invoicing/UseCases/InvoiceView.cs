using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One installment as the API shows it.</summary>
/// <param name="Discount">For paying early, or null.</param>
public sealed record InstallmentView(
    int Number, DateOnly DueDate, Money Amount, Money Balance, CashDiscount? Discount);

/// <summary>An invoice as the API shows it.</summary>
/// <param name="DueDate">Of the first installment: an invoice is overdue as soon as one of its installments is.</param>
/// <param name="TermsMismatch">The terms are not those agreed with the customer.</param>
public sealed record InvoiceView(
    Guid Id, string Number, string LegalEntity, Guid CustomerId, InvoiceStatus Status, DateOnly InvoiceDate,
    DateOnly DueDate, string Currency, string Terms, bool TermsMismatch, string? OrderReference, string? PurchaseOrder,
    Money Net, Money Tax, Money Total, Money Balance, IReadOnlyList<InstallmentView> Installments,
    IReadOnlyList<InvoiceLine> Lines, long Version)
{
    public static InvoiceView Of(Guid id, Invoice invoice, long version)
    {
        var issued = invoice.Issued!;
        return new InvoiceView(
            id, issued.Number, issued.Books.LegalEntity, issued.CustomerId, invoice.Status, issued.InvoiceDate,
            issued.Installments[0].DueDate, issued.Total.Currency.Code, issued.Terms,
            issued.Terms != issued.AgreedTerms,
            issued.OrderReference, issued.PurchaseOrder, issued.Net, issued.Tax, issued.Total, invoice.Balance,
            [.. issued.Installments.Select(due =>
                new InstallmentView(
                    due.Number, due.DueDate, due.Amount, invoice.Balances[due.Number], due.Discount))],
            issued.Lines, version);
    }

    public static InvoiceView Of(IssuedInvoice issued) =>
        Of(issued.Id, Invoice.Evolve(Invoice.Initial, issued.Event), 1);
}
