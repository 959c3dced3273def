using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What customers may owe. The credit events are played again by rules written down here once more.</summary>
internal static class CreditRisk
{
    public static Verdict ExposureIsItsParts(SystemFacts facts)
    {
        var receivables = facts.OpenItems.GroupBy(item => (item.Customer, item.Currency))
            .ToDictionary(group => group.Key, group => group.Sum(item => item.Balance));
        var cash = facts.ReceiptEvents.GroupBy(e => e.Receipt).Select(receipt => receipt.MaxBy(e => e.Version)!)
            .Where(last => last.Customer is not null)
            .GroupBy(last => (Customer: last.Customer!.Value, last.Currency))
            .ToDictionary(group => group.Key, group => group.Sum(last => last.Unapplied));
        var orders = Stories(facts).ToDictionary(story => (story.Customer, story.Currency), story => story.Orders);
        var rows = facts.Exposures.ToDictionary(row => (row.Customer, row.Currency));
        return new Verdict(rows.Count,
        [
            .. from account in rows.Keys.Union(receivables.Keys).Union(cash.Keys)
               let row = rows.GetValueOrDefault(account)
               let due = (Receivables: receivables.GetValueOrDefault(account),
                   Orders: orders.GetValueOrDefault(account), Cash: cash.GetValueOrDefault(account))
               where due != (row?.Receivables ?? 0, row?.Orders ?? 0, row?.Cash ?? 0)
               select $"customer {account.Customer}: exposure {row}, by items, orders and receipts {due}",
        ]);
    }

    public static Verdict NoOrderOverItsLimit(SystemFacts facts)
    {
        List<string> findings = [];
        foreach (var account in facts.CreditEvents.GroupBy(e => e.Customer))
        {
            var story = new CreditStory(account.Key);
            foreach (var e in account.OrderBy(e => e.Version))
            {
                story.Add(e);
                if (e.Orders is not null && !story.IsAsTold(e))
                {
                    findings.Add(
                        $"customer {account.Key} at {e.Version}: the exposure is not the sum of what is known");
                }

                if (e.Type == "order_approved" && story.Total > story.Limit)
                {
                    findings.Add($"customer {account.Key} at {e.Version}: order {e.OrderId} was approved to an " +
                        $"exposure of {story.Total}, the limit is {story.Limit}");
                }
            }
        }

        return new Verdict(facts.CreditEvents.Count(e => e.Type == "order_approved"), findings);
    }

    private static IEnumerable<CreditStory> Stories(SystemFacts facts) =>
        facts.CreditEvents.GroupBy(e => e.Customer).Select(account =>
        {
            var story = new CreditStory(account.Key);
            foreach (var e in account.OrderBy(e => e.Version))
                story.Add(e);
            return story;
        });

    /// <summary>One account; the load keeps to one currency per customer.</summary>
    private sealed class CreditStory(Guid customer)
    {
        private readonly Dictionary<string, decimal> _items = new(StringComparer.Ordinal);
        private readonly Dictionary<string, decimal> _orders = new(StringComparer.Ordinal);
        private readonly Dictionary<Guid, decimal> _receipts = [];

        public Guid Customer => customer;

        public string Currency { get; private set; } = "";

        public decimal Limit { get; private set; }

        public decimal Receivables { get; private set; }

        public decimal Orders { get; private set; }

        public decimal Cash { get; private set; }

        public decimal Total => Receivables + Orders - Cash;

        public bool IsAsTold(CreditEvent e) => (e.Receivables, e.Orders, e.Cash) == (Receivables, Orders, Cash);

        public void Add(CreditEvent e)
        {
            Currency = e.Currency ?? Currency;
            Limit = e.Limit ?? Limit;
            if (e.Item is { } item && e.Balance is { } balance)
                Receivables += Moved(_items, item, balance);
            if (e.OrderId is { } order && e.Reserved is { } reserved)
                Orders += Moved(_orders, order, reserved);
            if (e.Receipt is { } receipt && e.Unapplied is { } unapplied)
                Cash += Moved(_receipts, receipt, unapplied);
        }

        private static decimal Moved<TKey>(Dictionary<TKey, decimal> amounts, TKey key, decimal now)
            where TKey : notnull
        {
            var before = amounts.GetValueOrDefault(key);
            amounts[key] = now;
            return now - before;
        }
    }
}
