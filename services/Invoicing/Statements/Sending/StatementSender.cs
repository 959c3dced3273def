using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// Mails statements as they are kept. It follows the log, so one instance sends at a time, and after a crash it goes on
/// where it was: a statement that is still to be sent is sent (again) with the same Message-ID and the same bytes, and
/// that it was sent is recorded once. Whether its recipient may be written to is looked up each time.
/// </summary>
public sealed partial class StatementSender(
    EventStore store, StatementDocuments documents, KeptMail mails, StatementPdf pdf, AttachedInvoices invoices,
    StatementRecipients recipients, MailDelivery delivery, TimeProvider clock, ILogger<StatementSender> log)
    : ISubscription
{
    /// <inheritdoc/>
    public string Name => "StatementSender:All";

    /// <inheritdoc/>
    public int PageSize => 200;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(StatementPrepared), typeof(StatementSendAgain)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        await MailRetries.EachAsync(
            events.Where(e => e.Data is StatementPrepared or StatementSendAgain), e => SendAsync(e, cancellation));
        return [];
    }

    private async Task SendAsync(StoredEvent wanted, CancellationToken cancellation)
    {
        var (statement, version) = await store.LoadAsync(StatementStream.Type, wanted.StreamId, cancellation);
        if (version != wanted.Version || statement is not
            { Status: StatementStatus.Prepared, Prepared: { Channel: StatementChannel.Email } prepared })
            return;
        var decision = prepared.Addressed
            ? await SendAsync(wanted, statement, prepared, cancellation)
            : StatementDecider.NotSent(statement, "The customer has no contact with a mail address for statements.");
        await delivery.KeepAsync(StatementStream.Type, wanted, decision);
    }

    private async Task<Decision> SendAsync(
        StoredEvent wanted, Statement statement, StatementPrepared prepared, CancellationToken cancellation)
    {
        var id = wanted.StreamId;
        var kept = await documents.FindAsync(id, cancellation);
        if (!KeptMail.IsKept(kept))
            return StatementDecider.NotSent(statement, "Its mail was removed with a contact that was erased.");
        if (await mails.OpenAsync(kept, cancellation) is not var (mail, bytes))
            return StatementDecider.NotSent(statement, "The data of the person it was addressed to are erased.");
        var addressee = await recipients.FindAsync(prepared.CustomerId, mail.To, cancellation);
        if (addressee.Obstacle is { } obstacle)
            return StatementDecider.NotSent(statement, obstacle);
        string? hash = null;
        try
        {
            mail = mail with { Attachments = await invoices.OfAsync(prepared, kept, cancellation) };
            if (prepared.Pdf)
            {
                var file = await pdf.OfAsync(id, prepared, kept, cancellation);
                hash = Rendering.StatementWriter.Sha256(file);
                mail = mail with
                {
                    Attachments =
                    [
                        new MailAttachment(FileName(prepared), "application/pdf", file), .. mail.Attachments,
                    ],
                };
            }
        }
        catch (PrintException unprinted)
        {
            return StatementDecider.PutOff(statement, unprinted.Message, clock.GetUtcNow());
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            // One that cannot be made keeps nobody else's waiting.
            LogUnmade(log, id, failed);
            return StatementDecider.PutOff(statement, "What goes with it could not be made.", clock.GetUtcNow());
        }

        return await delivery.HandOverAsync(mail, cancellation) switch
        {
            null => StatementDecider.Sent(statement, Rendering.StatementWriter.Sha256(bytes), hash),
            { IsOfAddress: true } no => StatementDecider.Unreachable(
                statement, no.Reason, addressee.ContactId, addressee.CustomerVersion),
            var no => StatementDecider.NotSent(
                statement, no.Reason, MailRetries.NextInLog(no, statement.Failures, wanted.At, clock.GetUtcNow())),
        };
    }

    private static string FileName(StatementPrepared prepared) =>
        FormattableString.Invariant($"statement-{prepared.To:yyyy-MM-dd}.pdf");

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.statement.unmade",
        Message = "What goes with the mail of statement {Id} could not be made")]
    private static partial void LogUnmade(ILogger log, Guid id, Exception failed);
}
