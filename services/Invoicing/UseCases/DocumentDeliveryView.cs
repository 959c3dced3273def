using OrderToCash.Invoicing.Delivery;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One document on its way to one contact as the API shows it.</summary>
/// <param name="DocumentId">The invoice or credit memo.</param>
/// <param name="CustomerId">Whose contact gets it.</param>
/// <param name="ContactId">Who gets it; null where there was nobody.</param>
/// <param name="Reason">Why it was not sent, is put off or came back.</param>
/// <param name="Language">What was sent last is in this language.</param>
/// <param name="PdfSha256">Of the file that was sent last, in hexadecimal digits.</param>
/// <param name="Sends">How often the mail server has taken it.</param>
public sealed record DocumentDeliveryView(
    Guid Id, Guid DocumentId, DeliveredDocument Document, string Number, string LegalEntity, Guid CustomerId,
    Guid? ContactId, DeliveryStatus Status, string? Reason, string? Language, string? PdfSha256, int Sends,
    long Version)
{
    public static DocumentDeliveryView Of(Guid id, DocumentDelivery delivery, long version)
    {
        var mail = delivery.Queued!;
        return new DocumentDeliveryView(
            id, mail.DocumentId, mail.Document, mail.Number, mail.LegalEntity, mail.CustomerId, mail.ContactId,
            delivery.Status, delivery.Reason, delivery.Sent?.Language, delivery.Sent?.PdfSha256, delivery.Sends,
            version);
    }
}
