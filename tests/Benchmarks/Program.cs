using System.CommandLine;
using OrderToCash.Benchmarks;

var root = new RootCommand(
    "Measures on this machine, against durable servers (fsync on). Figures are for comparing within one run.")
{
    AppendBenchmark.Create(),
    SystemBenchmark.Create(),
};
return await root.Parse(args).InvokeAsync();
