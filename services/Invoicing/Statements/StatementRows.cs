using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>What was owed before the period, in one currency.</summary>
public sealed record OpeningRow(string Currency, decimal Amount);

/// <summary>What one event changed on one document within the period.</summary>
/// <param name="Version">Which event of the document it is; 0 where an older version recorded it.</param>
public sealed record EntryRow(
    string Currency, DateOnly Date, DateTimeOffset RecordedAt, Guid EventId, string Kind, string Number,
    decimal Amount, long Version = 0);

/// <summary>What of one installment is open at the end of the period.</summary>
public sealed record ItemRow(
    string Currency, string Number, int Installment, DateOnly DocumentDate, DateOnly DueDate, decimal Issued,
    decimal Open);

/// <summary>Cash not applied at the end of the period, in one currency.</summary>
public sealed record CashRow(string Currency, decimal Amount);

/// <summary>Makes the accounts of a statement of what the ledger holds; pure, so the same rows say the same.</summary>
public static class StatementRows
{
    private static readonly (string Name, int MostDays)[] Buckets =
        [("current", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120), ("120+", int.MaxValue)];

    /// <summary>One account per currency that occurs.</summary>
    /// <param name="to">Last day of the period.</param>
    /// <param name="outstandingOnly">Leave the entries out.</param>
    public static IReadOnlyList<StatementAccount> Accounts(
        DateOnly to, bool outstandingOnly, IReadOnlyCollection<OpeningRow> openings,
        IReadOnlyCollection<EntryRow> entries, IReadOnlyCollection<ItemRow> items, IReadOnlyCollection<CashRow> cash)
    {
        var currencies = openings.Select(row => row.Currency).Concat(entries.Select(row => row.Currency))
            .Concat(items.Select(row => row.Currency)).Concat(cash.Select(row => row.Currency))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return
        [
            .. currencies.Select(code => Account(
                Currency.Of(code), to, outstandingOnly,
                openings.Where(row => row.Currency == code).Sum(row => row.Amount),
                [.. entries.Where(row => row.Currency == code)], [.. items.Where(row => row.Currency == code)],
                cash.Where(row => row.Currency == code).Sum(row => row.Amount))),
        ];
    }

    /// <summary>What several customers come to together, one account per currency, without entries and items.</summary>
    public static IReadOnlyList<StatementAccount> Together(IEnumerable<StatementAccount> accounts) =>
    [
        .. accounts.GroupBy(account => account.Currency, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
            {
                var currency = Currency.Of(group.Key);
                Money Sum(Func<StatementAccount, Money> part) => Money.Sum(group.Select(part), currency);
                return new StatementAccount(
                    group.Key, Sum(one => one.Opening), [], group.Sum(one => one.Movements), Sum(one => one.Charges),
                    Sum(one => one.Credits), Sum(one => one.Closing), Sum(one => one.UnappliedCash),
                    Sum(one => one.Due),
                    [.. Buckets.Select((bucket, index) => new AgedAmount(
                        bucket.Name, Sum(one => one.Aging[index].Amount)))], []);
            }),
    ];

    private static StatementAccount Account(
        Currency currency, DateOnly to, bool outstandingOnly, decimal opening, IReadOnlyList<EntryRow> rows,
        IReadOnlyList<ItemRow> itemRows, decimal cash)
    {
        var balance = Money.Of(opening, currency);
        var entries = new List<StatementEntry>(rows.Count);
        foreach (var row in rows.OrderBy(row => row.Date).ThenBy(row => row.RecordedAt)
            .ThenBy(row => row.Number, StringComparer.Ordinal).ThenBy(row => row.Version).ThenBy(row => row.EventId))
        {
            var amount = Money.Of(row.Amount, currency);
            balance += amount;
            entries.Add(new StatementEntry(row.Date, row.Kind, row.Number, amount, balance));
        }

        List<StatementItem> items =
        [
            .. itemRows.OrderBy(row => row.DueDate).ThenBy(row => row.Number, StringComparer.Ordinal)
                .ThenBy(row => row.Installment)
                .Select(row => new StatementItem(
                    row.Number, row.Installment, row.DocumentDate, row.DueDate,
                    Math.Max(0, to.DayNumber - row.DueDate.DayNumber), Money.Of(row.Issued, currency),
                    Money.Of(row.Open, currency))),
        ];
        var unapplied = Money.Of(cash, currency);
        return new StatementAccount(
            currency.Code, Money.Of(opening, currency), outstandingOnly ? [] : entries, entries.Count,
            Money.Sum(entries.Where(entry => entry.Amount.IsPositive).Select(entry => entry.Amount), currency),
            Money.Sum(entries.Where(entry => entry.Amount.IsNegative).Select(entry => entry.Amount), currency),
            balance, unapplied, balance - unapplied, Aging(items, currency), items);
    }

    private static AgedAmount[] Aging(IEnumerable<StatementItem> items, Currency currency)
    {
        var byBucket = items.ToLookup(
            item => Buckets.First(bucket => item.DaysOverdue <= bucket.MostDays).Name, item => item.Open);
        return [.. Buckets.Select(bucket => new AgedAmount(bucket.Name, Money.Sum(byBucket[bucket.Name], currency)))];
    }
}
