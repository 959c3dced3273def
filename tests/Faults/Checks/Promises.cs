using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What customers say they will pay, and who is left alone.</summary>
internal static class Promises
{
    private const string DunningBlock = "DunningBlock";

    /// <summary>Each word about a promise is another one than the last, and says enough money for it.</summary>
    public static Verdict AreJudgedOnce(SystemFacts facts)
    {
        var givenUp = GivenUp(facts);
        return new Verdict(facts.PromiseEvents.Count,
        [
            .. from promise in facts.PromiseEvents.GroupBy(e => e.Promise)
               let events = promise.OrderBy(e => e.Version).ToList()
               from pair in events.Zip(events.Skip(1))
               where pair.First.Type == "promise_cancelled" || StatusAfter(pair.First) == StatusAfter(pair.Second)
               select $"promise {promise.Key} at {pair.Second.Version}: {pair.Second.Type} after {pair.First.Type}",
            .. from e in facts.PromiseEvents
               where !IsSaidBy(e, e.Received, givenUp[e.Promise])
               select $"promise {e.Promise} at {e.Version}: {e.Type} of {e.Needed}, with {e.Received}",
        ]);
    }

    /// <summary>
    /// What last became of a promise is what the money of Invoicing makes of it; something has, once its day is over.
    /// </summary>
    public static Verdict AreJudgedByTheMoney(SystemFacts facts)
    {
        var items = facts.PromisedItems.ToLookup(item => item.Promise);
        var givenUp = GivenUp(facts);
        var falls = facts.ItemFalls.ToLookup(fall => (fall.Invoice, fall.Installment));
        var judged = facts.PromiseEvents.GroupBy(e => e.Promise).Select(promise => promise.MaxBy(e => e.Version)!)
            .Where(last => last.Type != "promise_cancelled" && !facts.Unreviewed.Contains(last.Customer)).ToList();
        return new Verdict(judged.Count,
        [
            .. from last in judged
               let money = Received(last, items[last.Promise], falls)
               where !IsSaidBy(last, money, givenUp[last.Promise])
               select $"promise {last.Promise}: {last.Type} of {last.Needed}, and {money} have come in time",
            .. from last in judged
               where last.Type is "promise_made" or "promise_reopened" && IsOver(last.JudgedAfter, last.Entity, facts)
               select $"promise {last.Promise}: nobody has judged it since {last.JudgedAfter:yyyy-MM-dd}",
        ]);
    }

    /// <summary>
    /// Nobody is written to, nor asked for what is held, under a hold that forbids it; it ends once, and with its last
    /// day at the latest.
    /// </summary>
    public static Verdict HoldsAreKept(SystemFacts facts)
    {
        var holds = facts.Holds.ToLookup(hold => hold.Customer);
        return new Verdict(facts.Contacts.Sum(contact => holds[contact.Customer].LongCount()),
        [
            .. from contact in facts.Contacts
               from hold in holds[contact.Customer]
               where hold.From < contact.At && !(hold.Until < contact.At) && Forbids(hold, contact)
               select $"{contact.Type} at {contact.At} of customer {contact.Customer} under {hold}",
            .. from hold in facts.Holds
               where hold.Ends > 1
               select $"hold {hold.Hold} was ended {hold.Ends} times",
            .. from hold in facts.Holds
               where hold is { Until: null, LastDay: { } day } && IsOver(day, hold.Entity, facts)
               select $"hold {hold.Hold} goes on after {hold.LastDay:yyyy-MM-dd}",
        ]);
    }

    private static bool IsOver(DateTime day, string entity, SystemFacts facts) => day < facts.Days[entity];

    /// <summary>A block lets people get in touch; all others forbid that, too.</summary>
    private static bool Forbids(HoldSpan hold, ContactMade contact) => hold.Invoice is { } invoice
        ? contact.Invoice == invoice
        : contact.Type == "notice_sent" || hold.Kind != DunningBlock;

    private static string StatusAfter(PromiseEvent e) => e.Type == "promise_reopened" ? "promise_made" : e.Type;

    private static bool IsSaidBy(PromiseEvent e, decimal received, decimal givenUp) => e.Type switch
    {
        "promise_kept" => received > 0 && received >= e.Needed - givenUp,
        "promise_partly_kept" => received > 0 && received < e.Needed,
        "promise_broken" => received <= 0,
        "promise_cancelled" => true,
        _ => received < e.Needed,
    };

    /// <summary>The most that was given up of each promise since it was made: so much less may have kept it.</summary>
    private static Dictionary<Guid, decimal> GivenUp(SystemFacts facts)
    {
        var ofItem = facts.GivenUp.Where(one => one is { Service: "invoicing", IsTakenBack: false })
            .ToLookup(one => (one.Document, one.Installment));
        return facts.PromisedItems.GroupBy(item => item.Promise).ToDictionary(
            promise => promise.Key,
            promise => promise.Sum(item => ofItem[(item.Invoice, item.Installment)]
                .Where(one => one.Version > item.SourceVersion).Sum(one => one.Amount)));
    }

    /// <summary>Money in time, and credits in time as far as they leave less to owe than was promised.</summary>
    private static decimal Received(
        PromiseEvent promise, IEnumerable<PromisedItem> items, ILookup<(Guid, int), ItemFall> falls)
    {
        decimal open = 0, paid = 0, credited = 0;
        foreach (var item in items)
        {
            open += item.Open;
            foreach (var fall in falls[(item.Invoice, item.Installment)].Where(f => f.Version > item.SourceVersion))
            {
                var isInTime = fall.Day <= promise.JudgedAfter;
                paid += fall.IsPayment && isInTime ? fall.Amount : 0;
                credited += !fall.IsPayment && (isInTime || fall.Amount < 0) ? fall.Amount : 0;
            }
        }

        return paid + Math.Max(credited - (open - promise.Amount), 0);
    }
}
