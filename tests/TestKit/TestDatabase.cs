using Npgsql;

namespace OrderToCash.TestKit;

/// <summary>A database that is dropped at the end, whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly Lazy<NpgsqlDataSource> _source;

    private TestDatabase(string server, string name, string connectionString)
    {
        (_server, Name, ConnectionString) = (server, name, connectionString);
        _source = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(connectionString));
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>Connects to it, with a pool of at most forty.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections for the test itself.</summary>
    public NpgsqlDataSource Source => _source.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source.IsValueCreated)
            await _source.Value.DisposeAsync();
        await DropAsync(_server, Name);
    }

    internal static async Task<TestDatabase> CreateAsync(string server, string name, string template)
    {
        await ExecuteAsync(server, $"""create database "{name}" template "{template}" """);
        var connectionString = new NpgsqlConnectionStringBuilder(server)
        {
            Database = name,
            MaxPoolSize = 40,
            IncludeErrorDetail = true,
        }.ConnectionString;
        return new TestDatabase(server, name, connectionString);
    }

    internal static Task DropAsync(string server, string name) =>
        ExecuteAsync(server, $"""drop database if exists "{name}" with (force)""");

    /// <summary>Lets nobody in any more and ends who is: the database may now be copied.</summary>
    internal static async Task CloseAsync(string server, string name)
    {
        await ExecuteAsync(server, $"""alter database "{name}" allow_connections false""");
        await ExecuteAsync(
            server, $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'");
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = 120 };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
