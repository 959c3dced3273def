using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

/// <summary>Instances of one service that start at the same time, on a broker that has no queue yet.</summary>
public sealed class StartingTogetherSpec(Servers servers)
{
    private const int Instances = 6;

    [Fact]
    public async Task instances_that_start_at_once_all_read_their_queues()
    {
        await using var database = await servers.CreateDatabaseAsync();
        for (var time = 0; time < 4; time++)
        {
            await using var host = await servers.CreateVirtualHostAsync();

            // Each is given when its consumers read; one that stands still is not.
            var services = await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ =>
                SampleService.StartAsync(database.ConnectionString, host.Uri)));

            foreach (var service in services)
                await service.DisposeAsync();
        }
    }
}
