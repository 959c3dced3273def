using System.Diagnostics;
using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>
/// CPU time of this process and of a server with its children. On a machine that others use too it says more than a
/// rate. Servers are seen on Linux only, and only those that this process started.
/// </summary>
internal sealed class CpuTime(IReadOnlyList<int> servers)
{
    private const int UserTime = 13;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Used so far.</summary>
    public (TimeSpan Client, TimeSpan Server) Now()
    {
        using var self = Process.GetCurrentProcess();
        return (self.TotalProcessorTime, OperatingSystem.IsLinux() ? Tick * Servers() : TimeSpan.Zero);
    }

    private long Servers()
    {
        long ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(name[6])))
        {
            if (Fields(folder) is not { } fields)
                continue;
            var (process, parent) = (Number(fields[0]), Number(fields[3]));
            if (servers.Contains((int)process))
                ticks += fields[UserTime..(UserTime + 4)].Sum(Number);
            else if (servers.Contains((int)parent))
                ticks += fields[UserTime..(UserTime + 2)].Sum(Number);
        }

        return ticks;
    }

    /// <summary>
    /// The fields of <c>/proc/PID/stat</c>; the name in parentheses may hold blanks. Null when it has just ended.
    /// </summary>
    private static string[]? Fields(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return [text[..text.IndexOf(' ')], "name", .. text[(text.LastIndexOf(')') + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
