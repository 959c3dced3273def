namespace OrderToCash.Local.Servers;

/// <summary>A running PostgreSQL.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly IServerHost _host;
    private bool _ended;

    private PostgresServer(IServerHost host) => _host = host;

    /// <summary>Connects as one who may create databases, to the database <c>postgres</c>.</summary>
    public string ConnectionString => _host.Address;

    /// <summary>How it runs, for people.</summary>
    public string Description => _host.Description;

    /// <summary>Processes of ours; none when it runs elsewhere.</summary>
    public IReadOnlyList<int> ProcessIds => _host.ProcessIds;

    /// <summary>Finds or starts the server and waits until it answers.</summary>
    public static async Task<PostgresServer> StartAsync(
        ServerOptions options, CancellationToken cancellation = default) =>
        new(await Provisioning.StartAsync(ServerKind.Postgres, options, cancellation));

    /// <summary>A server that somebody else runs.</summary>
    public static PostgresServer At(string connectionString) => new(new Elsewhere(connectionString, "run elsewhere"));

    /// <summary>Ends it as a crash would (SIGKILL); the data stays.</summary>
    public Task KillAsync(CancellationToken cancellation = default) => _host.KillAsync(cancellation);

    /// <summary>Starts it again after a kill, on the same data and port.</summary>
    public Task StartAgainAsync(CancellationToken cancellation = default) => _host.StartAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _ended, true) ? ValueTask.CompletedTask : _host.DisposeAsync();
}
