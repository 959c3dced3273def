using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;
using OrderToCash.Local.Servers;

namespace OrderToCash.TestKit;

/// <summary>
/// The servers of a test project: <c>[assembly: AssemblyFixture(typeof(Servers))]</c>, then a constructor parameter.
/// Real servers, started on first use and shared by all test projects that run at the same time; each class works in
/// a database and a virtual host of its own.
/// </summary>
public sealed class Servers : IAsyncDisposable
{
#if TESTCONTAINERS
    private readonly IServerSource _source = new TestcontainersServers();
#else
    private readonly IServerSource _source = new SharedServers();
#endif
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new();

    /// <summary>A PostgreSQL of the caller alone, to kill and start again.</summary>
    public static Task<PostgresServer> StartOwnPostgresAsync(CancellationToken cancellation = default) =>
        PostgresServer.StartAsync(ServerOptions.Throwaway(), cancellation);

    /// <summary>A RabbitMQ of the caller alone, to kill and start again.</summary>
    public static Task<RabbitServer> StartOwnRabbitAsync(CancellationToken cancellation = default) =>
        RabbitServer.StartAsync(ServerOptions.Throwaway(), cancellation);

    /// <summary>An empty database.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync() =>
        await TestDatabase.CreateAsync((await _source.PostgresAsync()).ConnectionString, Unique("empty"), "template0");

    /// <summary>
    /// A database that is a copy of a template. The template is prepared (migrated, filled) once per process and key,
    /// on the connection string that <paramref name="prepare"/> gets; copying it takes a fraction of that.
    /// </summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string templateKey, Func<string, Task> prepare)
    {
        var server = (await _source.PostgresAsync()).ConnectionString;
        var template = await _templates.GetOrAdd(
            templateKey, key => new Lazy<Task<string>>(() => PrepareAsync(server, Unique(key), prepare))).Value;
        return await TestDatabase.CreateAsync(server, Unique(templateKey), template);
    }

    /// <summary>A virtual host of RabbitMQ, empty, with all permissions.</summary>
    public async Task<TestVirtualHost> CreateVirtualHostAsync() =>
        await TestVirtualHost.CreateAsync(await _source.RabbitAsync(), Unique("test"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var templates = _templates.Values.Select(template => template.Value);
        foreach (var template in templates.Where(template => template.IsCompletedSuccessfully))
            await TestDatabase.DropAsync((await _source.PostgresAsync()).ConnectionString, await template);
        await _source.DisposeAsync();
    }

    private static string Unique(string key)
    {
        var plain = string.Concat(key.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(30));
        return $"otc_{plain}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
    }

    private static async Task<string> PrepareAsync(string server, string name, Func<string, Task> prepare)
    {
        var database = await TestDatabase.CreateAsync(server, name, "template0");
        // Without a pool nothing stays connected: PostgreSQL copies no database that is in use.
        var unpooled = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false };
        await prepare(unpooled.ConnectionString);
        await TestDatabase.CloseAsync(server, name);
        return name;
    }
}
