using OrderToCash.Kernel;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.Messaging.Tests;

public sealed class CatchUpSpec(Servers servers)
{
    private static async Task<DateTime> LastAskedAsync(TestDatabase database)
    {
        await using var command = database.Source.CreateCommand("select max(asked_at) from otc_bindings");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private static Guid NewCustomer() => Ids.Next(TimeProvider.System);

    private static Task<SampleService> SourceAsync(TestDatabase database, TestVirtualHost host) =>
        SampleService.StartAsync(database.ConnectionString, host.Uri, false, publications => publications, "credit");

    [Fact]
    public async Task a_queue_that_comes_late_gets_what_was_published_before_it_was_there()
    {
        await using var sourceDatabase = await servers.CreateDatabaseAsync();
        await using var lateDatabase = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var source = await SourceAsync(sourceDatabase, host);
        foreach (var customer in Enumerable.Range(0, 1_100).Select(_ => NewCustomer()).ToArray())
            await source.SetLimitAsync(customer, 7);
        await Eventually.BecomesTrue(
            async () => await source.RelayPositionAsync() >= 1_100, "all are published, and nobody listens");

        await using var late = await SampleService.StartAsync(lateDatabase.ConnectionString, host.Uri);
        await source.SetLimitAsync(NewCustomer(), 8);

        await Eventually.BecomesTrue(
            async () => await late.CountAsync("limits") == 1_101, "the replica is whole, over more than one page");
    }

    [Fact]
    public async Task a_service_that_starts_again_asks_for_nothing()
    {
        await using var sourceDatabase = await servers.CreateDatabaseAsync();
        await using var readerDatabase = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var source = await SourceAsync(sourceDatabase, host);
        await source.SetLimitAsync(NewCustomer(), 1);
        await Eventually.BecomesTrue(async () => await source.RelayPositionAsync() > 0, "it is published");
        DateTime lastAsked;
        await using (var reader = await SampleService.StartAsync(readerDatabase.ConnectionString, host.Uri))
        {
            await Eventually.BecomesTrue(async () => await reader.CountAsync("limits") == 1, "it has caught up");
            await Eventually.BecomesTrue(async () => await reader.CountAsync("otc_bindings") > 0, "it has asked");
            lastAsked = await LastAskedAsync(readerDatabase);
        }

        await using var again = await SampleService.StartAsync(readerDatabase.ConnectionString, host.Uri);
        await source.SetLimitAsync(NewCustomer(), 2);
        await Eventually.BecomesTrue(async () => await again.CountAsync("limits") == 2, "the new one comes by itself");
        (await LastAskedAsync(readerDatabase)).ShouldBe(lastAsked);
    }

    [Fact]
    public async Task a_lost_queue_is_asked_for_again_and_what_was_there_counts_once()
    {
        await using var sourceDatabase = await servers.CreateDatabaseAsync();
        await using var readerDatabase = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var source = await SourceAsync(sourceDatabase, host);
        var customers = Enumerable.Range(0, 20).Select(_ => NewCustomer()).ToArray();
        await using (var reader = await SampleService.StartAsync(readerDatabase.ConnectionString, host.Uri))
        {
            foreach (var customer in customers)
                await source.SetLimitAsync(customer, 1);
            await Eventually.BecomesTrue(async () => await reader.CountAsync("limits") == 20, "all have arrived");
        }

        await using var client = await BareClient.ConnectAsync(host.Uri);
        await using (var channel = await client.Connection.CreateChannelAsync())
            await channel.QueueDeleteAsync(SampleService.Queue);
        var published = await source.RelayPositionAsync();
        await source.SetLimitAsync(customers[0], 2);
        await Eventually.BecomesTrue(
            async () => await source.RelayPositionAsync() > published, "it is published while the queue is gone");

        await using var back = await SampleService.StartAsync(readerDatabase.ConnectionString, host.Uri);
        var asked = await back.CatchUp.AskAsync(after: 0, CancellationToken.None);

        asked.ShouldHaveSingleItem().Accepted.ShouldBeTrue();
        await Eventually.BecomesTrue(
            async () => (await back.ReplicaAsync(customers[0]))?.Amount == 2m, "what was lost arrives");
        await Eventually.BecomesTrue(
            () => back.Deliveries.Seen.Select(seen => seen.MessageId).Distinct().Count() == 21, "with all the others");
        (await back.ReplicaAsync(customers[1]))!.Value.Changes.ShouldBe(1);
    }

    [Fact]
    public async Task a_broker_that_has_forgotten_the_queues_has_them_again()
    {
        await using var sourceDatabase = await servers.CreateDatabaseAsync();
        await using var readerDatabase = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var source = await SourceAsync(sourceDatabase, host);
        await using var reader = await SampleService.StartAsync(readerDatabase.ConnectionString, host.Uri);
        await source.SetLimitAsync(NewCustomer(), 1);
        await Eventually.BecomesTrue(async () => await reader.CountAsync("limits") == 1, "the first has come");

        await host.ForgetAllAsync();

        // What is published meanwhile goes nowhere; it is asked for below.
        await Eventually.BecomesTrue(async () =>
        {
            await source.SetLimitAsync(NewCustomer(), 2);
            return await reader.CountAsync("limits") > 1;
        }, "what is published comes by itself again");
        await source.SetLimitAsync(NewCustomer(), 3);
        await Eventually.Passes(async () => await reader.CatchUp.AskAsync(0, CancellationToken.None));
        await using var count = sourceDatabase.Source.CreateCommand("select count(*) from mt_streams");
        var made = (long)(await count.ExecuteScalarAsync())!;
        await Eventually.BecomesTrue(async () => await reader.CountAsync("limits") == made, "and what went nowhere");
    }
}
