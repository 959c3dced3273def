using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A draft as the API shows it.</summary>
/// <param name="Invoice">What it says.</param>
/// <param name="Net">What it would have come to when it was saved; it is priced again when it is issued.</param>
/// <param name="InvoiceId">The invoice that it became, or null.</param>
public sealed record InvoiceDraftView(
    Guid Id, string LegalEntity, Guid CustomerId, InvoiceDraftStatus Status, IssueInvoice Invoice, Money Net, Money Tax,
    Money Total, Guid? InvoiceId, string? InvoiceNumber, long Version)
{
    public static InvoiceDraftView Of(Guid id, DraftedInvoice draft, long version)
    {
        var saved = draft.Saved!;
        return new InvoiceDraftView(
            id, saved.LegalEntity, saved.Wish.CustomerId, draft.Status, saved.Wish, saved.Net, saved.Tax, saved.Total,
            draft.Issued?.InvoiceId, draft.Issued?.InvoiceNumber, version);
    }
}
