using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// Mails statements as they are kept. It follows the log, so one instance sends at a time, and after a crash it goes on
/// where it was: a statement that is still to be sent is sent (again) with the same Message-ID and the same bytes, and
/// that it was sent is recorded once. Whether its recipient may be written to is looked up each time.
/// </summary>
public sealed class StatementSender(
    EventStore store, StatementDocuments documents, KeptMail mails, StatementPdf pdf, AttachedInvoices invoices,
    StatementRecipients recipients, Mailer mailer, TimeProvider clock) : ISubscription
{
    /// <summary>Mail servers answer in tens of milliseconds; a few mails at once hide that.</summary>
    private const int AtOnce = 4;

    /// <inheritdoc/>
    public string Name => "StatementSender:All";

    /// <inheritdoc/>
    public int PageSize => 200;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        // One that fails stops those that follow, and breaks off none that is on its way.
        foreach (var few in events.Where(e => e.Data is StatementPrepared or StatementSendAgain).Chunk(AtOnce))
            await Task.WhenAll(few.Select(wanted => SendAsync(wanted, cancellation)));
        return [];
    }

    private async Task SendAsync(StoredEvent wanted, CancellationToken cancellation)
    {
        var (statement, version) = await store.LoadAsync(StatementStream.Type, wanted.StreamId, cancellation);
        if (version != wanted.Version || statement is not
            { Status: StatementStatus.Prepared, Prepared: { Channel: StatementChannel.Email } prepared })
            return;
        var decision = prepared.Addressed
            ? await SendAsync(wanted.StreamId, statement, prepared, cancellation)
            : StatementDecider.NotSent(statement, "The customer has no contact with a mail address for statements.");

        // The mail may be out: what became of it is kept even when this instance is asked to stop meanwhile.
        var result = await store.CommitAsync(
            new WriteBatch(new EventMetadata(
                "invoicing", wanted.Metadata.CorrelationId, wanted.Id.ToString(),
                TraceParent: wanted.Metadata.TraceParent))
                .Append(StatementStream.Type, wanted.StreamId, version, decision.Events),
            CancellationToken.None);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException(
                $"What became of statement {wanted.StreamId} was not kept: {result.Status}");
        }
    }

    private async Task<Decision> SendAsync(
        Guid id, Statement statement, StatementPrepared prepared, CancellationToken cancellation)
    {
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

        if (await mailer.SendAsync(mail, cancellation) is not { } failure)
            return StatementDecider.Sent(statement, Rendering.StatementWriter.Sha256(bytes), hash);

        // What is stored for ever does not name the person.
        var reason = failure.Reason.Replace(mail.To, "the recipient", StringComparison.OrdinalIgnoreCase);
        return failure switch
        {
            { IsOfServer: true } => StatementDecider.PutOff(statement, reason, clock.GetUtcNow()),
            { IsOfAddress: true } => StatementDecider.Unreachable(statement, reason, addressee.ContactId),
            _ => StatementDecider.NotSent(statement, reason),
        };
    }

    private static string FileName(StatementPrepared prepared) =>
        FormattableString.Invariant($"statement-{prepared.To:yyyy-MM-dd}.pdf");
}
