using System.Globalization;
using OrderToCash.Faults.Stage;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using RabbitMQ.Client;

namespace OrderToCash.Faults.Injections;

/// <summary>Messages come twice, late and in another order.</summary>
internal static class MessageFault
{
    private const int MostRepeated = 300;

    private static readonly CreateChannelOptions Confirmed =
        new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    /// <summary>
    /// Sends messages of the past again, shuffled, to everybody who takes them. Half of them have a new MessageId: the
    /// inbox has forgotten those, so only the rules keep them from counting twice.
    /// </summary>
    public static async Task<string> TwiceAsync(FaultStage stage, Random random)
    {
        var latest = stage.Tap.Latest().ToArray();
        random.Shuffle(latest);
        await using var connection = await stage.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirmed);
        var chosen = latest.Take(MostRepeated).ToList();
        foreach (var message in chosen)
        {
            var properties = new BasicProperties(message.Properties);
            if (random.Next(2) == 0)
                properties.MessageId = Ids.Next(TimeProvider.System).ToString();
            await channel.BasicPublishAsync(
                Wire.Exchange, message.RoutingKey, mandatory: true, properties, message.Body);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{chosen.Count} messages sent again");
    }

    /// <summary>
    /// One kind of message makes a detour: for a while it goes to a queue of ours, the others pass it, then it comes
    /// to its consumer shuffled.
    /// </summary>
    public static async Task<string> OutOfOrderAsync(FaultStage stage, Random random)
    {
        var busy = await stage.BusyAsync();
        var (queue, key) = busy[random.Next(busy.Count)];
        await using var connection = await stage.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirmed);
        var detour = $"faults-detour-{queue}";
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(detour, durable: true, exclusive: false, autoDelete: false, quorum);
        stage.Detours[detour] = queue;

        // First the new way, then the old one ends: a message may go both ways, none may go neither.
        await channel.QueueBindAsync(detour, Wire.Exchange, key);
        await channel.ExchangeUnbindAsync(queue, Wire.Exchange, key);
        try
        {
            await Injection.PauseAsync(random, 500, 4_000);
        }
        finally
        {
            await channel.ExchangeBindAsync(queue, Wire.Exchange, key);
            await channel.QueueUnbindAsync(detour, Wire.Exchange, key);
        }

        var moved = await MoveAsync(channel, detour, queue, random);
        return string.Create(CultureInfo.InvariantCulture, $"{moved} {key} came late and shuffled to {queue}");
    }

    /// <summary>
    /// Brings back what came to a detour after it was emptied: routed before its end, there only after it.
    /// </summary>
    public static async Task EmptyDetoursAsync(FaultStage stage, Random random)
    {
        await using var connection = await stage.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(Confirmed);
        foreach (var (detour, queue) in stage.Detours)
            await MoveAsync(channel, detour, queue, random);
    }

    private static async Task<int> MoveAsync(IChannel channel, string from, string to, Random random)
    {
        var held = new List<BasicGetResult>();
        while (await channel.BasicGetAsync(from, autoAck: false) is { } message)
            held.Add(message);
        var shuffled = held.ToArray();
        random.Shuffle(shuffled);
        foreach (var message in shuffled)
        {
            await channel.BasicPublishAsync(
                "", to, mandatory: true, new BasicProperties(message.BasicProperties), message.Body);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        }

        return held.Count;
    }
}
