using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;

namespace OrderToCash.TestKit.Tests;

public sealed class CrashedServers
{
    [Fact]
    public async Task postgres_has_every_commit_after_a_kill_and_leaves_no_process_behind()
    {
        await using var server = await Servers.StartOwnPostgresAsync();
        await Execute(server.ConnectionString, "create table note (text text)");
        await Execute(server.ConnectionString, "insert into note values ('kept')");
        List<int> processes = [.. server.ProcessIds];

        await server.KillAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => Execute(server.ConnectionString, "select 1"));
        await server.StartAgainAsync();

        (await Execute(server.ConnectionString, "select text from note")).ShouldBe("kept");
        processes.AddRange(server.ProcessIds);
        await server.DisposeAsync();
        processes.Count.ShouldBeOneOf(2, 0);
        processes.ShouldAllBe(id => !IsRunning(id));
    }

    [Fact]
    public async Task rabbit_has_every_confirmed_message_after_a_kill_and_leaves_no_process_behind()
    {
        await using var server = await Servers.StartOwnRabbitAsync();
        await Publish(server.Amqp);
        List<int> processes = [.. server.ProcessIds];

        await server.KillAsync();
        await server.StartAgainAsync();

        // The queue's leader is elected again after the broker has begun to answer.
        var message = await Eventually.Becomes(
            () => Get(server.Amqp), got => got is not null, "the message is in the queue");
        message!.Body.ToArray().ShouldBe("kept"u8.ToArray());
        processes.AddRange(server.ProcessIds);
        await server.DisposeAsync();
        // The node twice, Erlang's port mapper once; none of ours in a container.
        processes.Distinct().Count().ShouldBeOneOf(3, 0);
        processes.ShouldAllBe(id => !IsRunning(id));
    }

    private static async Task<object?> Execute(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task Publish(Uri broker)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, quorum);
        var properties = new BasicProperties { Persistent = true };
        await channel.BasicPublishAsync("", "orders", mandatory: true, properties, "kept"u8.ToArray());
    }

    private static async Task<BasicGetResult?> Get(Uri broker)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.BasicGetAsync("orders", autoAck: true);
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
