using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Drafts of invoices as they are now.</summary>
public sealed class InvoiceDraftsProjection : Projection
{
    public InvoiceDraftsProjection()
        : base("invoice_drafts", "invoice_drafts")
    {
        On<InvoiceDraftSaved>(
            "insert into invoice_drafts (draft_id, legal_entity, customer_id, status, purchase_order, currency, net, " +
            "tax, total, saved_at, saved_by, version) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " +
            "on conflict (draft_id) do update set customer_id = excluded.customer_id, " +
            "purchase_order = excluded.purchase_order, currency = excluded.currency, net = excluded.net, " +
            "tax = excluded.tax, total = excluded.total, saved_at = excluded.saved_at, " +
            "saved_by = excluded.saved_by, version = excluded.version",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Wish.CustomerId)
                .Column(_ => Json.NameOf(InvoiceDraftStatus.Open))
                .Column(e => e.Data.Wish.PurchaseOrder)
                .Column(e => e.Data.Total.Currency.Code)
                .Column(e => e.Data.Net.Amount)
                .Column(e => e.Data.Tax.Amount)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.Version));
        On<InvoiceDraftIssued>(
            "update invoice_drafts set status = e.status, invoice_id = e.invoice, invoice_number = e.number, " +
            "version = e.version from unnest($1, $2, $3, $4, $5) as e (id, status, invoice, number, version) " +
            "where draft_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(_ => Json.NameOf(InvoiceDraftStatus.Issued))
                .Column(e => e.Data.InvoiceId)
                .Column(e => e.Data.InvoiceNumber)
                .Column(e => e.Version));
        On<InvoiceDraftDiscarded>(
            "update invoice_drafts set status = e.status, version = e.version " +
            "from unnest($1, $2, $3) as e (id, status, version) where draft_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(_ => Json.NameOf(InvoiceDraftStatus.Discarded))
                .Column(e => e.Version));
    }
}
