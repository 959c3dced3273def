using System.Globalization;

namespace OrderToCash.Faults;

/// <summary>A run as people read it.</summary>
internal static class Report
{
    private const int FindingsShown = 10;

    public static void Print(RunResult run, Action<string> say)
    {
        var facts = run.Facts;
        say("");
        say(Text(
            $"Seed {run.Options.Seed}, {run.Options.Clerks} clerks, load for {run.Took.TotalMinutes:0.0} minutes."));
        say("");
        foreach (var operation in facts.Requests.GroupBy(request => request.Operation).OrderBy(group => group.Key))
        {
            var outcomes = operation.CountBy(request => request.Outcome).OrderBy(outcome => outcome.Key);
            var ends = string.Join(", ", outcomes.Select(o => Text($"{o.Value} {o.Key}").ToLowerInvariant()));
            say($"  {operation.Key,-36} {ends}");
        }

        say("");
        var statuses = facts.Statuses.OrderBy(status => status.Key);
        say("  attempts by status (0: no answer)    "
            + string.Join(", ", statuses.Select(status => Text($"{status.Key}: {status.Value}"))));
        foreach (var (fault, times) in run.Faults.OrderBy(fault => fault.Key, StringComparer.Ordinal))
            say(Text($"  {fault,-36} {times} times"));
        say(Text($"  {"events",-36} {facts.Log.Count}"));
        say(Text($"  {"messages sent back from error queues",-36} {run.Replayed}"));
        say("");
        foreach (var (check, verdict) in run.Verdicts)
        {
            var holds = verdict.Findings.Count == 0 ? "holds" : Text($"{verdict.Findings.Count} FINDINGS");
            say(Text($"  {check.Name,-66} {verdict.Examined,9} examined   {holds}"));
            foreach (var finding in verdict.Findings.Take(FindingsShown))
                say($"      {finding}");
        }

        say("");
        say(run.AllHold ? "Everything holds." : $"NOT EVERYTHING HOLDS. Logs: {run.Logs}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
