using OrderToCash.Local.Servers;
using OrderToCash.Local.Servers.Shared;

namespace OrderToCash.TestKit;

/// <summary>One PostgreSQL and one RabbitMQ for all test processes of this user that run at the same time.</summary>
internal sealed class SharedServers : IServerSource
{
    private readonly Lazy<Task<(PostgresServer Server, SharedServer Use)>> _postgres =
        new(() => SharedServer.PostgresAsync());

    private readonly Lazy<Task<(RabbitServer Server, SharedServer Use)>> _rabbit =
        new(() => SharedServer.RabbitAsync());

    public async Task<PostgresServer> PostgresAsync() => (await _postgres.Value).Server;

    public async Task<RabbitServer> RabbitAsync() => (await _rabbit.Value).Server;

    public ValueTask DisposeAsync()
    {
        if (_postgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            _postgres.Value.Result.Use.Dispose();
        if (_rabbit is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            _rabbit.Value.Result.Use.Dispose();
        return ValueTask.CompletedTask;
    }
}
