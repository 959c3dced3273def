using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderToCash.Local.Servers;

/// <summary>
/// The folder of one private server: data, password, log, its address while it runs, and a lock which says that
/// somebody runs it. Whoever takes the lock first ends what an earlier holder may have left running.
/// </summary>
internal sealed class ServerHome : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FileLock _lock;
    private readonly ServerOptions _options;

    private ServerHome(string folder, FileLock held, ServerOptions options) =>
        (Folder, _lock, _options) = (folder, held, options);

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public string Log => Path.Combine(Folder, "server.log");

    /// <summary>A short name that differs from folder to folder.</summary>
    public string Key => Hash(Folder);

    private string Processes => Path.Combine(Folder, "processes");

    /// <summary>
    /// The folder of this server: below the one wanted or, where the account cannot reach that, below /var/tmp.
    /// </summary>
    public static async Task<string> ChooseFolderAsync(
        string name, ServerOptions options, SystemUser user, CancellationToken cancellation)
    {
        var wanted = Path.Combine(Path.GetFullPath(options.Folder), name);
        if (await user.OwnAsync(wanted, cancellation))
            return wanted;

        Directory.Delete(wanted);
        var reachable = Path.Combine("/var/tmp", $"ordertocash-{Hash(Path.GetFullPath(options.Folder))}", name);
        return await user.OwnAsync(reachable, cancellation) ? reachable : throw new ServerException(
            $"The server's account can use neither {wanted} nor {reachable}; give it access to one of them.");
    }

    /// <summary>Takes the folder, or returns null when another process runs the server in it.</summary>
    public static async Task<ServerHome?> TryTakeAsync(string folder, ServerOptions options)
    {
        if (FileLock.TryTake(Path.Combine(folder, "lock")) is not { } held)
            return null;

        var home = new ServerHome(folder, held, options);
        await home.EndLeftoversAsync();
        File.Delete(AddressFile(folder));
        return home;
    }

    /// <summary>The address of the server that another process runs in the folder, or null while it has none.</summary>
    public static string? ReadAddress(string folder) => TryRead(AddressFile(folder));

    public void WriteAddress(string address) => WriteSecret(AddressFile(Folder), address);

    /// <summary>The server's password: made once, kept in the folder.</summary>
    public string Password()
    {
        var file = Path.Combine(Folder, "password");
        if (TryRead(file) is { } known)
            return known;

        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        WriteSecret(file, password);
        return password;
    }

    /// <summary>
    /// Notes the processes, so that a later start can end them if this one is killed and they survive.
    /// </summary>
    public void Remember(params IEnumerable<ChildProcess> children) =>
        File.WriteAllLines(Processes, children.Select(child => string.Create(
            CultureInfo.InvariantCulture, $"{child.Id} {child.Process.StartTime.ToUniversalTime().Ticks}")));

    /// <summary>Gives the folder up; a throwaway one is deleted.</summary>
    public void Dispose()
    {
        File.Delete(AddressFile(Folder));
        File.Delete(Processes);
        if (_options.Mode == ServerMode.Throwaway)
            DeleteFolder();
        _lock.Dispose();
    }

    private static string AddressFile(string folder) => Path.Combine(folder, "address");

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..10];

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file) is { Length: > 0 } text ? text : null;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes a file that only this account may read; beside and moved, so that no reader ever sees half of it.
    /// </summary>
    public static void WriteSecret(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(file + ".new", options))
            writer.Write(text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private void DeleteFolder()
    {
        Directory.Delete(Folder, recursive: true);
        var parent = Path.GetDirectoryName(Folder)!;
        if (!Directory.EnumerateFileSystemEntries(parent).Any())
            Directory.Delete(parent);
    }

    private async Task EndLeftoversAsync()
    {
        foreach (var line in TryRead(Processes)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var fields = line.Split(' ');
            using var process = FindProcess(int.Parse(fields[0], CultureInfo.InvariantCulture),
                new DateTime(long.Parse(fields[1], CultureInfo.InvariantCulture), DateTimeKind.Utc));
            if (process is null)
                continue;

            // PostgreSQL waits for its clients on TERM, not on INT; RabbitMQ and epmd ignore INT.
            Unix.Send(process, Signal.Interrupt);
            Unix.Send(process, Signal.Terminate);
            if (!await ChildProcess.ExitsWithinAsync(process, Patience))
                Unix.Send(process, Signal.Kill);
        }
    }

    // Process ids come again; id and start time together do not.
    private static Process? FindProcess(int id, DateTime started)
    {
        try
        {
            var process = Process.GetProcessById(id);
            if ((process.StartTime.ToUniversalTime() - started).Duration() < TimeSpan.FromSeconds(5))
                return process;
            process.Dispose();
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }

        return null;
    }
}
