using System.Diagnostics;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.EndToEnd.Tests.Support.Otlp;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>What an OTLP receiver gets of the whole system.</summary>
public sealed class Telemetry(RunningSystem system)
{
    private static readonly string[] OfEveryProcess =
    [
        "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections",
        "dotnet.process.memory.working_set", "dotnet.process.cpu.time", "dotnet.gc.collections", "dotnet.gc.pause.time",
    ];

    private static readonly string[] OfEveryService =
    [
        "otc.store.events", "otc.store.append.duration", "otc.clock.skew", "otc.subscription.lag",
        "otc.subscription.events", "otc.subscription.failures", "otc.relay.messages", "otc.relay.delay",
        "otc.inbox.messages", "otc.inbox.duplicates", "otc.queue.messages",
    ];

    private readonly Api _api = system.Controller;

    [Fact]
    public async Task every_process_sends_what_it_measures()
    {
        var seller = await Seller.OpenAsync(_api, "METERS");
        var invoice = await seller.InvoiceAsync(100m, daysAgo: 0);
        await seller.OpenItemIsAsync(Seller.Number(invoice), 108m);
        await seller.ReceiptAsync(108m, Seller.Number(invoice));
        await _api.PutAsync($"/v1/credit/accounts/{seller.Customer}/limit", new
        {
            limit = Seller.Usd(1000m),
            reason = "new customer",
        });
        await _api.PostAsync("/v1/collections/activities", new
        {
            customerId = seller.Customer,
            channel = "call",
            summary = "Asked when the money comes.",
            outcome = "spoke",
        });

        foreach (var program in ServiceProgram.All)
        {
            var expected = program.Database is null ? OfEveryProcess : [.. OfEveryProcess, .. OfEveryService];
            await Eventually.Becomes(
                () => Task.FromResult(expected.Except(NamesOf(program.Name)).ToArray()),
                missing => missing.Length == 0, $"{program.Name} sends everything; missing is only the list");
        }

        await Eventually.BecomesTrue(
            () => Value("cash-application", "otc.cash.receipts", "otc.match", "applied") > 0,
            "the receipt counts as matched");
    }

    [Fact]
    public async Task one_trace_leads_from_the_request_to_the_row_in_another_service()
    {
        var seller = await Seller.OpenAsync(_api, "TRACE");
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        caller.Start();
        await seller.InvoiceAsync(100m, daysAgo: 0);
        caller.Stop();

        foreach (var consumer in new[] { "cash-application", "credit", "collections" })
        {
            var way = await Eventually.Becomes(
                () => Task.FromResult(WayToTheRow(caller.TraceId.ToString(), consumer)), way => way.Count > 0,
                $"{consumer} writes in the trace of the request");

            // From the row back to the request, each the child of the next.
            string[] stations =
            [
                $"{consumer} Npgsql", $"{consumer} MassTransit", "invoicing OrderToCash.Messaging",
                "invoicing Microsoft.AspNetCore", "gateway System.Net.Http", "gateway Microsoft.AspNetCore",
            ];
            way.Select(span => $"{span.Service} {span.Scope}").Where(stations.Contains).Distinct().ShouldBe(stations);
            way.Single(span => span.Scope == "OrderToCash.Messaging").Name
                .ShouldBe("invoicing.v1.invoice-issued publish");
        }
    }

    [Fact]
    public async Task messages_that_come_twice_or_fail_are_counted()
    {
        var connection = await new ConnectionFactory { Uri = system.Broker.Uri }.CreateConnectionAsync();
        await using var closing = connection;
        await using var channel = await connection.CreateChannelAsync();
        var copy = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(copy.QueueName, "otc.events", "invoicing.v1.customer-registered");
        await Seller.OpenAsync(_api, "AGAIN");
        var message = (await channel.BasicGetAsync(copy.QueueName, autoAck: true)).ShouldNotBeNull();
        double Duplicates() => Value("credit", "otc.inbox.duplicates", "otc.consumer", "credit-customers");
        var before = Duplicates();

        await channel.BasicPublishAsync(
            "", "credit-customers", mandatory: true, new BasicProperties(message.BasicProperties), message.Body);
        await Eventually.BecomesTrue(() => Duplicates() > before, "the copy is counted as one");

        // Without an id nobody could tell whether it comes twice: it can only be refused.
        var broken = new BasicProperties(message.BasicProperties);
        broken.ClearMessageId();
        await channel.BasicPublishAsync("", "credit-customers", mandatory: true, broken, message.Body);
        await Eventually.BecomesTrue(
            () => Value("credit", "otc.queue.messages", "otc.queue", "credit-customers_error") == 1,
            "the error queue shows the message");

        await channel.QueuePurgeAsync("credit-customers_error");
        await Eventually.BecomesTrue(
            () => Value("credit", "otc.queue.messages", "otc.queue", "credit-customers_error") == 0,
            "the error queue is empty again");
    }

    private IEnumerable<string> NamesOf(string service) =>
        system.Telemetry.Metrics.Where(metric => metric.Service == service).Select(metric => metric.Name);

    /// <summary>
    /// The value with this attribute; zero when there is none. Other tests kill services: what a counter had reached in
    /// a process that is gone still counts, while every process saw the same gauge.
    /// </summary>
    private double Value(string service, string name, string attribute, string value)
    {
        var metrics = system.Telemetry.Metrics
            .Where(metric => metric.Service == service && metric.Name == name).ToList();
        var points = from metric in metrics
                     from point in metric.Points
                     where point.Attributes.GetValueOrDefault(attribute) == value
                     select point.Value;
        return metrics.Exists(metric => metric.Kind == MetricKind.Counter)
            ? points.Sum()
            : points.DefaultIfEmpty().Max();
    }

    /// <summary>The spans from a consumer's write back to the gateway; empty while they have not all come.</summary>
    private List<ReceivedSpan> WayToTheRow(string trace, string consumer)
    {
        var spans = system.Telemetry.Spans.Where(span => span.TraceId == trace).ToDictionary(span => span.Id);
        return spans.Values.Where(span => span.Service == consumer && span.Scope == "Npgsql")
            .Select(row => Ancestry(row, spans).ToList())
            .FirstOrDefault(way => way[^1].Service == ServiceProgram.Gateway, []);
    }

    private static IEnumerable<ReceivedSpan> Ancestry(ReceivedSpan? span, Dictionary<string, ReceivedSpan> spans)
    {
        for (; span is not null; span = spans.GetValueOrDefault(span.ParentId))
            yield return span;
    }
}
