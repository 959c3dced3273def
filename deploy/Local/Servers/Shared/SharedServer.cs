using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OrderToCash.Local.Servers.Shared;

/// <summary>
/// A use of the server that all test processes of this user share. The first use starts it in a process of its own,
/// which outlives the first and ends some seconds after the last.
/// </summary>
public sealed class SharedServer : IDisposable
{
    private readonly FileLock? _lease;

    private SharedServer(string address, FileLock? lease) => (Address, _lease) = (address, lease);

    internal string Address { get; }

    /// <summary>The shared PostgreSQL, or the one named in the environment.</summary>
    public static async Task<(PostgresServer Server, SharedServer Use)> PostgresAsync(
        CancellationToken cancellation = default)
    {
        var use = await JoinAsync(ServerKind.Postgres, cancellation);
        return (PostgresServer.At(use.Address), use);
    }

    /// <summary>The shared RabbitMQ, or the one named in the environment.</summary>
    public static async Task<(RabbitServer Server, SharedServer Use)> RabbitAsync(
        CancellationToken cancellation = default)
    {
        var use = await JoinAsync(ServerKind.Rabbit, cancellation);
        var address = RabbitAddress.Parse(use.Address);
        return (RabbitServer.At(address.Amqp, address.Management), use);
    }

    /// <summary>Ends this use.</summary>
    public void Dispose() => _lease?.Dispose();

    private static async Task<SharedServer> JoinAsync(ServerKind kind, CancellationToken cancellation)
    {
        if (kind.AddressFromEnvironment() is { } given)
            return new SharedServer(given, lease: null);

        var folder = SharedFolder.Of(kind);
        var lease = TakeLease(folder);
        try
        {
            while (true)
            {
                if (FileLock.IsHeld(folder.HostLock) && TryReadAddress(folder) is { } address)
                    return new SharedServer(address, lease);

                using (var starting = FileLock.TryTake(folder.StartLock))
                {
                    if (starting is not null && !FileLock.IsHeld(folder.HostLock))
                        await StartHostAsync(kind, folder, cancellation);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static FileLock TakeLease(SharedFolder folder)
    {
        // The host may delete a lease between its making and its locking; then another name is taken.
        while (true)
        {
            var name = $"{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8)}";
            var path = Path.Combine(folder.Leases, name);
            if (FileLock.TryTake(path) is { } lease)
            {
                if (File.Exists(path))
                    return lease;
                lease.Dispose();
            }
        }
    }

    private static string? TryReadAddress(SharedFolder folder)
    {
        try
        {
            return File.ReadAllText(folder.AddressFile);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Starts a host and waits until its server has an address; throws with the host's words when it fails.
    /// </summary>
    private static async Task StartHostAsync(ServerKind kind, SharedFolder folder, CancellationToken cancellation)
    {
        // What a killed host left; it no longer answers for it.
        File.Delete(folder.AddressFile);
        CopyProgram(folder.Program);
        var program = Path.Combine(folder.Program, "OrderToCash.Local.dll");
        using var host = StartDetached(folder, ["exec", program, "infra", "--shared", kind.Name]);
        var words = host.StandardError.ReadToEndAsync(cancellation);
        while (TryReadAddress(folder) is null)
        {
            if (host.HasExited && host.ExitCode != 0)
                throw new ServerException((await words).Trim());
            if (host.HasExited)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }
    }

    // In a session of its own, with no hold on the caller's console: Ctrl-C and the end of a test run do not touch it.
    private static Process StartDetached(SharedFolder folder, string[] arguments)
    {
        var dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        string[] session = Programs.Find("setsid") is { } setsid ? [setsid] : [];
        string[] words = [.. session, dotnet, .. arguments];
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        var process = Process.Start(start)
            ?? throw new ServerException("The process that runs the tests' servers did not start.");
        process.StandardInput.Close();
        return process;
    }

    private static void CopyProgram(string target)
    {
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(target);
        var source = Path.GetDirectoryName(typeof(SharedServer).Assembly.Location)!;
        var files = Directory.EnumerateFiles(source, "*.dll")
            .Concat(Directory.EnumerateFiles(source, "OrderToCash.Local.*.json"));
        foreach (var file in files)
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
