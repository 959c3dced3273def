using OrderToCash.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

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

    [Fact]
    public async Task their_queues_lose_nothing_that_comes_back_often()
    {
        await using var bed = await Bed.StartAsync(servers);

        // RabbitMQ 4 deletes what came back twenty times from a queue that says nothing about it; with another limit
        // the declaration would be refused.
        string[] queues = [SampleService.Queue, SampleService.Queue + "_error", Wire.RepublishQueue("sample")];
        foreach (var queue in queues)
        {
            await using var channel = await bed.Client.Connection.CreateChannelAsync();
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 1_000_000 });
            await Should.ThrowAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }));
        }
    }
}
