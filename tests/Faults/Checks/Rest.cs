using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>Nothing is on its way any more, and nothing was lost on it.</summary>
internal static class Rest
{
    public static Verdict CameToRest(SystemFacts facts) => new(1, facts.Unrest is { } unrest ? [unrest] : []);

    public static Verdict StreamsHaveNoHoles(SystemFacts facts)
    {
        var events = facts.Log.ToLookup(e => (e.Service, e.Stream), e => e.Version);
        return new Verdict(facts.Streams.Count,
        [
            .. from stream in facts.Streams
               let versions = events[(stream.Service, stream.Stream)].Order().ToList()
               where !versions.SequenceEqual(Enumerable.Range(1, (int)stream.Version).Select(v => (long)v))
               select $"{stream.Service}: {stream.Stream} is at {stream.Version} and has {versions.Count} events",
        ]);
    }

    public static Verdict RelaysAreAtTheEnd(SystemFacts facts) => new(facts.Relays.Count,
    [
        .. from relay in facts.Relays
           where relay.Position != relay.LogEnd
           select $"{relay.Service}: the relay is at {relay.Position}, the log ends at {relay.LogEnd}",
    ]);

    public static Verdict EverythingWasDelivered(SystemFacts facts)
    {
        // What waits in an error queue was delivered; whether it may wait there is another rule.
        var failed = facts.FailedMessages.Select(message => (message.Queue, message.MessageId)).ToHashSet();
        return new Verdict(facts.Deliveries.Sum(delivery => (long)delivery.Expected.Count),
        [
            .. from delivery in facts.Deliveries
               from message in delivery.Expected
               where !delivery.Seen.Contains(message) && !failed.Contains((delivery.Place, message.ToString()))
               select $"{delivery.Place} never saw message {message}",
        ]);
    }

    public static Verdict ErrorQueuesAreExplained(SystemFacts facts) => new(
        facts.Deliveries.Count,
        [
            .. from message in facts.FailedMessages
               where !message.IsExplained
               select $"{message.Queue}: {message.MessageId} failed: {message.Reason}",
        ]);
}
