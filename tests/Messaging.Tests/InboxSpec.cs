using System.Diagnostics;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

public sealed class InboxSpec(Servers servers)
{
    private static Guid NewId() => Ids.Next(TimeProvider.System);

    [Fact]
    public async Task a_message_that_comes_five_times_among_others_counts_once()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customer = NewId();
        var messages = Enumerable.Range(1, 20).Select(version => (Id: NewId(), Version: version)).ToArray();
        var deliveries = messages.SelectMany(message => Enumerable.Repeat(message, 5)).ToArray();
        new Random(11).Shuffle(deliveries);

        foreach (var (id, version) in deliveries)
            await bed.Client.PublishAsync(BareClient.Limit(customer, version), id, version);
        await Eventually.BecomesTrue(() => bed.Service.Deliveries.Handled.Count == 100, "all deliveries are done with");

        (await bed.Service.CountAsync("otc_inbox")).ShouldBe(20);
        var replica = (await bed.Service.ReplicaAsync(customer))!.Value;
        (replica.Amount, replica.Version).ShouldBe((20m, 20));
        replica.Changes.ShouldBeLessThanOrEqualTo(20);
    }

    [Fact]
    public async Task messages_that_come_together_share_transactions_and_each_counts_once()
    {
        await using var bed = await Bed.StartAsync(servers);
        var messages = Enumerable.Range(1, 400).Select(_ => (Id: NewId(), Customer: NewId())).ToArray();

        // Every tenth comes twice, so some of what is written together is turned away.
        await Task.WhenAll(messages.Concat(messages.Where((_, at) => at % 10 == 0)).Select(message =>
            bed.Client.PublishAsync(BareClient.Limit(message.Customer, 7), message.Id)));
        await Eventually.BecomesTrue(() => bed.Service.Deliveries.Handled.Count == 440, "all deliveries are done with");

        (await bed.Service.CountAsync("otc_inbox")).ShouldBe(400);
        (await bed.Service.CountAsync("limits where amount = 7 and changes = 1")).ShouldBe(400);
        (await bed.Service.CountAsync("(select distinct xmin::text from otc_inbox) t")).ShouldBeLessThan(400);
        (await bed.ErrorsAsync()).ShouldBe(0u);
    }

    [Fact]
    public async Task a_row_that_somebody_holds_for_long_holds_up_its_own_message_alone()
    {
        await using var bed = await Bed.StartAsync(servers);
        var held = NewId();
        await bed.Client.PublishAsync(BareClient.Limit(held, 1));
        await Eventually.BecomesTrue(async () => await bed.Service.ReplicaAsync(held) is not null, "it is there");

        await using var connection = await bed.Service.Store.Database.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("select from limits for update", connection, holding))
            await hold.ExecuteNonQueryAsync();
        await Task.WhenAll(Enumerable.Range(1, 50).Select(number => bed.Client.PublishAsync(
            BareClient.Limit(number == 25 ? held : NewId(), 2), version: 2)));
        await Eventually.BecomesTrue(async () => await bed.Service.CountAsync("limits") == 50, "all others are there");
        (await bed.Service.ReplicaAsync(held))!.Value.Amount.ShouldBe(1);

        await holding.CommitAsync();
        await Eventually.BecomesTrue(
            async () => (await bed.Service.ReplicaAsync(held))!.Value.Amount == 2, "now it is written as well");
        (await bed.ErrorsAsync()).ShouldBe(0u);
    }

    [Fact]
    public async Task an_older_message_that_comes_late_changes_nothing()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customer = NewId();

        await bed.Client.PublishAsync(BareClient.Limit(customer, 900), version: 9);
        await Eventually.BecomesTrue(async () => await bed.Service.ReplicaAsync(customer) is not null, "the newer one is there");
        await bed.Client.PublishAsync(BareClient.Limit(customer, 100), version: 1);
        await Eventually.BecomesTrue(() => bed.Service.Deliveries.Handled.Count == 2, "the older one is handled");

        (await bed.Service.ReplicaAsync(customer)).ShouldBe((900m, 9, 1));
    }

    [Fact]
    public async Task a_consumer_that_fails_for_a_while_handles_the_message_once_it_can()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customer = NewId();
        var failures = 3;
        bed.Service.Deliveries.Fault = _ => failures-- > 0 ? new TimeoutException("not yet") : null;

        await bed.Client.PublishAsync(BareClient.Limit(customer, 5));

        await Eventually.BecomesTrue(async () => await bed.Service.ReplicaAsync(customer) is not null, "a retry succeeds");
        bed.Service.Deliveries.Seen.Count.ShouldBe(4);
        (await bed.Service.CountAsync("otc_inbox")).ShouldBe(1);
    }

    [Fact]
    public async Task a_poison_message_ends_in_the_error_queue_and_stops_nobody_else()
    {
        await using var bed = await Bed.StartAsync(servers);
        var (poison, good) = (NewId(), NewId());
        bed.Service.Deliveries.Fault = message => message.CustomerId == poison ? new InvalidOperationException("boom") : null;

        await bed.Client.PublishAsync(BareClient.Limit(poison, 1));
        await bed.Client.PublishAsync(BareClient.Limit(good, 1));

        await Eventually.BecomesTrue(async () => await bed.Service.ReplicaAsync(good) is not null, "the good one passes");
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 1, "the poison is set aside");
        (await bed.Service.ReplicaAsync(poison)).ShouldBeNull();
        (await bed.Service.CountAsync("otc_inbox")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"limit":{"amount":"5.00","currency":"USD"},"reason":"no customer"}""")]
    [InlineData("""{"customerId":"01a20ac1-6efb-70fa-aea6-de79a033b788","limit":null,"reason":"no limit"}""")]
    [InlineData("""{"customerId":"01a20ac1-6efb-70fa-aea6-de79a033b788","limit":{"amount":"five","currency":"USD"},"reason":"x"}""")]
    [InlineData("""[]""")]
    [InlineData("""not json""")]
    public async Task a_message_that_lacks_what_it_must_have_faults_instead_of_reading_as_zeros(string body)
    {
        await using var bed = await Bed.StartAsync(servers);

        await bed.Client.PublishAsync(body);

        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 1, "it is set aside");
        bed.Service.Deliveries.Seen.ShouldBeEmpty();
        (await bed.Service.CountAsync("limits")).ShouldBe(0);
    }

    [Fact]
    public async Task a_message_without_a_version_is_set_aside()
    {
        await using var bed = await Bed.StartAsync(servers);

        await bed.Client.PublishAsync(BareClient.Limit(NewId(), 5), version: null);

        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 1, "it is set aside");
        (await bed.Service.CountAsync("limits")).ShouldBe(0);
    }

    [Fact]
    public async Task fields_that_a_later_version_adds_are_ignored()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customer = NewId();
        var body = BareClient.Limit(customer, 5).Replace("{\"customerId\"", "{\"newField\":{\"a\":[1]},\"customerId\"", StringComparison.Ordinal);

        await bed.Client.PublishAsync(body);

        await Eventually.BecomesTrue(async () => (await bed.Service.ReplicaAsync(customer))?.Amount == 5m, "it is consumed");
    }

    [Fact]
    public async Task while_the_database_is_away_the_message_waits_and_is_not_set_aside()
    {
        await using var postgres = await Servers.StartOwnPostgresAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var client = await BareClient.ConnectAsync(host.Uri);
        await using var service = await SampleService.StartAsync(postgres.ConnectionString, host.Uri);
        var customer = NewId();

        await postgres.KillAsync();
        await client.PublishAsync(BareClient.Limit(customer, 5));
        await Eventually.BecomesTrue(() => service.Deliveries.Seen.Count >= 2, "the consumer tries");
        await postgres.StartAgainAsync();

        await Eventually.BecomesTrue(
            async () => (await service.ReplicaAsync(customer))?.Amount == 5m, "it is consumed when the database is back",
            TimeSpan.FromMinutes(2));
        (await client.CountAsync(SampleService.Queue + "_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task the_trace_and_the_correlation_of_the_request_reach_the_consumer()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var bed = await Bed.StartAsync(servers);
        const string trace = "0af7651916cd43dd8448eb211c80319c";

        await bed.Service.SetLimitAsync(
            NewId(), 5, new EventMetadata("tester", "corr-9", TraceParent: $"00-{trace}-b7ad6b7169203331-01"));

        await Eventually.BecomesTrue(() => !bed.Service.Deliveries.Handled.IsEmpty, "it is consumed");
        var seen = bed.Service.Deliveries.Seen.First();
        seen.Correlation.ShouldBe("corr-9");
        seen.Trace?.ToHexString().ShouldBe(trace);
    }
}

/// <summary>A running sample service and a bare client on the same broker.</summary>
internal sealed class Bed(TestDatabase database, TestVirtualHost host, SampleService service, BareClient client) : IAsyncDisposable
{
    public SampleService Service => service;

    public BareClient Client => client;

    public static async Task<Bed> StartAsync(Servers servers)
    {
        var database = await servers.CreateDatabaseAsync();
        var host = await servers.CreateVirtualHostAsync();
        var service = await SampleService.StartAsync(database.ConnectionString, host.Uri);
        return new Bed(database, host, service, await BareClient.ConnectAsync(host.Uri));
    }

    public Task<uint> ErrorsAsync() => client.CountAsync(SampleService.Queue + "_error");

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await service.DisposeAsync();
        await host.DisposeAsync();
        await database.DisposeAsync();
    }
}
