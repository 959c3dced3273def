using System.Globalization;
using OrderToCash.Faults.Checks;
using OrderToCash.Faults.Facts;
using OrderToCash.Faults.Injections;
using OrderToCash.Faults.Load;
using OrderToCash.Faults.Stage;

namespace OrderToCash.Faults;

/// <summary>How a run is to be.</summary>
/// <param name="Seed">Gives the order of faults and work; how threads and processes interleave it does not.</param>
/// <param name="Duration">How long there are faults; at least until each has happened once.</param>
/// <param name="Clerks">How many work at the same time.</param>
/// <param name="Pause">How long a clerk rests between two works, about; not at all without it.</param>
/// <param name="Before">
/// A built checkout of the version before, of which one instance of each service is, until the load ends.
/// </param>
internal sealed record RunOptions(
    int Seed, TimeSpan Duration, int Clerks, TimeSpan Pause = default, string? Before = null);

/// <summary>What a run was and what was found after it.</summary>
/// <param name="Took">From the first request until the end of the load.</param>
/// <param name="Faults">How often each fault happened.</param>
/// <param name="Replayed">Messages that were sent back from error queues.</param>
/// <param name="Logs">Where the logs are; they are kept when something was found.</param>
internal sealed record RunResult(
    RunOptions Options, TimeSpan Took, IReadOnlyDictionary<string, int> Faults, int Replayed, SystemFacts Facts,
    string Logs)
{
    /// <summary>What each check says.</summary>
    public IReadOnlyList<(Check Check, Verdict Verdict)> Verdicts { get; } =
        [.. Check.All.Select(check => (check, check.Judge(Facts)))];

    /// <summary>True when nothing was found.</summary>
    public bool AllHold => Verdicts.All(pair => pair.Verdict.Findings.Count == 0);
}

/// <summary>
/// One run: a load of mixed work while things break, then rest, then facts. Real processes and servers, loopback only.
/// </summary>
internal static class FaultRun
{
    /// <summary>Once everything is well again a request is asked for so long, then its end counts as unknown.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromMinutes(2);

    public static async Task<RunResult> RunAsync(RunOptions options, Action<string> say)
    {
        var began = TimeProvider.System.GetTimestamp();
        void Say(string what) => say(string.Create(
            CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,7:0.0} s  {what}"));

        Say($"Seed {options.Seed}, {options.Clerks} clerks, faults for {options.Duration.TotalMinutes:0.#} minutes.");
        var random = new Random(options.Seed);
        await using var stage = await FaultStage.StartAsync(random, Say, options.Before);
        Say("Everything runs: a gateway and two instances of each service"
            + (options.Before is null ? "." : ", the first of the version before."));
        var ledger = new Ledger();
        using var giveUp = new CancellationTokenSource();
        var vandal = new Vandal(stage, new Random(random.Next()), Say);
        var took = await WorkAsync(stage, options, random, ledger, vandal, giveUp);
        Say($"{ledger.Requests.Count} requests are done; waiting for rest.");
        await stage.UpgradeAsync(Say);

        var settling = new Settling(stage, new Random(random.Next()), Say);
        var unrest = await settling.WaitAsync();
        Say(unrest is null ? "Nothing is on its way any more." : $"It does not come to rest: {unrest}");
        var facts = await new FactsReader(stage).ReadAsync(ledger, unrest);
        var result = new RunResult(options, took, vandal.Done, settling.Replayed, facts, stage.Logs);
        Say("The facts are read.");
        if (result.AllHold)
            stage.DeleteLogs();
        return result;
    }

    private static async Task<TimeSpan> WorkAsync(
        FaultStage stage, RunOptions options, Random random, Ledger ledger, Vandal vandal,
        CancellationTokenSource giveUp)
    {
        var setup = stage.Token(Market.Subject, more: "admin");
        var market = await Market.OpenAsync(stage.Gateway, setup);
        using var caller = new Caller(stage.Gateway, stage.Token(Caller.Subject), ledger, giveUp.Token);
        using var stop = new CancellationTokenSource();
        var book = new Book();
        var began = TimeProvider.System.GetTimestamp();
        var clerks = Enumerable.Range(1, options.Clerks)
            .Select(number => new Clerk(number, new Random(random.Next()), caller, market, book))
            .Select(clerk => Task.Run(() => clerk.WorkAsync(options.Pause, stop.Token))).ToList();
        try
        {
            // Not at once, so that there is something that ends with the day.
            await Task.WhenAll(vandal.RunAsync(options.Duration), MoveAsync(options.Duration / 2));
        }
        finally
        {
            await stop.CancelAsync();
            giveUp.CancelAfter(LastPatience);
            await Task.WhenAll(clerks);
        }

        return TimeProvider.System.GetElapsedTime(began);

        async Task MoveAsync(TimeSpan after)
        {
            await Task.Delay(after, TimeProvider.System);
            await market.MoveAsync(stage.Gateway, setup);
        }
    }
}
