using System.Globalization;
using OrderToCash.Local.Processes;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>start</c>: CPU that each program takes until it says that it is ready, on databases that are up to date, and its
/// memory once it has been idle for a while: its own with its part of what it shares (Pss), and all that is resident,
/// of which more than half is the framework's files, once on the machine and counted again in every program.
/// </summary>
internal static class StartBenchmark
{
    public static readonly Benchmark Define = new("start", "each program: CPU until ready, memory when idle", RunAsync);

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, [.. ServiceProgram.All.Select(program => program.Name)]);
        foreach (var instance in system.Instances)
        {
            var used = new List<decimal>();
            for (var round = 0; round < bench.Rounds; round++)
            {
                await instance.StopAsync();
                await instance.StartAgainAsync(cancellation);
                used.Add((decimal)CpuTime.Of(instance.ProcessId).TotalSeconds);
            }

            bench.Report.Add(new Figure(
                $"{instance.Program.Name}: CPU until ready", "s", Cost.Middle(used), Goal: new Goal(AtMost: 1.5m)));
        }

        await Task.Delay(Idle, TimeProvider.System, cancellation);
        foreach (var instance in system.Instances)
        {
            bench.Report.Add(new Figure(
                $"{instance.Program.Name}: memory when idle", "MB", Memory(instance.ProcessId, "Pss:") / 1024m,
                Goal: new Goal(AtMost: 120)));
            bench.Report.Add(new Figure(
                $"{instance.Program.Name}: resident when idle", "MB", Memory(instance.ProcessId, "Rss:") / 1024m));
        }
    }

    /// <summary>A sum over the process's mappings in kilobytes (Linux).</summary>
    private static long Memory(int process, string sum) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/smaps_rollup")
                .First(line => line.StartsWith(sum, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
