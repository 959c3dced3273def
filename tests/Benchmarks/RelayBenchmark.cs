using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Messaging;
using RabbitMQ.Client;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>relay</c>: a log of issued invoices, from the first event until the last confirm and the position behind it. The
/// bare client publishes the bodies that it found in the queue.
/// </summary>
internal static class RelayBenchmark
{
    public static readonly Benchmark Define = new(
        "relay", "the log to a quorum queue, confirmed; bare: the same bodies, 256 in flight", RunAsync);

    private const int Events = 20_000;
    private const int InFlight = 256;
    private const string Queue = "bench-relay";
    private const string Everything = "#";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var rabbit = await bench.RabbitAsync(cancellation);
        var services = await Invoicing.StoreAsync(bench, cancellation, more => more
            .AddMessaging("bench", rabbit.Amqp.ToString(), messaging => messaging
                .Publish(InvoicingPublications.Create())));
        await services.GetRequiredService<ServiceQueues>().MakeAsync(cancellation);
        await Invoicing.IssueAsync(services.GetRequiredService<EventStore>(), Events, cancellation);
        var channel = await services.GetRequiredService<BrokerConnection>().PublishChannelAsync(cancellation);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellation);
        await channel.QueueBindAsync(Queue, Wire.Exchange, Everything, cancellationToken: cancellation);

        var runner = services.GetRequiredService<SubscriptionRunner>();
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var relay = new Contender(
            async (_, stop) =>
            {
                await runner.StartAsync(stop);
                await database.UntilAsync(Invoicing.IsPublished, stop);
                await runner.StopAsync(stop);
                return 2 * Events;
            },
            async stop =>
            {
                await database.ExecuteAsync("delete from mt_event_progression", stop);
                await PurgeAsync(stop);
            });
        await relay.RunAsync(default, cancellation);
        var messages = new List<BasicGetResult>();
        while (await channel.BasicGetAsync(Queue, autoAck: true, cancellation) is { } message)
            messages.Add(message);
        var bare = new Contender(
            async (_, stop) =>
            {
                var confirms = new List<Task>(messages.Count);
                foreach (var message in messages)
                {
                    if (confirms.Count >= InFlight)
                        await confirms[^InFlight];
                    confirms.Add(channel.BasicPublishAsync(
                        Wire.Exchange, message.RoutingKey, mandatory: false,
                        new BasicProperties(message.BasicProperties), message.Body, stop).AsTask());
                }

                await Task.WhenAll(confirms);
                return messages.Count;
            },
            PurgeAsync);
        var costs = await Contest.RunAsync(bench, bench.Cpu(), Contest.OfService, cancellation, relay, bare);
        bench.Report.Add(Figure.Rate("messages", "/s", costs[0], costs[1], new Goal(Ratio: 0.8m)));

        Task PurgeAsync(CancellationToken stop) => channel.QueuePurgeAsync(Queue, stop);
    }
}
