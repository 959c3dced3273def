using Npgsql;

namespace OrderToCash.Local.Servers;

/// <summary>
/// PostgreSQL; its address is an Npgsql connection string of a superuser to the database <c>postgres</c>.
/// </summary>
internal sealed class PostgresKind : ServerKind
{
    public override string Name => "postgres";

    public override string Title => "PostgreSQL";

    public override string Package => "postgresql";

    public override string Advice =>
        "Install it (Debian, Ubuntu: sudo apt-get install postgresql; Fedora: sudo dnf install postgresql-server; " +
        "macOS: brew install postgresql@17), or start Docker, or set OTC_POSTGRES to the connection string " +
        "(Host=…;Port=…;Username=…;Password=…) of a server whose user may create databases.";

    public override SystemUser User => SystemUser.ForDatabase();

    /// <summary>Settings of every private server, as arguments of <c>postgres</c>.</summary>
    public static IReadOnlyList<string> Settings(ServerOptions options)
    {
        string[] common = ["timezone=UTC", "log_timezone=UTC"];
        // A commit is still handed to the operating system before it is confirmed, so that a killed server forgets
        // nothing.
        string[] own = options.Mode == ServerMode.Durable
            ? ["max_connections=300"]
            :
            [
                "max_connections=500", "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
                "jit=off",
            ];
        return [.. common.Concat(own).Concat(options.PostgresSettings).SelectMany(setting => new[] { "-c", setting })];
    }

    public static string AddressOf(int port, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "postgres",
        Password = password,
        Database = "postgres",
    }.ConnectionString;

    public override string? AddressFromEnvironment() =>
        Environment.GetEnvironmentVariable("OTC_POSTGRES") is { Length: > 0 } given ? given : null;

    public override IServerHost? Installed(ServerHome home, ServerOptions options) =>
        PrivatePostgres.FindPrograms(home) is { } programs ? new PrivatePostgres(programs, home, options) : null;

    public override IServerHost Container(string docker, ServerHome home, ServerOptions options)
    {
        var port = Ports.Choose(options.Port, "OTC_POSTGRES_PORT", Title);
        return new DockerContainer(docker, this, home, options, AddressOf(port, home.Password()), new ContainerImage
        {
            Image = "postgres:17",
            Ports = { [port] = 5432 },
            Environment = { ["POSTGRES_PASSWORD"] = home.Password(), ["POSTGRES_INITDB_ARGS"] = "--locale=C.UTF-8" },
            DataPath = "/var/lib/postgresql/data",
            StopSignal = Signal.Interrupt,
            Arguments = Settings(options),
        });
    }

    public override async Task<string?> FaultAsync(string address, CancellationToken cancellation)
    {
        var text = new NpgsqlConnectionStringBuilder(address) { Pooling = false, Timeout = 5 }.ConnectionString;
        try
        {
            await using var connection = new NpgsqlConnection(text);
            await connection.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(cancellation);
            return null;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            return fault.Message;
        }
    }
}
