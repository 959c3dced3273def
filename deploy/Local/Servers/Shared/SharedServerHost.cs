namespace OrderToCash.Local.Servers.Shared;

/// <summary>
/// Runs one server for the test processes of this user, and ends it when nobody has held a lease for a while. Since
/// leases are locks of the operating system, test processes that crash or are killed hold none.
/// </summary>
internal static class SharedServerHost
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs until idle or cancelled. Returns at once when another process is the host already.</summary>
    public static async Task RunAsync(ServerKind kind, SharedFolder folder, CancellationToken cancellation)
    {
        FileLock? host = null;
        // Processes that ask whether there is a host hold the lock for a moment.
        await Waiting.UntilAsync(
            () => Task.FromResult((host = FileLock.TryTake(folder.HostLock)) is not null),
            TimeSpan.FromSeconds(5), cancellation);
        if (host is null)
            return;

        using (host)
        {
            await using var server = await Provisioning.StartAsync(kind, folder.Server, cancellation);
            try
            {
                do
                {
                    ServerHome.WriteSecret(folder.AddressFile, server.Address);
                    await UntilIdleAsync(folder, cancellation);
                    // First refuse new users, then look again: who got the address before holds a lease by now.
                    File.Delete(folder.AddressFile);
                }
                while (folder.IsLeased());
            }
            finally
            {
                File.Delete(folder.AddressFile);
                // Windows does not let a running program's files go; there the next host replaces them.
                if (!OperatingSystem.IsWindows() && Directory.Exists(folder.Program))
                    Directory.Delete(folder.Program, recursive: true);
            }
        }
    }

    private static async Task UntilIdleAsync(SharedFolder folder, CancellationToken cancellation)
    {
        var lastUse = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(lastUse) < Idle)
        {
            await Task.Delay(Interval, TimeProvider.System, cancellation);
            if (folder.IsLeased())
                lastUse = TimeProvider.System.GetTimestamp();
        }
    }
}
