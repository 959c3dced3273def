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
    /// <summary>Where data, password and log are kept; one sub-folder per server.</summary>
    public required string Folder { get; init; }

    /// <summary>Durable unless said otherwise.</summary>
    public ServerMode Mode { get; init; }

    /// <summary>The loopback port; a free one when null.</summary>
    public int? Port { get; init; }

    /// <summary>The loopback port of RabbitMQ's management page and API; a free one when null.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Hears what takes long, e.g. an installation.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>A throwaway server in a folder of its own.</summary>
    public static ServerOptions Throwaway()
    {
        var folder = Directory.CreateTempSubdirectory("ordertocash-").FullName;
        // Others may pass through, none may look: a server started by root runs under another account.
        const UnixFileMode passage = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | passage);
        return new ServerOptions { Folder = folder, Mode = ServerMode.Throwaway };
    }
}
