using OrderToCash.Faults.Facts;
using OrderToCash.Faults.Load;

namespace OrderToCash.Faults.Checks;

/// <summary>What callers were told is what happened.</summary>
internal static class Answers
{
    /// <summary>A file that is refused is kept, with the reason.</summary>
    private const string RefusedFile = "statement_file_refused";

    /// <summary>
    /// Leaves nothing where Collections withdrew the dispute before: what it was about had been written off.
    /// </summary>
    private const string Withdrawal = "dispute withdraw";

    public static Verdict AcceptedHasItsEvents(SystemFacts facts)
    {
        var caused = CausedByRequests(facts);
        var approved = facts.CreditEvents.Where(e => e.Type == "order_approved").Select(e => e.OrderId).ToHashSet();
        var givenUp = facts.Log.Where(e => e.Type == "dispute_withdrawn" && e.By != Caller.Subject)
            .Select(e => e.Stream).ToHashSet();
        List<string> findings = [];
        foreach (var request in facts.Requests)
        {
            var made = caused[request.Correlation].Where(e => e.Type == request.EventType)
                .Select(e => (e.Service, e.Stream)).ToList();
            if (made.Count > request.Most)
                findings.Add($"{Name(request)} made {made.Count} {request.EventType}, at most {request.Most} are due");
            if (request.Outcome != Outcome.Accepted)
                continue;
            if (made.Count == 0 && request.LetsGo is { } order && approved.Contains(order))
                continue;
            if (made.Count == 0 && request.Operation == Withdrawal && givenUp.IsSupersetOf(request.Streams))
                continue;
            var due = request.Streams.Select(stream => (request.Service, stream)).Order();
            if (!made.Order().SequenceEqual(due))
            {
                findings.Add($"{Name(request)} was answered {request.Status} for {request.Streams.Count} " +
                    $"{request.EventType}, but {made.Count} are there, or on other streams");
            }
        }

        return new Verdict(facts.Requests.Count(request => request.Outcome == Outcome.Accepted), findings);
    }

    public static Verdict RefusedHasNone(SystemFacts facts)
    {
        var caused = CausedByRequests(facts);
        var kept = facts.Answers.Select(answer => (answer.Service, answer.Key)).ToHashSet();
        var refused = facts.Requests.Where(request => request.Outcome == Outcome.Refused).ToList();
        var refusedFiles = facts.Log.Where(e => e.Type == RefusedFile).Select(e => e.Stream).ToHashSet();
        return new Verdict(refused.Count,
        [
            .. from request in refused
               from e in caused[request.Correlation]
               where e.Type is not (RefusedFile or "statement_effects_held") || !refusedFiles.Contains(e.Stream)
               select $"{Name(request)} was refused with {request.Status}, but left {e.Type} on {e.Stream}",
            .. from request in refused
               where request.HasOwnKey && kept.Contains((request.Service, request.Key))
               select $"{Name(request)} was refused with {request.Status}, but an answer is kept under its key",
        ]);
    }

    public static Verdict NothingUnasked(SystemFacts facts)
    {
        var asked = facts.Requests.Select(request => request.Correlation).ToHashSet(StringComparer.Ordinal);
        var made = facts.Log.Where(e => e.By == Caller.Subject).ToList();
        return new Verdict(made.Count,
        [
            .. from e in made
               where e.Correlation is null || !asked.Contains(e.Correlation)
               select $"{e.Service}: {e.Type} on {e.Stream} belongs to no request",
        ]);
    }

    public static Verdict SameKeySameAnswer(SystemFacts facts)
    {
        var kept = facts.Answers.ToDictionary(answer => (answer.Service, answer.Key));
        List<string> findings = [];
        var examined = 0;
        foreach (var request in facts.Requests.Where(request => request.Outcome == Outcome.Accepted))
        {
            examined++;
            if (!kept.TryGetValue((request.Service, request.Key), out var answer))
                findings.Add($"{Name(request)} was answered {request.Status}, but no answer is kept under its key");
            else if (answer.Hash != request.AnswerHash || answer.Status != request.Status)
                findings.Add($"{Name(request)} was answered otherwise than what is kept under its key");
            if (request.Repeats.Any(repeat => repeat != request.AnswerHash))
                findings.Add($"{Name(request)} was answered otherwise when it was repeated");
        }

        return new Verdict(examined, findings);
    }

    public static Verdict NoInternalError(SystemFacts facts) => new(
        facts.Statuses.Values.Sum(),
        facts.Statuses.GetValueOrDefault(500) is var count and > 0 ? [$"{count} answers were 500"] : []);

    private static ILookup<string, LogEntry> CausedByRequests(SystemFacts facts) => facts.Log
        .Where(e => e.By == Caller.Subject && e.Correlation is not null)
        .ToLookup(e => e.Correlation!, StringComparer.Ordinal);

    private static string Name(RememberedRequest request) => $"{request.Operation} {request.Key}";
}
