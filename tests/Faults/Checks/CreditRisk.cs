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
        var stories = Stories(facts).ToDictionary(story => (story.Customer, story.Currency));
        var orders = stories.ToDictionary(story => story.Key, story => story.Value.Orders);
        var deliveries = Unbilled(facts);
        var credits = facts.Memos.GroupBy(memo => (memo.Customer, memo.Currency))
            .ToDictionary(group => group.Key, group => group.Sum(memo => memo.Open));
        var rows = facts.Exposures.ToDictionary(row => (row.Customer, row.Currency));
        return new Verdict(rows.Count,
        [
            .. from account in rows.Keys.Union(receivables.Keys).Union(cash.Keys)
               let row = rows.GetValueOrDefault(account)
               let due = (Receivables: receivables.GetValueOrDefault(account),
                   Orders: orders.GetValueOrDefault(account), Cash: cash.GetValueOrDefault(account),
                   Deliveries: deliveries.GetValueOrDefault(account), Credits: credits.GetValueOrDefault(account))
               where due != (
                   row?.Receivables ?? 0, row?.Orders ?? 0, row?.Cash ?? 0, row?.Deliveries ?? 0, row?.Credits ?? 0)
               select $"customer {account.Customer}: exposure {row}, by items, orders, receipts and credits {due}" +
                   (stories.TryGetValue(account, out var story) ? NotedOtherwise(facts, story) : ""),
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

    /// <summary>
    /// What is delivered of orders less what Invoicing bills of them: invoices that are not void, less the credit memos
    /// for them but those for the price or goodwill.
    /// </summary>
    private static Dictionary<(Guid Customer, string Currency), decimal> Unbilled(SystemFacts facts)
    {
        var billed = Bills(facts).GroupBy(bill => (bill.Customer, bill.OrderId, bill.Currency))
            .ToDictionary(bills => bills.Key, bills => bills.Sum(bill => bill.Amount));
        return facts.CreditEvents.Where(e => e.Type == "delivery_recorded")
            .GroupBy(e => (e.Customer, OrderId: e.OrderId!, Currency: e.Currency!))
            .Select(order => (order.Key.Customer, order.Key.Currency, Open: Math.Max(
                0, order.MaxBy(e => e.Version)!.Delivered!.Value - billed.GetValueOrDefault(order.Key))))
            .GroupBy(order => (order.Customer, order.Currency))
            .ToDictionary(account => account.Key, account => account.Sum(order => order.Open));
    }

    /// <summary>What each invoice bills of its order, by Invoicing; nothing once it is void.</summary>
    private static IEnumerable<(Guid Customer, string OrderId, string Currency, Guid Invoice, decimal Amount)> Bills(
        SystemFacts facts)
    {
        var voided = facts.Invoices.Where(row => row.IsVoid).Select(row => row.Invoice).ToHashSet();
        var credited = facts.MemoEvents
            .Where(e => e is { Type: "credit_memo_issued", Invoice: not null }
                && e.Reason is not ("Price" or "Goodwill"))
            .GroupBy(e => e.Invoice!.Value).ToDictionary(memos => memos.Key, memos => memos.Sum(memo => memo.Amount));
        return facts.Billed.Where(row => row.OrderId is not null).Select(row => (
            row.Customer, row.OrderId!, row.Currency, row.Invoice,
            voided.Contains(row.Invoice)
                ? 0 : Math.Max(0, row.Total - credited.GetValueOrDefault(row.Invoice))));
    }

    /// <summary>Invoices of which Credit has noted another bill than Invoicing: where a difference is from.</summary>
    private static string NotedOtherwise(SystemFacts facts, CreditStory story) => string.Concat(
        from bill in Bills(facts)
        where bill.Customer == story.Customer && bill.Currency == story.Currency
        let noted = story.BilledBy(bill.Invoice)
        where noted != bill.Amount
        select $"; invoice {bill.Invoice} bills {bill.Amount} of order {bill.OrderId}, noted are {noted}");

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
        private readonly Dictionary<Guid, decimal> _credits = [];
        private readonly Dictionary<string, decimal> _delivered = new(StringComparer.Ordinal);
        private readonly Dictionary<string, decimal> _billed = new(StringComparer.Ordinal);
        private readonly Dictionary<Guid, OrderBill> _bills = [];

        public Guid Customer => customer;

        public string Currency { get; private set; } = "";

        public decimal Limit { get; private set; }

        public decimal Receivables { get; private set; }

        public decimal Orders { get; private set; }

        public decimal Cash { get; private set; }

        public decimal Credits { get; private set; }

        /// <summary>Of each order what is delivered and not billed yet.</summary>
        public decimal Deliveries { get; private set; }

        public decimal Total => Receivables + Deliveries + Orders - Cash;

        /// <summary>What is noted of an invoice's bill of its order.</summary>
        public decimal BilledBy(Guid invoice) => _bills.GetValueOrDefault(invoice)?.Bills ?? 0;

        public bool IsAsTold(CreditEvent e) => (e.Receivables, e.Orders, e.Cash, e.Deliveries, e.Credits)
            == (Receivables, Orders, Cash, Deliveries, Credits);

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
            if (e.Memo is { } memo && e.OpenCredit is { } open)
                Credits += Moved(_credits, memo, open);
            if (e is { Delivered: { } delivered, OrderId: { } of })
                Move(of, () => _delivered[of] = delivered);
            if (e.Invoice is { } invoice)
                Bill(e, invoice);
        }

        private void Bill(CreditEvent e, Guid invoice)
        {
            if (!_bills.TryGetValue(invoice, out var bill))
                _bills[invoice] = bill = new OrderBill();
            var before = bill.Bills;
            if (e is { Billed: { } billed, Item: { } item, OrderId: { } order })
            {
                bill.OrderId = order;
                bill.Items[item] = billed;
            }

            if (e is { Credited: { } credited, Memo: { } memo })
                bill.Credits[memo] = credited;
            if (bill.OrderId is { } of && bill.Bills != before)
                Move(of, () => _billed[of] = _billed.GetValueOrDefault(of) - before + bill.Bills);
        }

        private void Move(string order, Action change)
        {
            var before = Unbilled(order);
            change();
            Deliveries += Unbilled(order) - before;
        }

        private decimal Unbilled(string order) =>
            Math.Max(0, _delivered.GetValueOrDefault(order) - _billed.GetValueOrDefault(order));

        private static decimal Moved<TKey>(Dictionary<TKey, decimal> amounts, TKey key, decimal now)
            where TKey : notnull
        {
            var before = amounts.GetValueOrDefault(key);
            amounts[key] = now;
            return now - before;
        }
    }

    /// <summary>What an invoice bills of its order, by installment, and what credit memos take back of it.</summary>
    private sealed class OrderBill
    {
        public string? OrderId { get; set; }

        public Dictionary<string, decimal> Items { get; } = new(StringComparer.Ordinal);

        public Dictionary<Guid, decimal> Credits { get; } = [];

        public decimal Bills => OrderId is null ? 0 : Math.Max(0, Items.Values.Sum() - Credits.Values.Sum());
    }
}
