using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Tests;

internal sealed partial record Spoil
{
    private static IEnumerable<Spoil> OfPromises()
    {
        const string once = "a promise is judged once, by what has come";
        yield return new(once, "one is kept twice", facts => facts with
        {
            PromiseEvents = Twice(
                facts.PromiseEvents, e => e.Type == "promise_kept", e => e with { Version = e.Version + 1_000 }),
        });
        yield return new(once, "one that was taken back is judged", facts => facts with
        {
            PromiseEvents =
            [
                .. facts.PromiseEvents, After(facts.PromiseEvents[0], "promise_cancelled", 1_000),
                After(facts.PromiseEvents[0], "promise_broken", 1_001),
            ],
        });
        yield return new(once, "one is said to be kept by too little", facts => facts with
        {
            PromiseEvents = Changed(
                facts.PromiseEvents, e => e.Type == "promise_kept",
                e => e with { Received = e.Needed - e.GivenUp - Cent }),
        });
        yield return new(once, "one is said to be broken with money", facts => facts with
        {
            PromiseEvents =
            [
                .. facts.PromiseEvents,
                After(facts.PromiseEvents[0], "promise_partly_kept", 1_000) with { Received = Cent },
                After(facts.PromiseEvents[0], "promise_broken", 1_001) with { Received = Cent },
            ],
        });
        const string money = "what became of a promise is what the money makes of it";
        yield return new(money, "the money that kept it was there before", facts => facts with
        {
            PromisedItems =
            [
                .. facts.PromisedItems.Select(item => item.Promise == KeptIn(facts).Promise
                    ? item with { SourceVersion = 1_000_000 }
                    : item),
            ],
        });
        yield return new(money, "it was kept and counts as broken", facts => facts with
        {
            PromiseEvents = Changed(
                facts.PromiseEvents, e => e == KeptIn(facts), e => e with { Type = "promise_broken" }),
        });
        yield return new(money, "money that came too late counts", facts => facts with
        {
            PromiseEvents = Changed(
                facts.PromiseEvents, e => e == KeptIn(facts), e => e with { JudgedAfter = DateTime.MinValue }),
        });
        yield return new(money, "nobody judged it when its day was over", facts => facts with
        {
            PromiseEvents = Changed(
                facts.PromiseEvents, e => e == KeptIn(facts),
                e => e with { Type = "promise_made", JudgedAfter = DateTime.MinValue }),
        });
    }

    private static IEnumerable<Spoil> OfHolds()
    {
        const string kept = "nobody is written to under a hold";
        yield return new(kept, "a notice went out under a block", facts => facts with
        {
            Holds = [.. facts.Holds, SpanOver(facts, "notice_sent", "DunningBlock")],
        });
        yield return new(kept, "somebody was contacted who does not want that", facts => facts with
        {
            Holds = [.. facts.Holds, SpanOver(facts, "contact_attempted", "DoNotContact")],
        });
        yield return new(kept, "somebody was handed over who is bankrupt", facts => facts with
        {
            Holds = [.. facts.Holds, SpanOver(facts, "placement_made", "Bankruptcy")],
        });
        yield return new(kept, "an invoice was asked for that is held", facts => facts with
        {
            Holds =
            [
                .. facts.Holds,
                SpanOver(facts, "notice_sent", "DunningBlock") with
                {
                    Invoice = facts.Contacts.First(one => one.Type == "notice_sent").Invoice,
                },
            ],
        });
        yield return new(kept, "a hold ended twice", facts => facts with
        {
            Holds = Changed(facts.Holds, _ => true, hold => hold with { Ends = 2 }),
        });
        yield return new(kept, "a hold did not end with its last day", facts => facts with
        {
            Holds =
            [
                .. facts.Holds,
                SpanOver(facts, "notice_sent", "DunningBlock") with
                {
                    Customer = Some,
                    Until = null,
                    Ends = 0,
                    LastDay = DateTime.MinValue,
                },
            ],
        });
    }

    /// <summary>A promise that is kept, and of whose customer everything is known.</summary>
    private static PromiseEvent KeptIn(SystemFacts facts) => facts.PromiseEvents.GroupBy(e => e.Promise)
        .Select(promise => promise.MaxBy(e => e.Version)!)
        .First(e => e.Type == "promise_kept" && !facts.Unreviewed.Contains(e.Customer));

    private static PromiseEvent After(PromiseEvent e, string type, int versions) =>
        e with { Version = e.Version + versions, Type = type, Received = 0, GivenUp = 0 };

    /// <summary>A hold that ended just after somebody was contacted.</summary>
    private static HoldSpan SpanOver(SystemFacts facts, string type, string kind)
    {
        var contact = facts.Contacts.First(one => one.Type == type);
        return new HoldSpan(
            Some, facts.Holds[0].Entity, contact.Customer, kind, null, contact.At - 1, contact.At + 1, Ends: 1,
            LastDay: null);
    }
}
