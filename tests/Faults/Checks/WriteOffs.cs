using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What is given up, of invoices and of receipts.</summary>
internal static class WriteOffs
{
    /// <summary>Nothing is given up again under the same decision, nor more taken back than was given up.</summary>
    public static Verdict GivenUpOnce(SystemFacts facts) => new(facts.GivenUp.Count,
    [
        .. from decision in facts.GivenUp.GroupBy(one => (one.Service, one.Decision, one.IsTakenBack))
           where decision.Count() > 1
           select $"{decision.Key.Service}: {decision.First().Document} has decision {decision.Key.Decision} " +
               $"{decision.Count()} times",
        .. from rest in facts.GivenUp.GroupBy(one => (one.Service, one.Document, one.Installment))
           where IsTakenBackTooFar(rest)
           select $"{rest.Key.Service}: more is taken back of {rest.Key.Document}, installment " +
               $"{rest.Key.Installment}, than was given up",
    ]);

    /// <summary>Each rest of a run has one outcome; the run gives it up once if that says so, else never.</summary>
    public static Verdict RunsDoWhatTheySay(SystemFacts facts)
    {
        var outcomes = facts.RunOutcomes
            .ToLookup(one => (one.Run, one.Document, one.Installment), one => one.IsGivenUp);
        var given = facts.GivenUp.Where(one => one.Run is not null)
            .ToLookup(one => (one.Run!.Value, one.Document, one.Installment), one => one.Net);
        var rests = facts.RunRests.ToDictionary(rest => (rest.Run, rest.Document, rest.Installment));
        return new Verdict(rests.Count,
        [
            .. from rest in rests
               let become = outcomes[rest.Key].ToArray()
               let amounts = given[rest.Key].ToArray()
               where become is not [var isGivenUp] || !amounts.SequenceEqual(isGivenUp ? [rest.Value.Amount] : [])
               select $"run {rest.Key.Run}: {rest.Value.Amount} of {rest.Key.Document} became " +
                   $"[{string.Join(", ", become)}] and [{string.Join(", ", amounts)}] were given up",
            .. from key in given.Select(one => one.Key).Union(outcomes.Select(one => one.Key))
               where !rests.ContainsKey(key)
               select $"run {key.Item1} deals with {key.Document}, which it is not about",
        ]);
    }

    /// <summary>The allowance has paid for what is given up of invoices, and for nothing else.</summary>
    public static Verdict GivenUpIsBooked(SystemFacts facts)
    {
        var given = facts.GivenUp.Where(one => one.Service == "invoicing")
            .GroupBy(one => one.Currency).ToDictionary(all => all.Key, all => all.Sum(one => one.Net));
        var booked = facts.Journal.Where(line => line.Role == "allowance").GroupBy(line => line.Currency)
            .ToDictionary(all => all.Key, all => all.Sum(line => line.Debit - line.Credit));
        return new Verdict(booked.Count,
        [
            .. from currency in given.Keys.Union(booked.Keys)
               where given.GetValueOrDefault(currency) != booked.GetValueOrDefault(currency)
               select $"{given.GetValueOrDefault(currency)} {currency} of invoices are given up, the allowance has " +
                   $"paid {booked.GetValueOrDefault(currency)}",
        ]);
    }

    private static bool IsTakenBackTooFar(IEnumerable<GivenUp> rest)
    {
        var sum = 0m;
        return rest.OrderBy(one => one.Version).Any(one => (sum += one.Net) < 0);
    }
}
