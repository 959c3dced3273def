using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderToCash.Messaging;

/// <summary>A message that was set aside.</summary>
/// <param name="Queue">The queue it failed in.</param>
/// <param name="MessageId">Its id; the event's id.</param>
/// <param name="Type">Routing key of its contract.</param>
/// <param name="Reason">What the consumer said; <c>dead-letter</c> where none would take it.</param>
/// <param name="FailedAt">When, as the consumer noted it.</param>
/// <param name="Body">The message itself.</param>
public sealed record DeadLetter(
    string Queue, string? MessageId, string? Type, string? Reason, string? FailedAt, string Body);

/// <summary>
/// Shows the messages that were set aside and sends them back to the queue they came from: those that failed, and those
/// of a contract that the instance which read them does not know, as an older one does beside a newer one.
/// </summary>
public sealed class DeadLetters(IConnection connection)
{
    /// <summary>
    /// What MassTransit adds to the name of a queue for the messages that failed in it, and for those of contracts that
    /// it does not know.
    /// </summary>
    internal static readonly string[] Suffixes = ["_error", "_skipped"];

    /// <summary>Up to this many failed messages of a queue, oldest first; they stay where they are.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(
        string queue, int limit, CancellationToken cancellation = default)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var letters = new List<DeadLetter>();
        foreach (var suffix in Suffixes)
        {
            if (!await ExistsAsync(queue + suffix, cancellation))
                continue;
            while (letters.Count < limit &&
                await channel.BasicGetAsync(queue + suffix, autoAck: false, cancellation) is { } message)
            {
                letters.Add(Read(queue, message));
            }
        }

        // Closing the channel without an acknowledgement puts them all back in their order.
        return letters;
    }

    /// <summary>
    /// Moves messages back to their queue; each leaves where it is only when the broker has the copy.
    /// </summary>
    /// <returns>How many were moved.</returns>
    public async Task<int> ReplayAsync(string queue, string? messageId = null, CancellationToken cancellation = default)
    {
        var moved = 0;
        foreach (var suffix in Suffixes)
        {
            if (await ExistsAsync(queue + suffix, cancellation))
                moved += await ReplayAsync(queue, queue + suffix, messageId, cancellation);
        }

        return moved;
    }

    private async Task<int> ReplayAsync(string queue, string from, string? messageId, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellation);

        // Messages that fail again come back to the same queue: stop at those that were there at the start.
        var left = await channel.MessageCountAsync(from, cancellation);
        var moved = 0;
        for (; left > 0 && await channel.BasicGetAsync(from, autoAck: false, cancellation) is { } message; left--)
        {
            if (messageId is not null && message.BasicProperties.MessageId != messageId)
                continue;
            var properties = new BasicProperties(message.BasicProperties);
            properties.Headers = properties.Headers?
                .Where(header => !header.Key.StartsWith("MT-Fault-", StringComparison.Ordinal))
                .ToDictionary(StringComparer.Ordinal);
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, message.Body, cancellation);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellation);
            moved++;
        }

        return moved;
    }

    private async Task<bool> ExistsAsync(string queue, CancellationToken cancellation)
    {
        // A passive declare of a missing queue closes its channel, hence one of its own.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            await channel.QueueDeclarePassiveAsync(queue, cancellation);
            return true;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }

    private static DeadLetter Read(string queue, BasicGetResult message) => new(
        queue,
        message.BasicProperties.MessageId,
        message.BasicProperties.Type ?? message.RoutingKey,
        Header(message, "MT-Fault-Message") ?? Header(message, "MT-Reason"),
        Header(message, "MT-Fault-Timestamp"),
        Encoding.UTF8.GetString(message.Body.Span));

    private static string? Header(BasicGetResult message, string name) =>
        message.BasicProperties.Headers?.TryGetValue(name, out var value) == true
            ? value is byte[] bytes
                ? Encoding.UTF8.GetString(bytes)
                : Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
}
