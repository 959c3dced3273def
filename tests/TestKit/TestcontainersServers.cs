using OrderToCash.Local.Servers;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace OrderToCash.TestKit;

/// <summary>A PostgreSQL and a RabbitMQ per test process, run by Testcontainers.</summary>
internal sealed class TestcontainersServers : IServerSource
{
    private readonly Lazy<Task<PostgreSqlContainer>> _postgres = new(StartPostgresAsync);
    private readonly Lazy<Task<RabbitMqContainer>> _rabbit = new(StartRabbitAsync);

    public async Task<PostgresServer> PostgresAsync() =>
        PostgresServer.At((await _postgres.Value).GetConnectionString());

    public async Task<RabbitServer> RabbitAsync()
    {
        var container = await _rabbit.Value;
        var management = new UriBuilder("http", container.Hostname, container.GetMappedPublicPort(15672)).Uri;
        return RabbitServer.At(new Uri(container.GetConnectionString()), management);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
        if (_rabbit.IsValueCreated)
            await (await _rabbit.Value).DisposeAsync();
    }

    private static async Task<PostgreSqlContainer> StartPostgresAsync()
    {
        var container = new PostgreSqlBuilder()
            .WithImage("postgres:17")
            .WithCommand("-c", "max_connections=500", "-c", "fsync=off", "-c", "full_page_writes=off")
            .Build();
        await container.StartAsync();
        return container;
    }

    private static async Task<RabbitMqContainer> StartRabbitAsync()
    {
        var container = new RabbitMqBuilder()
            .WithImage("rabbitmq:4-management")
            .WithPortBinding(15672, assignRandomHostPort: true)
            .Build();
        await container.StartAsync();
        return container;
    }
}
