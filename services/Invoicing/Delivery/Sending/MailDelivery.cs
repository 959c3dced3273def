using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// What statements, invoices and credit memos have in common once they are mailed: handed to the mail server, and what
/// became of each kept on its stream.
/// </summary>
public sealed class MailDelivery(EventStore store, Mailer mailer)
{
    /// <summary>
    /// Null when the mail server has taken it, else why not, in words that name nobody: they are stored for ever.
    /// </summary>
    public async Task<MailFailure?> HandOverAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return await mailer.SendAsync(mail, cancellation) is not { } failure
            ? null
            : failure with
            {
                Reason = MailWords.WithoutAddresses(
                    failure.Reason.Replace(mail.To, "the recipient", StringComparison.OrdinalIgnoreCase))!,
            };
    }

    /// <summary>
    /// Keeps what became of it on its stream, which must be where it was when it was wanted. The mail may be out: it is
    /// kept even when this instance is asked to stop meanwhile.
    /// </summary>
    public async Task KeepAsync<TState>(StreamType<TState> type, StoredEvent wanted, Decision outcome)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(wanted);
        var result = await store.CommitAsync(
            new WriteBatch(new EventMetadata(
                "invoicing", wanted.Metadata.CorrelationId, wanted.Id.ToString(),
                TraceParent: wanted.Metadata.TraceParent))
                .Append(type, wanted.StreamId, wanted.Version, outcome.Events),
            CancellationToken.None);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException(
                $"What became of {type.Name} {wanted.StreamId} was not kept: {result.Status}");
        }
    }
}
