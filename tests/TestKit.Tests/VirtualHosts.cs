using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderToCash.TestKit.Tests;

public sealed class VirtualHosts(Servers servers)
{
    [Fact]
    public async Task a_queue_of_one_virtual_host_does_not_exist_in_another()
    {
        await using var first = await servers.CreateVirtualHostAsync();
        await using var second = await servers.CreateVirtualHostAsync();
        await using var one = await Connect(first);
        await using var two = await Connect(second);
        await using var channel = await one.CreateChannelAsync();
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);

        await using var other = await two.CreateChannelAsync();
        await Assert.ThrowsAsync<OperationInterruptedException>(() => other.QueueDeclarePassiveAsync("orders"));
    }

    [Fact]
    public async Task nobody_works_in_a_virtual_host_after_its_end()
    {
        var host = await servers.CreateVirtualHostAsync();
        await host.DisposeAsync();

        // The client does not wait for the broker's answer to its choice of virtual host; the broker closes instead.
        await using var connection = await Connect(host);
        await Eventually.BecomesTrue(() => !connection.IsOpen, "the broker closes the connection");
    }

    private static Task<IConnection> Connect(TestVirtualHost host) =>
        new ConnectionFactory { Uri = host.Uri }.CreateConnectionAsync();
}
