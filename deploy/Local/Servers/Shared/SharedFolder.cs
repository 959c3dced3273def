namespace OrderToCash.Local.Servers.Shared;

/// <summary>
/// The folder over which the processes of a test run share one server: a lease file per user of the server, each locked
/// while its process lives, and a lock held by the process that runs the server.
/// </summary>
/// <param name="Path">Of all of this but the data.</param>
/// <param name="Data">Where the server keeps its data.</param>
internal sealed record SharedFolder(string Path, string Data)
{
    // Raised when the files below change their meaning, so that two versions never share a server.
    private const int Version = 2;

    public ServerOptions Server =>
        new() { Folder = Data, Mode = ServerMode.Throwaway };

    /// <summary>Held by the process that runs the server.</summary>
    public string HostLock => System.IO.Path.Combine(Path, "host.lock");

    /// <summary>Held by the one process that is starting a host.</summary>
    public string StartLock => System.IO.Path.Combine(Path, "start.lock");

    /// <summary>The address of the server while it takes new users.</summary>
    public string AddressFile => System.IO.Path.Combine(Path, "address");

    /// <summary>One locked file per user.</summary>
    public string Leases => System.IO.Path.Combine(Path, "leases");

    /// <summary>A copy of the program, so that a build can replace the original while the host runs.</summary>
    public string Program => System.IO.Path.Combine(Path, "program");

    /// <summary>The folder of this user for a kind of server.</summary>
    public static SharedFolder Of(ServerKind kind)
    {
        var name = System.IO.Path.Combine($"ordertocash-tests-{Environment.UserName}-{Version}", kind.Name);
        return new SharedFolder(
            System.IO.Path.Combine(System.IO.Path.GetTempPath(), name),
            System.IO.Path.Combine(ServerOptions.Scratch, name, "server"));
    }

    /// <summary>True while any process holds a lease. Leases of processes that are gone are removed.</summary>
    public bool IsLeased()
    {
        Directory.CreateDirectory(Leases);
        var leased = false;
        foreach (var lease in Directory.EnumerateFiles(Leases))
        {
            // Our own short hold on an abandoned lease deletes it, so nobody can mistake it for a user.
            using var abandoned = FileLock.TryTake(lease);
            if (abandoned is null)
                leased = true;
            else
                File.Delete(lease);
        }

        return leased;
    }
}
