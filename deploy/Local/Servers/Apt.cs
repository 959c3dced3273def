namespace OrderToCash.Local.Servers;

/// <summary>
/// Installs Debian and Ubuntu packages for their programs only: no service of theirs is started, now or at boot.
/// </summary>
internal static class Apt
{
    private const string Policy = "/usr/sbin/policy-rc.d";
    private const string ClusterSettings = "/etc/postgresql-common/createcluster.conf";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>True for root on a system with apt-get.</summary>
    public static bool IsUsable => SystemUser.IsRoot && Programs.Find("apt-get") is not null;

    /// <summary>Installs the package, or several with blanks between them.</summary>
    public static async Task InstallAsync(string package, Action<string> say, CancellationToken cancellation)
    {
        // apt-get waits for nobody who updates the lists at the same time, so callers wait here for each other.
        FileLock? turn = null;
        var path = Path.Combine(Path.GetTempPath(), "ordertocash-apt.lock");
        await Waiting.UntilAsync(
            () => Task.FromResult((turn = FileLock.TryTake(path)) is not null), Patience, cancellation);
        using (turn)
        {
            say($"Installing the package {package} with apt-get; this takes a minute or two.");
            var denies = ForbidServices();
            try
            {
                await RunAsync(["update"], cancellation);
                await RunAsync(["install", "--yes", "--no-install-recommends", .. package.Split(' ')], cancellation);
            }
            finally
            {
                if (denies)
                    File.Delete(Policy);
            }

            await DisableAtBootAsync(package, cancellation);
        }
    }

    private static async Task RunAsync(string[] words, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        await Tool.RunAsync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", .. words], environment, cancellation);
    }

    // invoke-rc.d asks this program before it starts a service; 101 means no. True when we made it and must take it
    // away.
    private static bool ForbidServices()
    {
        if (!File.Exists(ClusterSettings))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ClusterSettings)!);
            File.WriteAllText(ClusterSettings, "create_main_cluster = false\n");
        }

        if (File.Exists(Policy) || OperatingSystem.IsWindows())
            return false;
        File.WriteAllText(Policy, "#!/bin/sh\nexit 101\n");
        File.SetUnixFileMode(Policy, (UnixFileMode)0b111_101_101);
        return true;
    }

    private static async Task DisableAtBootAsync(string package, CancellationToken cancellation)
    {
        if (!Directory.Exists("/run/systemd/system"))
            return;
        string[] units = package switch
        {
            "rabbitmq-server" => ["rabbitmq-server.service", "epmd.socket"],
            "postgresql" => ["postgresql.service"],
            _ => [],
        };
        foreach (var unit in units)
            await Tool.TryAsync("systemctl", ["disable", unit], cancellation: cancellation);
    }
}
