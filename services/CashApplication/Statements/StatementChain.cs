using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// The chain of an account's statements: each opens with the balance that the one before it closed with. Statements
/// come in any order of days; one takes its place where it links to what is booked, before it, behind it or between.
/// One that links to nothing leaves a gap and has to wait, or is let in by a person. Pure.
/// </summary>
public static class StatementChain
{
    /// <summary>The statement's place, or why it has none.</summary>
    /// <param name="booked">The account's statements so far.</param>
    /// <param name="facts">What the statement says.</param>
    /// <param name="acceptsGap">True where a person lets it in although it links to nothing.</param>
    public static StatementPlace Place(IReadOnlyList<StatementBooked> booked, StatementFacts facts, bool acceptsGap)
    {
        ArgumentNullException.ThrowIfNull(booked);
        ArgumentNullException.ThrowIfNull(facts);
        var statement = facts.Statement;
        if (booked.Any(one => one.ContentHash == facts.ContentHash))
            return new StatementPlace(IsRepeat: true, LeavesOutKnown: true, null, null, null);
        if (statement.IsIdUnique && booked.Any(one => one.IsIdUnique && one.StatementId == statement.StatementId
            && one.SequenceNumber == statement.SequenceNumber))
        {
            return Refused(facts, StatementRefusals.IdReused,
                "a statement of this identification and number was imported with another content.");
        }

        if (statement is not { Opening.Amount: var opening, Closing.Amount: var closing })
            return new StatementPlace(false, LeavesOutKnown: facts.Known > 0, null, null, null);
        var links = booked.Where(one => one is { Opening: not null, Closing: not null }).ToArray();
        return Overlap(links, facts, opening, closing)
            ?? Sequel(links, facts, opening, closing)
            ?? Island(links, facts, opening, closing, acceptsGap);
    }

    /// <summary>The booked statements by day, those of one day as their balances lead from one to the next.</summary>
    public static IReadOnlyList<StatementBooked> Order(IEnumerable<StatementBooked> booked)
    {
        var ordered = new List<StatementBooked>();
        foreach (var day in booked.GroupBy(one => one.LastDay).OrderBy(group => group.Key))
        {
            var rest = day.OrderBy(one => one.FirstDay).ToList();
            while (rest.Count > 0)
            {
                var closing = ordered.Count == 0 ? null : ordered[^1].Closing;
                var next = rest.Find(one => one.Opening is not null && one.Opening == closing)
                    ?? rest.Find(one => rest.TrueForAll(other => other == one || other.Closing != one.Opening))
                    ?? rest[0];
                rest.Remove(next);
                ordered.Add(next);
            }
        }

        return ordered;
    }

    /// <summary>Statements that do not open with the balance that the one before them closed with.</summary>
    public static IEnumerable<StatementBooked> Gaps(IEnumerable<StatementBooked> booked)
    {
        var ordered = Order(booked.Where(one => one is { Opening: not null, Closing: not null }));
        return ordered.Skip(1).Where((one, index) => one.Opening != ordered[index].Closing);
    }

    /// <summary>
    /// The lines that are known lead from the statement's opening to a balance that is booked, or from one to its
    /// closing: it repeats them. Where what is repeated sums to nothing (money that came and went again), the balance
    /// cannot tell a repeat from a sequel; then the lines decide, so that none is booked twice.
    /// </summary>
    private static StatementPlace? Overlap(
        StatementBooked[] links, StatementFacts facts, Money opening, Money closing)
    {
        if (facts.Known == 0)
            return null;
        var (after, before) = (opening + facts.KnownSum, closing - facts.KnownSum);
        if (Neighbours(links, facts).Any(one => one.Closing == after))
            return Added(facts, after, closing);
        return Neighbours(links, facts).Any(one => one.Opening == before) ? Added(facts, opening, before) : null;
    }

    /// <summary>Where all lines are known the statement adds nothing, and is no link of the chain.</summary>
    private static StatementPlace Added(StatementFacts facts, Money from, Money to) => facts.Known == facts.Lines
        ? new StatementPlace(false, LeavesOutKnown: true, null, null, null)
        : new StatementPlace(false, LeavesOutKnown: true, from, to, null);

