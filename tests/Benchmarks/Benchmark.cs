using System.CommandLine;

namespace OrderToCash.Benchmarks;

/// <summary>One thing that can be measured by its name.</summary>
internal sealed record Benchmark(string Name, string What, Func<Bench, CancellationToken, Task> RunAsync)
{
    /// <summary>A command that measures these one after the other, each on servers of its own.</summary>
    public static Command CommandOf(string name, string what, params Benchmark[] benchmarks)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "Seconds of a turn, where a turn is measured by time.",
            DefaultValueFactory = _ => 3,
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Turns of each contender; the median counts.",
            DefaultValueFactory = _ => 3,
        };
        var items = new Option<int>("--items")
        {
            Description = "Open items that payments are matched with.",
            DefaultValueFactory = _ => 100_000,
        };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file too." };
        var command = new Command(name, what) { seconds, rounds, items, json };
        command.SetAction(async (arguments, cancellation) =>
        {
            var report = new Report();
            foreach (var benchmark in benchmarks)
            {
                report.Begin(benchmark);
                await using var bench = new Bench(report)
                {
                    Turn = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                    Rounds = arguments.GetValue(rounds),
                    Items = arguments.GetValue(items),
                };
                await benchmark.RunAsync(bench, cancellation);
            }

            if (arguments.GetValue(json) is { } file)
                await report.WriteAsync(file, cancellation);
            return 0;
        });
        return command;
    }
}
