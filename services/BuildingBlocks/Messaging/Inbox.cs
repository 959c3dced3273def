using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MassTransit;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Messaging;

/// <summary>
/// How a consumer changes anything: the change and the inbox row of the message commit together, so a message that
/// comes twice counts once, and one that fails half-way leaves nothing behind.
/// </summary>
public sealed class Inbox(EventStore store, string service)
{
    private readonly ConcurrentDictionary<string, SharedWrites> _shared = new();

    /// <summary>
    /// Decides on one stream because of a message. A refusal here is a defect of the sender or of us: it faults the
    /// message.
    /// </summary>
    public async Task DecideAsync<TState>(
        ConsumeContext context, StreamType<TState> type, Guid streamId, Func<TState, Decision> decide,
        Action<WriteBatch, Decided<TState>>? with = null, Func<CancellationToken, Task>? refresh = null)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(type);
        var decided = await store.DecideAsync(
            type, streamId, Metadata(context), decide,
            with: (batch, outcome) =>
            {
                batch.Guard(Row(context));
                with?.Invoke(batch, outcome);
            },
            refresh: refresh,
            cancellation: context.CancellationToken);
        switch (decided.Status)
        {
            case DecideStatus.Done:
                MessagingMetrics.Handled(Consumer(context), duplicate: false);
                break;
            case DecideStatus.AlreadyHandled:
                MessagingMetrics.Handled(Consumer(context), duplicate: true);
                break;
            default:
                var code = decided.Refusal?.Code ?? decided.Constraint ?? decided.Status.ToString();
                throw new MessageRefusedException($"{type.Name} {streamId}: {code} {decided.Refusal?.Detail}");
        }
    }

    /// <summary>Writes rows because of a message: a replica, a projection of another service's events.</summary>
    public Task WriteAsync(ConsumeContext context, params NpgsqlBatchCommand[] rows) => WriteAsync(context, [], rows);

    /// <summary>
    /// The same in turn with others: first these advisory locks are taken, in this order. Messages of the queue that
    /// come meanwhile share a transaction (<see cref="SharedWrites"/>).
    /// </summary>
    public async Task WriteAsync(ConsumeContext context, IReadOnlyList<long> locks, NpgsqlBatchCommand[] rows)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(locks);
        var consumer = Consumer(context);
        var shared = _shared.GetOrAdd(consumer, name => new SharedWrites(store, name, new SemaphoreSlim(2)));
        if (await shared.TryAsync(new PendingWrite(MessageId(context), locks, rows), context.CancellationToken))
        {
            MessagingMetrics.Handled(consumer, duplicate: false);
            return;
        }

        await CommitAsync(context, batch =>
        {
            if (locks.Count > 0)
                batch.Lock(TransactionLock.TakeAll([.. locks]));
            foreach (var row in rows)
                batch.Row(row);
            return Task.CompletedTask;
        });
    }

    /// <summary>Writes a batch because of a message; it is built again after each version conflict.</summary>
    public Task CommitAsync(ConsumeContext context, Func<WriteBatch, Task> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        return HandleAsync(context, guard => store.CommitAsync(
            async _ =>
            {
                var batch = guard(new WriteBatch(Metadata(context)));
                await fill(batch);
                return batch;
            },
            context.CancellationToken));
    }

    /// <summary>The same for who has a transaction of their own, such as one that draws numbers.</summary>
    /// <param name="context">The message.</param>
    /// <param name="commit">Passes each batch that it writes through what it is given: that adds the inbox row.</param>
    public static async Task HandleAsync(
        ConsumeContext context, Func<Func<WriteBatch, WriteBatch>, Task<CommitResult>> commit)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(commit);
        var result = await commit(batch => batch.Guard(Row(context)));
        if (result.Status is not (CommitStatus.Committed or CommitStatus.AlreadyHandled))
            throw new MessageRefusedException($"{result.Status} {result.Constraint}");
        MessagingMetrics.Handled(Consumer(context), result.Status == CommitStatus.AlreadyHandled);
    }

    /// <summary>
    /// Metadata of what this service does because of the message: same correlation, the message as the cause.
    /// </summary>
    public EventMetadata Metadata(ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new EventMetadata(
            By: service,
            CorrelationId: context.Headers.Get<string>(Wire.CorrelationId),
            CausationId: MessageId(context).ToString(),
            TraceParent: Activity.Current?.Id ?? context.Headers.Get<string>(Wire.TraceParent));
    }

    private static NpgsqlBatchCommand Row(ConsumeContext context) =>
        InboxRows.Insert(Consumer(context), [MessageId(context)]);

    private static Guid MessageId(ConsumeContext context) =>
        context.MessageId
        ?? throw new MessageRefusedException("The message has no MessageId; without it twice cannot be once.");

    /// <summary>The queue's name: one message is handled once per queue.</summary>
    private static string Consumer(ConsumeContext context) =>
        context.ReceiveContext.InputAddress.AbsolutePath.Split('/')[^1];
}

/// <summary>What a message carries besides its body.</summary>
public static class MessageHeaders
{
    /// <summary>
    /// Version of the source stream after the event behind the message; throws where the header is missing.
    /// </summary>
    public static long StreamVersion(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Headers.TryGetHeader(Wire.StreamVersion, out var value)
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new MessageRefusedException($"The message lacks the header {Wire.StreamVersion}.");
    }

    /// <summary>
    /// Place of the event behind the message in the log of its service: of two that one service has decided one on the
    /// other, the later one has the higher place, whichever streams they are of. Throws where the header is missing.
    /// </summary>
    public static long Sequence(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Headers.TryGetHeader(Wire.Sequence, out var value)
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new MessageRefusedException($"The message lacks the header {Wire.Sequence}.");
    }

    /// <summary>
    /// When the event behind the message happened, to the second; throws where the message does not say.
    /// </summary>
    public static DateTimeOffset HappenedAt(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery)
            && delivery.Properties.IsTimestampPresent()
                ? DateTimeOffset.FromUnixTimeSeconds(delivery.Properties.Timestamp.UnixTime)
                : throw new MessageRefusedException("The message lacks its timestamp.");
    }
}

/// <summary>A message cannot be handled as it is: it goes to the error queue for a person to see.</summary>
public sealed class MessageRefusedException(string message) : Exception(message);
