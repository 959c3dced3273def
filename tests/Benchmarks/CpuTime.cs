using System.Diagnostics;
using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>
/// CPU time of this process and of others with all their children. On a machine that others use too it says more than
/// a rate. The others are seen on Linux only, and only those that this process started.
/// </summary>
internal sealed class CpuTime(params (string Name, IReadOnlyList<int> Processes)[] others)
{
    private const int Parent = 3;
    private const int UserTime = 13;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Used so far, by name; <c>client</c> is this process.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Now()
    {
        using var self = Process.GetCurrentProcess();
        var used = new Dictionary<string, TimeSpan> { ["client"] = self.TotalProcessorTime };
        if (!OperatingSystem.IsLinux())
            return used;
        var all = All();
        foreach (var (name, processes) in others)
            used[name] = Tick * processes.Sum(process => WithChildren(process, all));
        return used;
    }

    /// <summary>Used by one process and its children since they started.</summary>
    public static TimeSpan Of(int process) => Tick * WithChildren(process, All());

    /// <summary>Its own time, that of children that have ended, and that of children that run.</summary>
    private static long WithChildren(int process, ILookup<int, (int Process, long Ticks)> all)
    {
        var own = all.SelectMany(children => children).FirstOrDefault(one => one.Process == process).Ticks;
        return own + all[process].Sum(child => WithChildren(child.Process, all));
    }

    private static ILookup<int, (int Process, long Ticks)> All() => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(folder[6]))
        .Select(Fields)
        .OfType<string[]>()
        .ToLookup(
            fields => (int)Number(fields[Parent]),
            fields => ((int)Number(fields[0]), fields[UserTime..(UserTime + 4)].Sum(Number)));

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
