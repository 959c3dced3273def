using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

/// <summary>Consumers that cannot read although the broker answers.</summary>
public sealed class StandstillSpec(Servers servers) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The services of this test share the process of the test run, whose exit code is its own.</summary>
    public void Dispose() => Environment.ExitCode = 0;

    [Fact]
    public async Task end_the_process_and_a_broker_that_is_away_does_not()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var client = await BareClient.ConnectAsync(host.Uri);
        await using (var channel = await client.Connection.CreateChannelAsync())
        {
            // Somebody made the queue by hand, as another kind: declaring it fails for as long as it is there.
            await channel.QueueDeclareAsync(SampleService.Queue, durable: true, exclusive: false, autoDelete: false);
        }

        await using var withoutBroker = await StartAsync(database, new UriBuilder(host.Uri) { Port = 1 }.Uri);
        await using var standing = await StartAsync(database, host.Uri);

        await Eventually.BecomesTrue(() => standing.IsEnding, "it gives up");
        Environment.ExitCode.ShouldBe(1);

        // Began earlier and has the same limit, which has passed.
        withoutBroker.IsEnding.ShouldBeFalse();
    }

    private static Task<SampleService> StartAsync(TestDatabase database, Uri broker) =>
        SampleService.StartAsync(
            database.ConnectionString, broker, true, publications => publications, standstill: Limit);
}
