using System.Globalization;
using Npgsql;
using OrderToCash.Local.Servers;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>A backup of one database, made and brought back with the commands of deploy/BACKUP.md.</summary>
internal sealed class DatabaseBackup : IDisposable
{
    private readonly NpgsqlConnectionStringBuilder _database;
    private readonly string _programs;
    private readonly string _file = Path.GetTempFileName();

    private DatabaseBackup(string connectionString, string programs) =>
        (_database, _programs) = (new NpgsqlConnectionStringBuilder(connectionString), programs);

    /// <summary>Takes it as the database is at this moment, while others go on writing.</summary>
    public static async Task<DatabaseBackup> TakeAsync(string connectionString)
    {
        var backup = new DatabaseBackup(connectionString, await ProgramsAsync(connectionString));
        await backup.RunAsync("pg_dump", "--format=custom", $"--file={backup._file}", backup.Name);
        return backup;
    }

    /// <summary>The database is gone, whoever is connected.</summary>
    public async Task LoseAsync()
    {
        await RunAsync("dropdb", "--force", Name);
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Makes it anew from the backup.</summary>
    public async Task RestoreAsync()
    {
        await RunAsync("createdb", "--template=template0", Name);
        await RunAsync("pg_restore", "--exit-on-error", "--single-transaction", $"--dbname={Name}", _file);
        await RunAsync(
            "psql", "-d", Name, "-c",
            "select setval('mt_events_sequence', last_value + 1000000) from mt_events_sequence");
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_file);

    private string Name => _database.Database!;

    private Task RunAsync(string program, params string[] arguments) => Tool.RunAsync(
        Programs.Find(program, _programs) ?? throw new ServerException(
            $"{program} was not found: install PostgreSQL's client programs (Debian, Ubuntu: postgresql-client)."),
        arguments,
        new Dictionary<string, string>
        {
            ["PGHOST"] = _database.Host!,
            ["PGPORT"] = _database.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = _database.Username!,
            ["PGPASSWORD"] = _database.Password ?? "",
        });

    /// <summary>Where the programs of the server's own version usually are: an older pg_dump refuses.</summary>
    private static async Task<string> ProgramsAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        return $"/usr/lib/postgresql/{connection.PostgreSqlVersion.Major}/bin";
    }
}
