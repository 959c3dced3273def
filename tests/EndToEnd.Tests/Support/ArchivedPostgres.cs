using System.Globalization;
using Npgsql;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>
/// A PostgreSQL of its own whose write-ahead log is archived; backed up, lost and brought back with the commands of
/// deploy/BACKUP.md.
/// </summary>
internal sealed class ArchivedPostgres : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly string _folder;
    private string _data = "";

    private ArchivedPostgres(PostgresServer server, string folder) => (_server, _folder) = (server, folder);

    private string Archive => Path.Combine(_folder, "archive");

    private string Base => Path.Combine(_folder, "base");

    private string Saved => Path.Combine(_folder, "saved");

    /// <summary>Segments of the write-ahead log that are in the archive.</summary>
    public IReadOnlyList<string> Archived => [.. Directory.EnumerateFiles(Archive).Select(Path.GetFileName)!];

    /// <summary>Starts it with databases of these names.</summary>
    public static async Task<ArchivedPostgres> StartAsync(params IReadOnlyList<string> databases)
    {
        var options = ServerOptions.Throwaway();
        var archive = Path.Combine(options.Folder, "archive");
        await SystemUser.ForDatabase().OwnAsync(archive, CancellationToken.None);
        var server = await PostgresServer.StartAsync(options with
        {
            PostgresSettings =
            [
                "wal_level=replica", "max_wal_senders=4", "archive_mode=on", "archive_timeout=60",
                $"archive_command=test ! -f {archive}/%f && cp %p {archive}/%f",
            ],
        });
        var archived = new ArchivedPostgres(server, options.Folder);
        server.ProcessIds.ShouldNotBeEmpty("its files are needed, so it has to be installed here");
        archived._data = await archived.ScalarAsync<string>("show data_directory");
        foreach (var database in databases)
            await archived.ScalarAsync<object>($"create database {database}");
        return archived;
    }

    /// <summary>The connection to one of its databases.</summary>
    public string DatabaseOf(string name) =>
        new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = name }.ConnectionString;

    /// <summary>The base backup, taken while others write.</summary>
    public async Task BackUpAsync()
    {
        var server = new NpgsqlConnectionStringBuilder(_server.ConnectionString);
        var major = (await ScalarAsync<string>("show server_version")).Split('.')[0];
        await Tool.RunAsync(
            Programs.Find("pg_basebackup", $"/usr/lib/postgresql/{major}/bin")
                ?? throw new ServerException("pg_basebackup was not found: install PostgreSQL's client programs."),
            [
                "-h", server.Host!, "-p", server.Port.ToString(CultureInfo.InvariantCulture),
                "-U", server.Username!, "-D", Base, "-X", "stream", "--checkpoint=fast",
            ],
            new Dictionary<string, string> { ["PGPASSWORD"] = server.Password! });
    }

    /// <summary>Ends a segment of the log, as <c>archive_timeout</c> does, and waits until it is archived.</summary>
    public async Task ArchiveAsync()
    {
        var segment = await ScalarAsync<string>("select pg_walfile_name(pg_switch_wal())");
        await Eventually.BecomesTrue(() => Archived.Contains(segment), $"{segment} is archived");
    }

    /// <summary>It dies with whatever is under way (SIGKILL), and only its log can be read from the disk.</summary>
    public async Task LoseAsync()
    {
        await _server.KillAsync();
        NpgsqlConnection.ClearAllPools();
        Directory.Move(_data, Saved);
    }

    /// <summary>The base backup, then the archive, then what the lost disk had; up to the last commit.</summary>
    public async Task RestoreAsync()
    {
        await ShellAsync($"cp -a {Base} {_data}");
        await ShellAsync($"cp {Saved}/pg_wal/0* {_data}/pg_wal/");
        await ShellAsync($"echo \"restore_command = 'cp {Archive}/%f %p'\" >> {_data}/postgresql.conf");
        await ShellAsync($"touch {_data}/recovery.signal");
        await ShellAsync($"chown -R --reference={Saved} {_data}");
        await _server.StartAgainAsync();
        await Eventually.BecomesTrue(
            async () => !await ScalarAsync<bool>("select pg_is_in_recovery()"), "the log is read to its end");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static Task ShellAsync(string command) => Tool.RunAsync("sh", ["-ec", command]);

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
