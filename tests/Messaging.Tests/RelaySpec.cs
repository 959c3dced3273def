using System.Text;
using System.Text.Json;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.Messaging.Tests;

public sealed class RelaySpec(Servers servers)
{
    private static Guid NewCustomer() => Ids.Next(TimeProvider.System);

    [Fact]
    public async Task every_event_is_published_once_in_log_order_with_its_id_version_and_trace()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var client = await BareClient.ConnectAsync(host.Uri);
        var queue = await client.ListenAsync();
        await using var service = await SampleService.StartAsync(database.ConnectionString, host.Uri, consumes: false);
        var customer = NewCustomer();
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        for (var amount = 1; amount <= 300; amount++)
            await service.SetLimitAsync(customer, amount, new EventMetadata("tester", "corr-7", TraceParent: trace));
        await Eventually.BecomesTrue(async () => await client.CountAsync(queue) == 300, "all are published");

        var history = await service.Store.HistoryAsync(customer);
        foreach (var stored in history)
        {
            var message = (await client.TakeAsync(queue))!;
            message.BasicProperties.MessageId.ShouldBe(stored.Id.ToString());
            message.BasicProperties.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
            Header(message, Wire.StreamVersion).ShouldBe(stored.Version.ToString());
            Header(message, Wire.Sequence).ShouldBe(stored.Sequence.ToString());
            Header(message, Wire.CorrelationId).ShouldBe("corr-7");
            Header(message, Wire.TraceParent).ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
            using var body = JsonDocument.Parse(message.Body);
            body.RootElement.GetProperty("limit").GetProperty("amount").GetString().ShouldBe($"{stored.Version}.00");
        }
    }

    [Fact]
    public async Task while_the_broker_is_away_commands_succeed_and_afterwards_nothing_is_missing()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var rabbit = await Servers.StartOwnRabbitAsync();
        await using var service = await SampleService.StartAsync(database.ConnectionString, rabbit.Amqp, consumes: true);
        var customers = Enumerable.Range(0, 50).Select(_ => NewCustomer()).ToArray();
        await service.SetLimitAsync(customers[0], 1);
        await Eventually.BecomesTrue(() => !service.Deliveries.Handled.IsEmpty, "the first is consumed");

        await rabbit.KillAsync();
        foreach (var customer in customers[1..])
            await service.SetLimitAsync(customer, 2);
        await rabbit.StartAgainAsync();

        await Eventually.BecomesTrue(
            async () => await service.CountAsync("limits") == 50, "every event arrives after the broker is back",
            TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task a_relay_that_dies_between_confirm_and_position_repeats_and_the_consumer_counts_once()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var service = await SampleService.StartAsync(database.ConnectionString, host.Uri);
        var customer = NewCustomer();
        await service.SetLimitAsync(customer, 1);
        await service.SetLimitAsync(customer, 2);
        await Eventually.BecomesTrue(() => service.Deliveries.Handled.Count == 2, "both are consumed");
        var end = await service.RelayPositionAsync();

        // What a crash leaves behind: the broker has the messages, the position does not know it.
        await using (var back = database.Source.CreateCommand(
            "update mt_event_progression set last_seq_id = 0 where name = 'Relay:All'"))
            await back.ExecuteNonQueryAsync();
        await service.SetLimitAsync(customer, 3);

        await Eventually.BecomesTrue(() => service.Deliveries.Seen.Count >= 5, "the first two come again");
        await Eventually.BecomesTrue(async () => (await service.ReplicaAsync(customer))?.Version == 3, "the third arrives");
        (await service.ReplicaAsync(customer))!.Value.Amount.ShouldBe(3m);
        (await service.CountAsync("otc_inbox")).ShouldBe(3);
        await Eventually.BecomesTrue(async () => await service.RelayPositionAsync() > end, "the position reaches the end again");
    }

    [Fact]
    public async Task when_a_message_cannot_be_made_the_position_stays_and_says_why()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        var broken = true;
        await using var service = await SampleService.StartAsync(
            database.ConnectionString, host.Uri, consumes: true,
            publications => publications.On<LimitSet>(_ => broken ? throw new InvalidOperationException("no such account") : null));
        var customer = NewCustomer();

        await service.SetLimitAsync(customer, 5);
        await Eventually.BecomesTrue(async () => await service.RelayErrorAsync() is not null, "the failure is visible");
        (await service.RelayErrorAsync()).ShouldNotBeNull().ShouldContain("no such account");
        (await service.RelayPositionAsync()).ShouldBe(0);

        broken = false;
        await Eventually.BecomesTrue(async () => await service.RelayPositionAsync() > 0, "it goes on by itself");
        await Eventually.BecomesTrue(async () => (await service.ReplicaAsync(customer))?.Amount == 5m, "and nothing is lost");
        (await service.ReplicaAsync(customer))!.Value.Changes.ShouldBe(1);
    }

    [Fact]
    public async Task two_instances_publish_every_event_and_only_one_of_them_at_a_time()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var client = await BareClient.ConnectAsync(host.Uri);
        var queue = await client.ListenAsync();
        await using var first = await SampleService.StartAsync(database.ConnectionString, host.Uri, consumes: false);
        await using var second = await SampleService.StartAsync(database.ConnectionString, host.Uri, consumes: false);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(number =>
            (number % 2 == 0 ? first : second).SetLimitAsync(NewCustomer(), number + 1)));
        await Eventually.BecomesTrue(async () => await client.CountAsync(queue) >= 200, "all are published");
        await Eventually.BecomesTrue(
            async () => await first.RelayPositionAsync() >= 200, "the relay has come to the end");

        (await client.CountAsync(queue)).ShouldBe(200u);
    }

    private static string Header(BasicGetResult message, string name) => message.BasicProperties.Headers![name] switch
    {
        byte[] text => Encoding.UTF8.GetString(text),
        var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
