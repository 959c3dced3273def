using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Delivery.Rendering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Mails invoices and credit memos. It follows the log, so one instance sends at a time, and after a crash it goes on
/// where it was: what is still queued is sent (again) with the same Message-ID and the same file, and that it was sent
/// is recorded once. While the mail server or the printer is away it keeps its place and tries again. Whether the
/// contact may be written to, where, and in which language, is read as it sends.
/// </summary>
public sealed class DocumentSender(
    EventStore store, IssuedDocuments documents, DocumentFiles files, DocumentWriter writer,
    BilledCustomers customers, Mailer mailer, IOptions<SmtpOptions> smtp, TimeProvider clock) : ISubscription
{
    /// <summary>Mail servers answer in tens of milliseconds; a few mails at once hide that.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// So long a mail waits for the server. One that makes the server hang up each time keeps the others waiting no
    /// longer; who looks at what has failed sends it again.
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
        if (mail.ContactId is not { } contactId)
            return DocumentDeliveryDecider.Failed(delivery, DocumentRecipients.Nobody);
        var document = (await documents.FindAsync(mail.DocumentId, cancellation))!;
        if (document.IsVoid)
            return DocumentDeliveryDecider.Failed(delivery, $"{mail.Number} is void.");
        var (customerId, customer) = await customers.FindAsync(mail.CustomerId, cancellation);
        var contact = DocumentRecipients.Find(customerId, customer, contactId);
        if (DocumentRecipients.Refuses(contact) is { } reason)
            return DocumentDeliveryDecider.Failed(delivery, reason);
        var closed = await ClosedAddresses.ReadAsync(store.Database, [customerId], cancellation);
        if (contact!.Email is { } address && closed.Contains(customerId, address))
        {
            return DocumentDeliveryDecider.Failed(
                delivery, "The contact does not want mail, or mail does not arrive at the address.");
        }

        var language = DocumentLanguage.Of(contact.Language ?? customer.Language);
        byte[] file;
        try
        {
            file = await files.PdfAsync(document, language, cancellation);
        }
        catch (DocumentTooLargeException tooLarge)
        {
            return DocumentDeliveryDecider.Failed(delivery, tooLarge.Message);
        }

        // Each sending is a mail of its own: some systems drop a second one with the same identifier.
        var letter = writer.Letter(document, language, contact)
            .Mail($"<{wanted.StreamId:N}.{wanted.Version}@{smtp.Value.Domain}>", contact) with
        {
            Attachments = [new MailAttachment($"{mail.Number}.pdf", "application/pdf", file)],
        };
        if (await mailer.SendAsync(letter, cancellation) is not { } failure)
        {
            return DocumentDeliveryDecider.Sent(
                delivery, language.Code, Convert.ToHexStringLower(SHA256.HashData(file)));
        }

        if (failure.IsOfServer && clock.GetUtcNow() - wanted.At < Patience)
            throw new InvalidOperationException($"{mail.Number} waits to be mailed: {failure.Reason}");

        // What is stored for ever does not name the person.
        return DocumentDeliveryDecider.Failed(
            delivery, failure.Reason.Replace(letter.To, "the recipient", StringComparison.OrdinalIgnoreCase));
    }
}
