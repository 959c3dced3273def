using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What customers say they will pay, and who is left alone.</summary>
internal static class Promises
{
    private const string DunningBlock = "DunningBlock";

    /// <summary>Each word about a promise is another one than the last, and says enough money for it.</summary>
    public static Verdict AreJudgedOnce(SystemFacts facts) => new(facts.PromiseEvents.Count,
    [
        .. from promise in facts.PromiseEvents.GroupBy(e => e.Promise)
           let events = promise.OrderBy(e => e.Version).ToList()
           from pair in events.Zip(events.Skip(1))
           where pair.First.IsTakenBack || StatusAfter(pair.First) == StatusAfter(pair.Second)
           select $"promise {promise.Key} at {pair.Second.Version}: {pair.Second.Type} after {pair.First.Type}",
        .. from e in facts.PromiseEvents
           where !IsSaidBy(e, e.Received, e.GivenUp)
           select $"promise {e.Promise} at {e.Version}: {e.Type} of {e.Needed}, with {e.Received}, " +
               $"and {e.GivenUp} given up",
    ]);

    /// <summary>
    /// What last became of a promise is what the money of Invoicing makes of it; something has, once its day is over.
    /// </summary>
    public static Verdict AreJudgedByTheMoney(SystemFacts facts)
    {
        var items = facts.PromisedItems.ToLookup(item => item.Promise);
        var falls = facts.ItemFalls.ToLookup(fall => (fall.Invoice, fall.Installment));
        var judged = facts.PromiseEvents.GroupBy(e => e.Promise).Select(promise => promise.MaxBy(e => e.Version)!)
            .Where(last => !last.IsTakenBack && !facts.Unreviewed.Contains(last.Customer)).ToList();
        return new Verdict(judged.Count,
        [
            .. from last in judged
               let became = Became(last, items[last.Promise], falls)
               where !IsSaidBy(last, became.Received, became.GivenUp)
               select $"promise {last.Promise}: {last.Type} of {last.Needed}, and {became.Received} have come in " +
                   $"time, with {became.GivenUp} given up",
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

    /// <summary>What was given up is not needed; nor does it keep a promise of which nothing has come.</summary>
    private static bool IsSaidBy(PromiseEvent e, decimal received, decimal givenUp)
    {
        var isEnough = received >= e.Needed - givenUp;
        return e.Type switch
        {
            "promise_kept" => received > 0 && isEnough,
            "promise_partly_kept" => received > 0 && !isEnough,
            "promise_broken" => received <= 0 && givenUp < e.Needed,
            "promise_cancelled" => e.IsTakenBack || (received <= 0 && givenUp >= e.Needed),
            _ => received <= 0 || !isEnough,
        };
    }

    /// <summary>
    /// Received are money in time, and credits in time as far as they leave less to owe than was promised; given up is
    /// what write-offs in time take of that after them.
    /// </summary>
    private static (decimal Received, decimal GivenUp) Became(
        PromiseEvent promise, IEnumerable<PromisedItem> items, ILookup<(Guid, int), ItemFall> falls)
    {
        decimal open = 0, paid = 0, credited = 0, writtenOff = 0;
        foreach (var item in items)
        {
            open += item.Open;
            foreach (var fall in falls[(item.Invoice, item.Installment)].Where(f => f.Version > item.SourceVersion))
            {
                var isInTime = fall.Day <= promise.JudgedAfter;
                paid += fall.IsPayment && isInTime ? fall.Amount : 0;
                writtenOff += fall.IsGivenUp && isInTime ? fall.Amount : 0;
                credited += !fall.IsPayment && !fall.IsGivenUp && (isInTime || fall.Amount < 0) ? fall.Amount : 0;
            }
        }

        var byCredits = Math.Max(credited - (open - promise.Amount), 0);
        var byBoth = Math.Max(credited + writtenOff - (open - promise.Amount), 0);
        return (paid + byCredits, Math.Max(byBoth - byCredits, 0));
    }
}
