using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>A message in an error queue.</summary>
/// <param name="Queue">The queue it failed in.</param>
/// <param name="MessageId">Its id; the event's id.</param>
/// <param name="Type">Routing key of its contract.</param>
/// <param name="Reason">What the consumer said.</param>
/// <param name="FailedAt">When, as the consumer noted it.</param>
/// <param name="Body">The message itself.</param>
public sealed record DeadLetter(
    string Queue, string? MessageId, string? Type, string? Reason, string? FailedAt, string Body);

/// <summary>Shows the messages of error queues and sends them back to the queue they failed in.</summary>
public sealed class DeadLetters(IConnection connection)
{
    /// <summary>What MassTransit adds to the name of a queue for the messages that failed in it.</summary>
    internal const string Suffix = "_error";

    /// <summary>Up to this many failed messages of a queue, oldest first; they stay where they are.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, int limit, CancellationToken cancellation = default)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var letters = new List<DeadLetter>();
        if (!await ExistsAsync(queue + Suffix, cancellation))
            return letters;
        while (letters.Count < limit &&
            await channel.BasicGetAsync(queue + Suffix, autoAck: false, cancellation) is { } message)
        {
            letters.Add(Read(queue, message));
        }

        // Closing the channel without an acknowledgement puts them all back in their order.
        return letters;
    }

    /// <summary>Moves failed messages back to their queue; each leaves the error queue only when the broker has the copy.</summary>
    /// <returns>How many were moved.</returns>
    public async Task<int> ReplayAsync(string queue, string? messageId = null, CancellationToken cancellation = default)
    {
        if (!await ExistsAsync(queue + Suffix, cancellation))
            return 0;
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);

        // Messages that fail again come back to the same queue: stop at those that were there at the start.
        var left = await channel.MessageCountAsync(queue + Suffix, cancellation);
        var moved = 0;
        for (; left > 0 && await channel.BasicGetAsync(queue + Suffix, autoAck: false, cancellation) is { } message; left--)
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
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }

    private static DeadLetter Read(string queue, BasicGetResult message) => new(
        queue,
        message.BasicProperties.MessageId,
        message.BasicProperties.Type ?? message.RoutingKey,
        Header(message, "MT-Fault-Message"),
        Header(message, "MT-Fault-Timestamp"),
        Encoding.UTF8.GetString(message.Body.Span));

    private static string? Header(BasicGetResult message, string name) =>
        message.BasicProperties.Headers?.TryGetValue(name, out var value) == true
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
}
