using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Statements;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Documents on their way to contacts as they are now.</summary>
public sealed class DocumentDeliveriesProjection : Projection
{
    public DocumentDeliveriesProjection()
        : base("document_deliveries", "document_deliveries")
    {
        On<DocumentMailQueued>(
            "insert into document_deliveries (delivery_id, document_id, document, number, legal_entity, customer_id, " +
            "contact_id, status, sends, queued_at, changed_at, version) " +
            "select e.id, e.document_id, e.document, e.number, e.entity, e.customer, e.contact, 'Queued', 0, e.at, " +
            "e.at, e.version from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as e (id, document_id, document, " +
            "number, entity, customer, contact, at, version)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.DocumentId)
                .Column(e => e.Data.Document.ToString())
                .Column(e => e.Data.Number)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.ContactId)
                .Column(e => e.At)
                .Column(e => e.Version));
        On<DocumentMailSent>(
            "update document_deliveries set status = 'Sent', reason = null, language = e.language, " +
            "pdf_sha256 = e.hash, sends = document_deliveries.sends + 1, changed_at = e.at, version = e.version " +
            "from unnest($1, $2, $3, $4, $5) as e (id, language, hash, at, version) where delivery_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Language)
                .Column(e => e.Data.PdfSha256)
                .Column(e => e.At)
                .Column(e => e.Version));
        Became<DocumentMailFailed>(DocumentDelivery.StatusOf, e => e.Reason);
        Became<DocumentMailSendAgain>(_ => DeliveryStatus.Queued, _ => null);
        Became<DocumentDeliveryReported>(
            e => DocumentDelivery.StatusOf(e.State), e => e.State == DeliveryState.Bounced ? e.Detail : null);
    }

    private void Became<TEvent>(Func<TEvent, DeliveryStatus> status, Func<TEvent, string?> reason) => On<TEvent>(
        "update document_deliveries set status = e.status, reason = e.reason, changed_at = e.at, version = e.version " +
        "from unnest($1, $2, $3, $4, $5) as e (id, status, reason, at, version) where delivery_id = e.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => status(e.Data).ToString())
            .Column(e => reason(e.Data))
            .Column(e => e.At)
            .Column(e => e.Version));
}
