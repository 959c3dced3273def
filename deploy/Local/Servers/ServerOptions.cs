namespace OrderToCash.Local.Servers;

/// <summary>What becomes of a server's data.</summary>
public enum ServerMode
{
    /// <summary>Every commit reaches the disk and the data is found again by the next start.</summary>
    Durable,

    /// <summary>
    /// For tests: no fsync, so a power cut may lose everything but a killed process loses nothing. The folder goes at
    /// the end.
    /// </summary>
    Throwaway,
}

/// <summary>How a private server is to be run.</summary>
public sealed record ServerOptions
{
    /// <summary>Room for the data of all servers of a test run.</summary>
    private const long Room = 4L << 30;

    /// <summary>Where memory is a file system.</summary>
    private static readonly DirectoryInfo Memory = new("/dev/shm");

    /// <summary>Where data, password and log are kept; one sub-folder per server.</summary>
    public required string Folder { get; init; }

    /// <summary>Durable unless said otherwise.</summary>
    public ServerMode Mode { get; init; }

    /// <summary>The loopback port; a free one when null.</summary>
    public int? Port { get; init; }

    /// <summary>The loopback port of RabbitMQ's management page and API; a free one when null.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Settings of PostgreSQL, <c>name=value</c>, which win over those of the mode.</summary>
    public IReadOnlyList<string> PostgresSettings { get; init; } = [];

    /// <summary>Hears what takes long, e.g. an installation.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>
    /// Where data live that nobody needs later: in memory, where there is room. Tests make and drop so many databases
    /// that a file system on a disk takes a third of their CPU for the files.
    /// </summary>
    public static string Scratch => Memory.Exists && new DriveInfo(Memory.FullName).AvailableFreeSpace > Room
        ? Memory.FullName
        : Path.GetTempPath();

    /// <summary>A throwaway server in a folder of its own.</summary>
    public static ServerOptions Throwaway() => new() { Folder = NewFolder(Scratch), Mode = ServerMode.Throwaway };

    /// <summary>A durable server in a new folder on the disk, for a while.</summary>
    public static ServerOptions Temporary() => new() { Folder = NewFolder(Path.GetTempPath()) };

    private static string NewFolder(string parent)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"ordertocash-{Path.GetRandomFileName()}"));
        // Others may pass through, none may look: a server started by root runs under another account.
        const UnixFileMode passage = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | passage;
        return folder.FullName;
    }
}