    /// <summary>
    /// It follows on one or leads to one. Balances return to what they were, so two may have linked by chance that
    /// others belong between: those still take their places.
    /// </summary>
    private static StatementPlace? Sequel(
        StatementBooked[] links, StatementFacts facts, Money opening, Money closing)
    {
        var neighbours = Neighbours(links, facts).ToArray();
        var sameDays = Array.FindAll(neighbours, one => !IsEarlier(one, facts) && !IsLater(one, facts));
        var place = new StatementPlace(false, LeavesOutKnown: false, opening, closing, null);
        if (links.Length == 0)
            return place;
        var before = Array.Find(neighbours, one => one.Closing == opening && !IsLater(one, facts));
        if (before is not null)
        {
            var taken = Array.Find(sameDays, one => one != before && one.Opening == opening && one.Closing != opening
                && one.Opening != closing);
            return taken is null ? place : Taken(facts, taken, opening);
        }

        var after = Array.Find(neighbours, one => one.Opening == closing && !IsEarlier(one, facts));
        if (after is null)
            return null;
        var ends = Array.Find(sameDays, one => one != after && one.Closing == closing && one.Opening != closing);
        return ends is null ? place : Taken(facts, ends, closing);
    }

    /// <summary>Nothing links: the statement contradicts what is booked, or something between is missing.</summary>
    private static StatementPlace Island(
        StatementBooked[] links, StatementFacts facts, Money opening, Money closing, bool acceptsGap)
    {
        var sameDays = links.Where(one => !IsEarlier(one, facts) && !IsLater(one, facts)).ToArray();
        var told = Array.Find(sameDays, one => one.Opening == opening || one.Closing == closing
            || one.FirstDay < one.LastDay || facts.FirstDay < facts.Statement.LastDay);
        if (told is not null)
        {
            return facts.Known > 0 && facts.Known == facts.Lines
                ? new StatementPlace(false, LeavesOutKnown: true, null, null, null)
                : Taken(facts, told, opening);
        }

        var (before, after) = Around(links, facts);
        if (acceptsGap)
            return new StatementPlace(false, LeavesOutKnown: facts.Known > 0, opening, closing, null);
        var nearest = before ?? sameDays.FirstOrDefault() ?? after!;
        return Refused(facts, StatementRefusals.Gap, nearest == after
            ? $"it closes with {closing}, but {Name(after)} opens with {after.Opening}: one between them is missing."
            : $"it opens with {opening}, but {Name(nearest)} closed with {nearest.Closing}: " +
                "one between them is missing.");
    }

    /// <summary>The statements of the same days, and the nearest before and behind them.</summary>
    private static IEnumerable<StatementBooked> Neighbours(StatementBooked[] links, StatementFacts facts)
    {
        var (before, after) = Around(links, facts);
        return links.Where(one => (!IsEarlier(one, facts) && !IsLater(one, facts))
            || (before is not null && one.LastDay == before.LastDay)
            || (after is not null && one.FirstDay == after.FirstDay));
    }

    private static (StatementBooked? Before, StatementBooked? After) Around(
        StatementBooked[] links, StatementFacts facts) =>
        (Order(links.Where(one => IsEarlier(one, facts))) is [.., var before] ? before : null,
            Order(links.Where(one => IsLater(one, facts))) is [var after, ..] ? after : null);

    private static bool IsEarlier(StatementBooked one, StatementFacts facts) => one.LastDay < facts.FirstDay;

    private static bool IsLater(StatementBooked one, StatementFacts facts) =>
        (one.FirstDay ?? one.LastDay) > facts.Statement.LastDay;

    private static StatementPlace Taken(StatementFacts facts, StatementBooked by, Money balance) => Refused(
        facts, StatementRefusals.Overlaps,
        $"from the balance of {balance} on, the account is imported already, by {Name(by)}: what this one says of " +
        "the same days is something else.");

    private static string Name(StatementBooked statement) => statement.SequenceNumber is { } number
        ? $"statement {statement.StatementId} (number {number})"
        : $"statement {statement.StatementId}";

    private static StatementPlace Refused(StatementFacts facts, string code, string detail) =>
        new(false, false, null, null, new StatementRefusal(
            code, facts.Statement.Opening?.Line ?? facts.Statement.Line, $"statement {facts.Statement.StatementId}",
            detail));
}
