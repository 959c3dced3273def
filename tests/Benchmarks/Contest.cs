using System.Diagnostics;

namespace OrderToCash.Benchmarks;

/// <summary>One way to do the same work.</summary>
/// <param name="RunAsync">Works for about this long and tells how many pieces were done.</param>
/// <param name="PrepareAsync">Makes ready for a turn; its time does not count.</param>
internal sealed record Contender(
    Func<TimeSpan, CancellationToken, Task<long>> RunAsync, Func<CancellationToken, Task>? PrepareAsync = null)
{
    /// <summary>Workers that do one piece after the other, each told which worker it is.</summary>
    public static Contender Of(
        int workers, Func<int, CancellationToken, Task> pieceAsync, Func<CancellationToken, Task>? prepareAsync = null,
        int pieces = 1) =>
        new(
            async (time, cancellation) =>
            {
                var clock = Stopwatch.StartNew();
                var counts = await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
                {
                    long count = 0;
                    for (; clock.Elapsed < time; count += pieces)
                        await pieceAsync(worker, cancellation);
                    return count;
                }));
                return counts.Sum();
            },
            prepareAsync);
}

/// <summary>What a piece of work takes.</summary>
/// <param name="PerSecond">How many there were in a second.</param>
/// <param name="Cpu">Microseconds of CPU of each, by who spent them.</param>
internal sealed record Cost(decimal PerSecond, IReadOnlyDictionary<string, decimal> Cpu)
{
    /// <summary>CPU of all together, in microseconds.</summary>
    public decimal TotalCpu => Cpu.Values.Sum();

    public static Cost Median(IReadOnlyList<Cost> costs) => new(
        Middle(costs.Select(cost => cost.PerSecond)),
        costs[0].Cpu.Keys.ToDictionary(name => name, name => Middle(costs.Select(cost => cost.Cpu[name]))));

    public static decimal Middle(IEnumerable<decimal> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

/// <summary>
/// Lets contenders take turns, so that what else the machine does hits all of them; the median of the rounds counts.
/// </summary>
internal static class Contest
{
    /// <summary>So long a service is asked before its methods are compiled for good.</summary>
    public static readonly TimeSpan OfService = TimeSpan.FromSeconds(15);

    public static Task<Cost[]> RunAsync(
        Bench bench, CpuTime cpu, CancellationToken cancellation, params Contender[] contenders) =>
        RunAsync(bench, cpu, bench.Turn, cancellation, contenders);

    /// <summary>The same after turns that last at least this long.</summary>
    public static async Task<Cost[]> RunAsync(
        Bench bench, CpuTime cpu, TimeSpan warmUp, CancellationToken cancellation, params Contender[] contenders)
    {
        // Connections, plans, caches and compiled code are there before anything counts.
        var longer = warmUp > bench.Turn ? warmUp : bench.Turn;
        foreach (var contender in contenders)
        {
            var clock = Stopwatch.StartNew();
            do
                await TurnAsync(contender, cpu, longer, cancellation);
            while (clock.Elapsed < longer);
        }

        var costs = contenders.Select(_ => new List<Cost>()).ToArray();
        for (var round = 0; round < bench.Rounds; round++)
        {
            foreach (var (contender, cost) in contenders.Zip(costs))
                cost.Add(await TurnAsync(contender, cpu, bench.Turn, cancellation));
        }

        return Array.ConvertAll(costs, Cost.Median);
    }

    private static async Task<Cost> TurnAsync(
        Contender contender, CpuTime cpu, TimeSpan time, CancellationToken cancellation)
    {
        if (contender.PrepareAsync is { } prepareAsync)
            await prepareAsync(cancellation);
        var before = cpu.Now();
        var clock = Stopwatch.StartNew();
        var count = await contender.RunAsync(time, cancellation);
        var elapsed = clock.Elapsed;
        var after = cpu.Now();
        return new Cost(
            count / (decimal)elapsed.TotalSeconds,
            after.ToDictionary(
                used => used.Key,
                used => (decimal)(used.Value - before[used.Key]).TotalMicroseconds / count));
    }
}
