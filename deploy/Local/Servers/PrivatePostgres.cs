using System.Globalization;

namespace OrderToCash.Local.Servers;

/// <summary>
/// The installed PostgreSQL as a private process: own data folder, loopback only, password, no Unix socket.
/// </summary>
internal sealed class PrivatePostgres : IServerHost
{
    private readonly string _programs;
    private readonly ServerHome _home;
    private readonly ServerOptions _options;
    private readonly int _port;
    private ChildProcess? _server;

    public PrivatePostgres(string programs, ServerHome home, ServerOptions options)
    {
        (_programs, _home, _options) = (programs, home, options);
        _port = Ports.Choose(options.Port, "OTC_POSTGRES_PORT", "PostgreSQL");
        Address = PostgresKind.AddressOf(_port, home.Password());
    }

    public string Address { get; }

    public string Description => $"{_programs}/postgres, data in {_home.Data}";

    public IReadOnlyList<int> ProcessIds => _server is { HasExited: false } ? [_server.Id] : [];

    private string VersionFile => Path.Combine(_home.Data, "PG_VERSION");

    /// <summary>
    /// The folder of the programs: of the version that made the data, else the one in PATH, else the newest; or null.
    /// </summary>
    public static string? FindPrograms(ServerHome home)
    {
        var file = Path.Combine(home.Data, "PG_VERSION");
        var made = File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        var inPath = Programs.Find("postgres") is { } program ? Path.GetDirectoryName(program) : null;
        var installed = new[] { "/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr" }
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(folder => Path.Combine(folder, "bin"))
            .Where(bin => VersionOf(bin) > 0)
            .OrderByDescending(VersionOf);
        return (inPath is null ? installed : installed.Prepend(inPath))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => made == VersionOf(bin).ToString(CultureInfo.InvariantCulture))
            .FirstOrDefault();
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (!File.Exists(VersionFile))
            await CreateAsync(cancellation);
        await CheckVersionAsync(cancellation);

        string[] address = ["-D", _home.Data, "-p", _port.ToString(CultureInfo.InvariantCulture)];
        string[] reach = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
        if (_server is not null)
            await _server.DisposeAsync();
        _server = await ChildProcess.StartAsync(new ChildCommand
        {
            Program = Path.Combine(_programs, "postgres"),
            Arguments = [.. address, .. reach, .. PostgresKind.Settings(_options)],
            LogFile = _home.Log,
            Disposable = _options.Mode == ServerMode.Throwaway,
            User = ServerKind.Postgres.User,
            StopSignal = Signal.Interrupt,
        });
        _home.Remember(_server);
        await ServerKind.Postgres.AnswersAsync(Address, Provisioning.Patience, _server.ThrowIfExited, cancellation);
    }

    public Task KillAsync(CancellationToken cancellation) => _server?.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _home.Dispose();
    }

    // postgresql@17/bin, 17/bin, pgsql-17/bin: the digits are the major version; 0 for other folders.
    private static int VersionOf(string bin)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(bin)) ?? "";
        var known = folder.StartsWith("postgresql@", StringComparison.Ordinal)
            || folder.StartsWith("pgsql-", StringComparison.Ordinal) || folder.All(char.IsAsciiDigit);
        var digits = string.Concat(folder.Where(char.IsAsciiDigit));
        return known && int.TryParse(digits, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    // Made beside and moved, so that an interrupted start leaves nothing half made.
    private async Task CreateAsync(CancellationToken cancellation)
    {
        // The account may have come with the installation, after the folder was made.
        var user = ServerKind.Postgres.User;
        await user.OwnAsync(_home.Folder, cancellation);
        var fresh = _home.Data + ".new";
        var passwordFile = Path.Combine(_home.Folder, "initdb.password");
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        await File.WriteAllTextAsync(passwordFile, _home.Password(), cancellation);
        try
        {
            await user.OwnFileAsync(passwordFile, cancellation);
            string[] words =
            [
                .. user.Prefix(null), Path.Combine(_programs, "initdb"), "-D", fresh,
                "--username=postgres", "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                "--encoding=UTF8", OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--locale=C",
                .. _options.Mode == ServerMode.Throwaway ? ["--no-sync"] : Array.Empty<string>(),
            ];
            await Tool.RunAsync(words[0], words.Skip(1), cancellation: cancellation);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(fresh, _home.Data);
    }

    private async Task CheckVersionAsync(CancellationToken cancellation)
    {
        var made = (await File.ReadAllTextAsync(VersionFile, cancellation)).Trim();
        var text = await Tool.RunAsync(Path.Combine(_programs, "postgres"), ["--version"], cancellation: cancellation);
        if (!text.Contains($" {made}", StringComparison.Ordinal))
        {
            throw new ServerException(
                $"The data in {_home.Data} was made by PostgreSQL {made}, installed is '{text}'. " +
                $"Install PostgreSQL {made}, or remove the folder {_home.Folder} to begin with empty stores.");
        }
    }
}
