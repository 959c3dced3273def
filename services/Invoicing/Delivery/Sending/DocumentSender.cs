using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Delivery.Rendering;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Mails invoices and credit memos. It follows the log, so one instance sends at a time, and after a crash it goes on
/// where it was: what is still queued is sent (again) with the same Message-ID and the same file, and that it was sent
/// is recorded once. While the mail server or the printer is away it keeps its place and tries again. Whether the
/// contact may be written to, where, and in which language, is read as it sends.
/// </summary>
public sealed partial class DocumentSender(
    EventStore store, IssuedDocuments documents, DocumentFiles files, DocumentWriter writer,
    BilledCustomers customers, Mailer mailer, IOptions<SmtpOptions> smtp, TimeProvider clock,
    ILogger<DocumentSender> log) : ISubscription
{
    /// <summary>Mail servers answer in tens of milliseconds; a few mails at once hide that.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// So long a mail waits for the server, the printer or the database. One that makes the server hang up or the
    /// printer die each time keeps the others waiting no longer; who looks at what has failed sends it again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public string Name => "DocumentSender:All";

    /// <inheritdoc/>
    public int PageSize => 200;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        // One that must wait stops those that follow, and breaks off none that is on its way.
        foreach (var few in events.Where(e => e.Data is DocumentMailQueued or DocumentMailSendAgain).Chunk(AtOnce))
            await Task.WhenAll(few.Select(wanted => SendAsync(wanted, cancellation)));
        return [];
    }

    private async Task SendAsync(StoredEvent wanted, CancellationToken cancellation)
    {
        var (delivery, version) = await store.LoadAsync(DocumentDeliveryStream.Type, wanted.StreamId, cancellation);
        if (version != wanted.Version || delivery is not { Status: DeliveryStatus.Queued, Queued: { } mail })
            return;
        var decision = await SendAsync(wanted, delivery, mail, cancellation);

        // The mail may be out: what became of it is kept even when this instance is asked to stop meanwhile.
        var result = await store.CommitAsync(
            new WriteBatch(new EventMetadata(
                "invoicing", wanted.Metadata.CorrelationId, wanted.Id.ToString(),
                TraceParent: wanted.Metadata.TraceParent))
                .Append(DocumentDeliveryStream.Type, wanted.StreamId, version, decision.Events),
            CancellationToken.None);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException(
                $"What became of delivery {wanted.StreamId} was not kept: {result.Status}");
        }
    }

    private async Task<Decision> SendAsync(
        StoredEvent wanted, DocumentDelivery delivery, DocumentMailQueued mail, CancellationToken cancellation)
    {
        Made made;
        try
        {
            made = await MakeAsync(wanted, mail, cancellation);
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
        if (await mailer.SendAsync(letter, cancellation) is not { } failure)
        {
            return DocumentDeliveryDecider.Sent(
                delivery, letter.Language,
                Convert.ToHexStringLower(SHA256.HashData(letter.Attachments![0].Content.Span)));
        }

        if (failure.IsOfServer && Waits(wanted))
            throw new InvalidOperationException($"{mail.Number} waits to be mailed: {failure.Reason}");

        // What is stored for ever does not name the person.
        return DocumentDeliveryDecider.Failed(delivery, MailWords.WithoutAddresses(
            failure.Reason.Replace(letter.To, "the recipient", StringComparison.OrdinalIgnoreCase))!);
    }

    /// <summary>The mail with its file, or why there is none.</summary>
    private async Task<Made> MakeAsync(StoredEvent wanted, DocumentMailQueued mail, CancellationToken cancellation)
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

        var language = DocumentLanguage.Of(contact!.Language ?? customer.Language);
        var file = await files.PdfAsync(document, language, cancellation);

        // Each sending is a mail of its own: some systems drop a second one with the same identifier.
        return new Made(null, writer.Letter(document, language, contact)
            .Mail($"<{wanted.StreamId:N}.{wanted.Version}@{smtp.Value.Domain}>", contact) with
        {
            Attachments = [new MailAttachment($"{mail.Number}.pdf", "application/pdf", file)],
        });
    }

    /// <summary>
    /// What is of the printer or the database is nothing of the document, until it has lasted too long.
    /// </summary>
    private bool MayPass(Exception failure, StoredEvent wanted) => Waits(wanted)
        && failure is (PrinterUnavailableException or DbException or TimeoutException or OperationCanceledException);

    private bool Waits(StoredEvent wanted) => clock.GetUtcNow() - wanted.At < Patience;

    private sealed record Made(string? Obstacle, OutgoingMail? Letter = null);

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.document.unmade",
        Message = "{Number} could not be made to be mailed")]
    private static partial void LogUnmade(ILogger log, string number, Exception failure);
}
