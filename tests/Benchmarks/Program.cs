using System.CommandLine;
using OrderToCash.Benchmarks;

Benchmark[] all =
[
    AppendBenchmark.Define, InvoicesBenchmark.Define, BatchBenchmark.Define, RelayBenchmark.Define,
    ConsumeBenchmark.Define, LatencyBenchmark.Define, RebuildBenchmark.Define, OrdersBenchmark.Define,
    RescoringBenchmark.Define, DunningBenchmark.Define, LargeInvoiceBenchmark.Define, InvoiceListBenchmark.Define,
    AgingBenchmark.Define, StatementsBenchmark.Define, MatchingBenchmark.Define, WaitingBenchmark.Define,
    ParseBenchmark.Define, AchFileBenchmark.Define, TakeoverBenchmark.Define, StartBenchmark.Define,
];
var root = new RootCommand(
    "Measures on this machine, against durable servers (fsync on). Figures are for comparing within one run.");
foreach (var benchmark in all)
    root.Add(Benchmark.CommandOf(benchmark.Name, benchmark.What, benchmark));
root.Add(Benchmark.CommandOf("all", "all of them, one after the other", all));
return await root.Parse(args).InvokeAsync();
