namespace OrderToCash.Local.Servers;

/// <summary>
/// An exclusive lock on a file that the operating system gives up when the process ends, however it ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>The lock, or null when another process (or another caller in this one) holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        return file is null ? null : new FileLock(file);
    }

    /// <summary>True when somebody holds the lock. Asking does not disturb others who ask at the same time.</summary>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;
        using var file = Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return file is null && File.Exists(path);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
