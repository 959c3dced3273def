using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Delivery.Rendering;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Mails invoices and credit memos. It follows the log, so one instance sends at a time, and after a crash it goes on
/// where it was: what is still queued is sent (again) with the same Message-ID and the same file, and that it was sent
/// is recorded once. While the printer is away it keeps its place and tries again; for the mail server see
/// <see cref="MailRetries"/>. Whether the contact may be written to, where, and in which language, is read as it sends.
/// </summary>
public sealed partial class DocumentSender(
    EventStore store, IssuedDocuments documents, DocumentFiles files, DocumentWriter writer,
    BilledCustomers customers, MailDelivery mails, IOptions<SmtpOptions> smtp, TimeProvider clock,
    ILogger<DocumentSender> log) : ISubscription
{
    /// <summary>
    /// So long a mail waits for the printer or the database. One that makes the printer die each time keeps the others
    /// waiting no longer; who looks at what has failed sends it again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public string Name => "DocumentSender:All";

    /// <inheritdoc/>
    public int PageSize => 200;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(DocumentMailQueued), typeof(DocumentMailSendAgain)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        await MailRetries.EachAsync(
            events.Where(e => e.Data is DocumentMailQueued or DocumentMailSendAgain), e => SendAsync(e, cancellation));
        return [];
    }

    private async Task SendAsync(StoredEvent wanted, CancellationToken cancellation)
    {
        var (delivery, version) = await store.LoadAsync(DocumentDeliveryStream.Type, wanted.StreamId, cancellation);
        if (version != wanted.Version || delivery is not { Status: DeliveryStatus.Queued, Queued: { } mail })
            return;
        await mails.KeepAsync(
            DocumentDeliveryStream.Type, wanted, await SendAsync(wanted, delivery, mail, cancellation));
    }

    private async Task<Decision> SendAsync(
        StoredEvent wanted, DocumentDelivery delivery, DocumentMailQueued mail, CancellationToken cancellation)
    {
        Made made;
        try
        {
            made = await MakeAsync(wanted, delivery, mail, cancellation);
        }
        catch (DocumentTooLargeException tooLarge)
        {
            return DocumentDeliveryDecider.Failed(delivery, tooLarge.Message);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested && !MayPass(failed, wanted))
        {
            LogUnmade(log, mail.Number, failed);
            return DocumentDeliveryDecider.Failed(delivery, "It could not be made.");
        }

        if (made.Letter is not { } letter)
            return DocumentDeliveryDecider.Failed(delivery, made.Obstacle!);
        if (await mails.HandOverAsync(letter, cancellation) is not { } failure)
        {
            return DocumentDeliveryDecider.Sent(
                delivery, letter.Language,
                Convert.ToHexStringLower(SHA256.HashData(letter.Attachments![0].Content.Span)));
        }

        return DocumentDeliveryDecider.Failed(
            delivery, failure.Reason,
            MailRetries.NextInLog(failure, delivery.TimesPutOff, wanted.At, clock.GetUtcNow()));
    }

    /// <summary>The mail with its file, or why there is none.</summary>
    private async Task<Made> MakeAsync(
        StoredEvent wanted, DocumentDelivery delivery, DocumentMailQueued mail, CancellationToken cancellation)
    {
        if (mail.ContactId is not { } contactId)
            return new Made(DocumentRecipients.Nobody);
        var document = (await documents.FindAsync(mail.DocumentId, cancellation))!;
        if (document.IsVoid)
            return new Made($"{mail.Number} is void.");
        var (customerId, customer) = await customers.FindAsync(mail.CustomerId, cancellation);
        var contact = DocumentRecipients.Find(customerId, customer, contactId);
        var closed = await customers.ClosedAsync(customerId, cancellation);
        if (DocumentRecipients.Refuses(customerId, contact, closed) is { } reason)
            return new Made(reason);
        if (await ForbiddenAsync(document, customerId, cancellation) is { } hold)
            return new Made($"Nobody may get in touch with the customer ({hold}).");

        var language = DocumentLanguage.Of(contact!.Language ?? customer.Language);
        var file = await files.PdfAsync(document, language, cancellation);

        // Each sending is a mail of its own: some systems drop a second one with the same identifier. What was put off
        // is the same mail still, which the server may have taken: to put it off and to send it again are two events.
        var sending = wanted.Version - (2 * delivery.TimesPutOff);
        return new Made(null, writer.Letter(document, language, contact)
            .Mail($"<{wanted.StreamId:N}.{sending}@{smtp.Value.Domain}>", contact) with
        {
            Attachments = [new MailAttachment($"{mail.Number}.pdf", "application/pdf", file)],
        });
    }

    /// <summary>
    /// The kind of a hold that keeps a debit memo, which asks for what is late, from being mailed (D-56): of whom it
    /// would go to, or of who owes it. What tells only what was sold, or is given back, is mailed all the same.
    /// </summary>
    private async Task<string?> ForbiddenAsync(
        IssuedDocument document, Guid recipient, CancellationToken cancellation)
    {
        if (document.Invoice?.Kind != DocumentKind.DebitMemo)
            return null;
        var now = clock.GetUtcNow();
        return await DunningHolds.ForbiddingContactAsync(store.Database, recipient, now, cancellation)
            ?? await DunningHolds.ForbiddingContactAsync(store.Database, document.CustomerId, now, cancellation);
    }

    /// <summary>
    /// What is of the printer or the database is nothing of the document, until it has lasted too long.
    /// </summary>
    private bool MayPass(Exception failure, StoredEvent wanted) => clock.GetUtcNow() - wanted.At < Patience
        && failure is (PrinterUnavailableException or DbException or TimeoutException or OperationCanceledException);

    private sealed record Made(string? Obstacle, OutgoingMail? Letter = null);

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.document.unmade",
        Message = "{Number} could not be made to be mailed")]
    private static partial void LogUnmade(ILogger log, string number, Exception failure);
}
