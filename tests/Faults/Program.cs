using System.CommandLine;
using System.Security.Cryptography;
using OrderToCash.Faults;

var minutes = new Option<int>("--minutes")
{
    Description = "How long there are faults; at least until each kind has happened once.",
    DefaultValueFactory = _ => 5,
};
var seed = new Option<int>("--seed")
{
    Description = "Repeats the order of faults and work of a run; a new one when not given.",
    DefaultValueFactory = _ => RandomNumberGenerator.GetInt32(1_000_000),
};
var clerks = new Option<int>("--clerks")
{
    Description = "How many work at the same time.",
    DefaultValueFactory = _ => 8,
};
var pause = new Option<int>("--pause")
{
    Description = "How many milliseconds each rests between two works, about: more work, more to settle at the end.",
    DefaultValueFactory = _ => 0,
};
var before = new Option<DirectoryInfo>("--before")
{
    Description = "A built checkout of the version before: one instance of each service is of it until the load ends.",
}.AcceptExistingOnly();
var root = new RootCommand("Breaks everything around a working system, then checks that no cent and no event is amiss.")
{
    minutes, seed, clerks, pause, before,
};
root.SetAction(async (parsed, _) =>
{
    var run = await FaultRun.RunAsync(
        new RunOptions(
            parsed.GetValue(seed), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(clerks),
            TimeSpan.FromMilliseconds(parsed.GetValue(pause)), parsed.GetValue(before)?.FullName),
        Console.WriteLine);
    Report.Print(run, Console.WriteLine);
    return run.AllHold ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
