using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.InvoiceDrafts;

/// <summary>What may be billed one day was written down, or written down anew. Nothing is owed yet.</summary>
/// <param name="Wish">What it says; it only ever gains optional fields.</param>
/// <param name="Net">What it would have come to then.</param>
public sealed record InvoiceDraftSaved(string LegalEntity, IssueInvoice Wish, Money Net, Money Tax, Money Total);

/// <summary>The invoice was issued, and the draft is done.</summary>
public sealed record InvoiceDraftIssued(Guid InvoiceId, string InvoiceNumber);

/// <summary>It is not going to be billed.</summary>
public sealed record InvoiceDraftDiscarded;
