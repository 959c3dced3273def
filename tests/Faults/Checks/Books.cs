using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>The accounting.</summary>
internal static class Books
{
    public static Verdict EntriesBalance(SystemFacts facts)
    {
        var entries = facts.Journal.GroupBy(line => (line.Entry, line.Currency)).ToList();
        return new Verdict(entries.Count,
        [
            .. from entry in entries
               let difference = entry.Sum(line => line.Debit - line.Credit)
               where difference != 0
               select $"entry {entry.Key.Entry} is out of balance by {difference} {entry.Key.Currency}",
        ]);
    }

    public static Verdict ControlAccountsTie(SystemFacts facts)
    {
        var receipts = facts.ReceiptEvents.GroupBy(e => e.Receipt).Select(receipt => (
            Entity: receipt.First(e => e.Version == 1).Entity!, Last: receipt.MaxBy(e => e.Version)!)).ToList();
        var due = facts.OpenItems
            .Select(item => (item.Entity, Role: "receivables", item.Currency, Amount: item.Balance))
            .Concat(facts.Memos.Select(memo => (memo.Entity, Role: "receivables", memo.Currency, Amount: -memo.Open)))
            .Concat(receipts.Select(receipt => (
                receipt.Entity, Role: receipt.Last.Customer is null ? "unidentified-cash" : "unapplied-cash",
                receipt.Last.Currency, Amount: -(receipt.Last.Unapplied + receipt.Last.Pending))))
            .GroupBy(row => (row.Entity, row.Role, row.Currency))
            .ToDictionary(account => account.Key, account => account.Sum(row => row.Amount));
        var booked = facts.Journal
            .Where(line => line.Role is "receivables" or "unapplied-cash" or "unidentified-cash")
            .GroupBy(line => (line.Entity, line.Role, line.Currency))
            .ToDictionary(account => account.Key, account => account.Sum(line => line.Debit - line.Credit));
        return new Verdict(booked.Count,
        [
            .. from account in due.Keys.Union(booked.Keys)
               where due.GetValueOrDefault(account) != booked.GetValueOrDefault(account)
               select $"{account}: {booked.GetValueOrDefault(account)} on the account, " +
                   $"{due.GetValueOrDefault(account)} by items and receipts",
        ]);
    }

    public static Verdict NumbersAreGapless(SystemFacts facts)
    {
        var given = facts.Numbers.ToLookup(number => number.Series, number => number.Number);
        var last = facts.Series.ToDictionary(series => series.Series, series => series.Last);
        return new Verdict(facts.Numbers.Count,
        [
            .. from series in given.Select(series => series.Key).Union(last.Keys)
               let expected = last.GetValueOrDefault(series)
               let numbers = given[series].Order().ToList()
               where !numbers.SequenceEqual(Enumerable.Range(1, (int)expected).Select(n => (long)n))
               select $"{series}: {numbers.Count} numbers given out ({numbers.Distinct().Count()} different), " +
                   $"the series is at {expected}",
        ]);
    }
}
