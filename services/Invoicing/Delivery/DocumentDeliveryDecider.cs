using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>What may become of a document on its way to a contact.</summary>
public static class DocumentDeliveryDecider
{
    private const int MaxDetail = 500;

    /// <summary>Mails it for the first time; nothing where that was wanted before.</summary>
    public static Decision Queue(DocumentDelivery delivery, DocumentMailQueued wish)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(wish);
        return delivery.Queued is null ? Decision.Of(wish) : Decision.Nothing;
    }

    /// <summary>
    /// Mails it once more, at once where it was put off; nothing while it is about to be mailed anyway.
    /// </summary>
    public static Decision SendAgain(DocumentDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return delivery switch
        {
            { Queued: null } => DocumentDeliveryRefusals.NotFound(),
            { Queued.ContactId: null } => DocumentDeliveryRefusals.NoRecipient(),
            { Status: DeliveryStatus.Queued, RetryAt: null } => Decision.Nothing,
            _ => Decision.Of(new DocumentMailSendAgain()),
        };
    }

    /// <summary>It is time to try again what was put off; nothing where it was not, or it is early.</summary>
    public static Decision Retry(DocumentDelivery delivery, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return delivery is { Status: DeliveryStatus.Queued, RetryAt: { } at } && at <= now
            ? Decision.Of(new DocumentMailSendAgain())
            : Decision.Nothing;
    }

    /// <summary>Notes that the mail server has taken it.</summary>
    public static Decision Sent(DocumentDelivery delivery, string language, string pdfSha256) =>
        WhileQueued(delivery, new DocumentMailSent(language, pdfSha256));

    /// <summary>Notes that it was not sent, and when it is tried again; null for never.</summary>
    public static Decision Failed(DocumentDelivery delivery, string reason, DateTimeOffset? retryAt = null) =>
        WhileQueued(delivery, new DocumentMailFailed(reason, retryAt));

    /// <summary>
    /// Notes what became of the mail. Reports come late, twice and in any order: one that says less than is known
    /// already (delivered, after it was opened) changes nothing, nor does one on the mail before the one that is about
    /// to be sent.
    /// </summary>
    public static Decision Report(DocumentDelivery delivery, DocumentDeliveryReported report)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(report);
        if (delivery.Queued is null)
            return DocumentDeliveryRefusals.NotFound();
        if (report.Detail is { Length: > MaxDetail })
            return DocumentDeliveryRefusals.Detail();
        if (delivery.Sends == 0)
            return DocumentDeliveryRefusals.NeverSent();
        var told = DocumentDelivery.StatusOf(report.State);
        return delivery.Status == told || delivery.Status == DeliveryStatus.Queued
            || (delivery.Status == DeliveryStatus.Opened && told == DeliveryStatus.Delivered)
                ? Decision.Nothing
                : Decision.Of(report);
    }

    private static Decision WhileQueued(DocumentDelivery delivery, object outcome)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return delivery.Status == DeliveryStatus.Queued ? Decision.Of(outcome) : Decision.Nothing;
    }
}

/// <summary>Why something about the delivery of documents may be refused.</summary>
public static class DocumentDeliveryRefusals
{
    public static Refusal NotFound() => new("not-found", "There is no such delivery.", RefusalKind.NotFound);

    public static Refusal NoRecipient() => Refusal.State("no-recipient", DocumentRecipients.Nobody);

    public static Refusal MayNot(string reason) => Refusal.State("not-by-mail", reason);

    public static Refusal IsVoid(string number) => Refusal.State("is-void", $"{number} is void.");

    public static Refusal NeverSent() => Refusal.State("never-sent", "It was never sent, so nobody can have it.");

    public static Refusal Detail() => new("bad-detail", "The detail has at most 500 characters.", Field: "/detail");
}
