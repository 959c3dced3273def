using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Collections.Integration;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Messaging;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>consume</c>: Collections' consumer of open items on a queue that is full of issued invoices: inbox row,
/// replica row, history row and request for a review of each. The bare loop writes the same rows with as many
/// connections.
/// </summary>
internal static class ConsumeBenchmark
{
    public static readonly Benchmark Define = new(
        "consume", "a full queue into a replica, with its inbox; bare: the same rows", RunAsync);

    private const int Messages = 40_000;
    private const int Connections = 16;
    private const string Queue = "bench-open-items";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var rabbit = await bench.RabbitAsync(cancellation);
        var source = await Invoicing.StoreAsync(bench, cancellation);
        await Invoicing.IssueAsync(source.GetRequiredService<EventStore>(), Messages, cancellation);
        var log = await Invoicing.LogAsync(source, cancellation);
        var services = await bench.StoreAsync(
            store => store.Schema<OpenItemsConsumer>("collections"), cancellation,
            more => more.AddMessaging("bench", rabbit.Amqp.ToString(), messaging => messaging
                .Publish(InvoicingPublications.Create())
                .Endpoint<OpenItemsConsumer>(Queue, MessagingOptions.RowsTogether)));
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var bus = services.GetRequiredService<IBusControl>();
        var relay = services.GetRequiredService<ISubscription>();

        await services.GetRequiredService<ServiceQueues>().MakeAsync(cancellation);
        var consume = new Contender(
            async (_, stop) =>
            {
                await bus.StartAsync(stop);
                await database.UntilAsync($"select count(*) = {Messages} from otc_inbox", stop);
                await bus.StopAsync(stop);
                return Messages;
            },
            async stop =>
            {
                await database.ExecuteAsync("truncate otc_inbox, open_items, item_history, review_requests", stop);
                foreach (var page in log.Chunk(1000))
                    await relay.HandleAsync(page, stop);
            });
        await consume.PrepareAsync!(cancellation);
        await consume.RunAsync(default, cancellation);
        var rows = await RowsAsync(database, cancellation);
        var bare = Contender.Of(Connections, async (_, stop) =>
        {
            await using var connection = await database.OpenConnectionAsync(stop);
            await rows.InsertAsync(connection, stop);
        });
        var costs = await Contest.RunAsync(bench, bench.Cpu(), Contest.OfService, cancellation, consume, bare);
        bench.Report.Add(Figure.Rate("messages", "/s", costs[0], costs[1], new Goal(Ratio: 0.6m)));
    }

    private static async Task<LikeRows> RowsAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        object[] identities =
        [
            await database.ScalarAsync<Guid>("select message_id from otc_inbox limit 1", cancellation),
            await database.ScalarAsync<Guid>("select invoice_id from open_items limit 1", cancellation),
        ];
        return await LikeRows.ReadAsync(
            database, identities, cancellation,
            ("otc_inbox", "message_id::text = any($1)"), ("open_items", "invoice_id::text = any($1)"),
            ("item_history", "invoice_id::text = any($1)"), ("review_requests", "$1::text[] is not null limit 1"));
    }
}
