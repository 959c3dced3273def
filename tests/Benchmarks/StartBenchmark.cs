using System.Globalization;
using OrderToCash.Local.Processes;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>start</c>: CPU that each program takes until it says that it is ready, on databases that are up to date, and its
/// resident memory once it has been idle for a while.
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
                $"{instance.Program.Name}: memory when idle", "MB", Resident(instance.ProcessId) / 1024m,
                Goal: new Goal(AtMost: 120)));
        }
    }

    /// <summary>Resident set in kilobytes (Linux).</summary>
    private static long Resident(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
