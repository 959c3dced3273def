using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>Where a document is on its way to a contact.</summary>
public enum DeliveryStatus
{
    /// <summary>It is not on its way.</summary>
    None,

    /// <summary>To be sent; it stays so while the mail server is away or asks to come later.</summary>
    Queued,

    /// <summary>The mail server has taken it.</summary>
    Sent,

    /// <summary>It could not be sent.</summary>
    Failed,

    /// <summary>It reached the mailbox.</summary>
    Delivered,

    /// <summary>Somebody has looked at it.</summary>
    Opened,

    /// <summary>It came back.</summary>
    Bounced,
}

/// <summary>One document on its way to one contact.</summary>
public sealed record DocumentDelivery
{
    public static readonly DocumentDelivery Initial = new();

    /// <summary>What goes to whom; null before that.</summary>
    public DocumentMailQueued? Queued { get; init; }

    public DeliveryStatus Status { get; init; }

    /// <summary>Why it was not sent yet, was not sent or came back, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>From when on what was put off is tried again; null where it was not.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How often in a row it was put off.</summary>
    public int TimesPutOff { get; init; }

    /// <summary>What the mail server has taken last, or null.</summary>
    public DocumentMailSent? Sent { get; init; }

    /// <summary>How often the mail server has taken it.</summary>
    public int Sends { get; init; }

    public static DocumentDelivery Evolve(DocumentDelivery delivery, object e) => e switch
    {
        DocumentMailQueued queued => delivery with { Queued = queued, Status = DeliveryStatus.Queued },
        DocumentMailSent sent => delivery with
        {
            Status = DeliveryStatus.Sent,
            Reason = null,
            Sent = sent,
            Sends = delivery.Sends + 1,
            TimesPutOff = 0,
        },
        DocumentMailFailed failed => delivery with
        {
            Status = StatusOf(failed),
            Reason = failed.Reason,
            RetryAt = failed.RetryAt,
            TimesPutOff = failed.RetryAt is null ? 0 : delivery.TimesPutOff + 1,
        },
        DocumentMailSendAgain => delivery with { Status = DeliveryStatus.Queued, Reason = null, RetryAt = null },
        DocumentDeliveryReported report => delivery with
        {
            Status = StatusOf(report.State),
            Reason = report.State == DeliveryState.Bounced ? report.Detail : null,
        },
        _ => delivery,
    };

    /// <summary>What is tried again is still queued.</summary>
    public static DeliveryStatus StatusOf(DocumentMailFailed failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        return failed.RetryAt is null ? DeliveryStatus.Failed : DeliveryStatus.Queued;
    }

    /// <summary>The status that a report leads to.</summary>
    public static DeliveryStatus StatusOf(DeliveryState state) => state switch
    {
        DeliveryState.Delivered => DeliveryStatus.Delivered,
        DeliveryState.Opened => DeliveryStatus.Opened,
        _ => DeliveryStatus.Bounced,
    };
}

public static class DocumentDeliveryStream
{
    public static readonly StreamType<DocumentDelivery> Type =
        new("document_delivery", DocumentDelivery.Initial, DocumentDelivery.Evolve);

    /// <summary>One per document and contact, so that nobody is written to twice; one more for nobody.</summary>
    public static Guid Id(Guid documentId, Guid? contactId) =>
        Ids.From("document-delivery", documentId.ToString("D"), contactId?.ToString("D") ?? "nobody");
}
