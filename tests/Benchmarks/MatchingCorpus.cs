using System.Globalization;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>A made-up customer.</summary>
/// <param name="Account">What it pays from.</param>
/// <param name="IsKnown">True where it has paid from that account before.</param>
internal sealed record MadeCustomer(
    Guid Id, string Number, string Name, string Account, Guid? ParentId, bool IsKnown);

/// <summary>A made-up payment, and what it is really for.</summary>
/// <param name="Kind">What is odd about it.</param>
/// <param name="Truth">Money for each invoice.</param>
internal sealed record MadePayment(string Kind, Payment Payment, IReadOnlyDictionary<Guid, decimal> Truth);

/// <summary>
/// Customers with open items, and payments of which it is known what they are for, with the slips that payers make. The
/// same seed and sizes give the same. A fifth of the payments name nothing or pay for others; every item is paid once.
/// </summary>
internal sealed class MatchingCorpus
{
    public const int ItemsEach = 20;

    private const int Group = 4;

    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly DateOnly Today = new(2026, 11, 2);

    /// <summary>Kinds of payments and how many of a hundred are of each.</summary>
    private static readonly (string Kind, int Share)[] Kinds =
    [
        ("one invoice named", 36), ("several invoices named", 10), ("a slip in the number", 8),
        ("numbers run together", 6), ("only the ends of numbers", 6), ("nothing named, account known", 10),
        ("nothing named, name written otherwise", 5), ("head office pays for branches", 6),
        ("cash discount taken", 5), ("short, with a reason", 4), ("one of twins, nothing named", 2),
        ("nothing named, payer unknown", 2),
    ];

    private static readonly string[] Trades =
    [
        "Logistics", "Foods", "Engineering", "Textiles", "Chemicals", "Packaging", "Software", "Energy", "Medical",
        "Furniture", "Retail", "Metals", "Paper", "Optics", "Travel", "Farms",
    ];

    private static readonly string[] Forms = ["Inc", "LLC", "Corporation", "Limited", "GmbH", "S.A."];

    private readonly Random _random;
    private readonly List<MadeCustomer> _customers = [];
    private readonly Dictionary<Guid, List<OpenItem>> _unpaid = [];
    private readonly List<OpenItem> _items = [];
    private readonly Queue<OpenItem> _twins = [];

    private MatchingCorpus(int seed) => _random = new Random(seed);

    public IReadOnlyList<MadeCustomer> Customers => _customers;

    public IReadOnlyList<OpenItem> Items => _items;

    public IReadOnlyList<MadePayment> Payments { get; private set; } = [];

    /// <summary>So many items of a twentieth as many customers, and so many payments.</summary>
    public static MatchingCorpus Make(int seed, int items, int payments)
    {
        var corpus = new MatchingCorpus(seed);
        for (var index = 0; index < items / ItemsEach; index++)
            corpus.AddCustomer(index);
        corpus.Payments = [.. Enumerable.Range(0, payments).Select(_ => corpus.Pay())];
        return corpus;
    }

    private void AddCustomer(int index)
    {
        var id = Ids.From("matching-customer", Text(index));
        var customer = new MadeCustomer(
            id, $"CUST-US01-{index + 1:000000}", NewName(), $"US{index:00000000000000000000}",
            index % Group == 0 ? null : _customers[index - (index % Group)].Id, _random.Next(10) < 7);
        _customers.Add(customer);
        _unpaid[id] = [];
        for (var n = 0; n < ItemsEach; n++)
        {
            // The last two of every tenth customer are twins: one amount, one day, and nothing to tell them by.
            var isTwin = index % 10 == 5 && n == ItemsEach - 1;
            var item = isTwin ? Like(_items[^1]) : NewItem(id);
            _items.Add(item);
            _unpaid[id].Add(item);
            if (!isTwin)
                continue;
            _unpaid[id].RemoveRange(_unpaid[id].Count - 2, 2);
            _twins.Enqueue(item);
        }
    }

    private OpenItem NewItem(Guid customer)
    {
        var number = Number(_items.Count);
        var amount = new MoneyAmount(_random.Next(1_000, 2_000_000) / 100m, "USD");
        var issued = Today.AddDays(-_random.Next(1, 90));
        var discount = _random.Next(5) == 0;
        return new OpenItem(
            Ids.From("matching-invoice", number), 1, number, "US01", customer, issued, issued.AddDays(30), amount,
            amount, null, $"PO-{_random.Next(10_000_000):0000000}", discount ? Today.AddDays(5) : null,
            DiscountRate: discount ? 0.02m : null);
    }

    private OpenItem Like(OpenItem item)
    {
        var number = Number(_items.Count);
        return item with
        {
            InvoiceId = Ids.From("matching-invoice", number),
            InvoiceNumber = number,
            PurchaseOrder = null,
            DiscountUntil = null,
            DiscountRate = null,
        };
    }

    private MadePayment Pay()
    {
        var drawn = _random.Next(100);
        var kind = Kinds[^1].Kind;
        foreach (var (name, share) in Kinds)
        {
            if ((drawn -= share) >= 0)
                continue;
            kind = name;
            break;
        }

        return kind switch
        {
            "several invoices named" => Named(kind, _random.Next(2, 6), items => Words(items, Full, ", ")),
            "a slip in the number" => Named(kind, 1, items => $"Invoice {Slip(items[0].InvoiceNumber)}"),
            "numbers run together" => Named(kind, 2, items => Words(items, Compact, "")),
            "only the ends of numbers" => Named(kind, _random.Next(1, 4), items => $"Inv {Words(items, End, " / ")}"),
            "nothing named, account known" => Silent(kind, customer => customer.IsKnown, customer => customer.Name),
            "nothing named, name written otherwise" =>
                Silent(kind, customer => !customer.IsKnown, customer => Otherwise(customer.Name)),
            "head office pays for branches" => ForBranches(kind),
            "cash discount taken" => Discounted(kind),
            "short, with a reason" => Short(kind),
            "one of twins, nothing named" when _twins.TryDequeue(out var twin) => Twin(kind, twin),
            "nothing named, payer unknown" => Silent(kind, _ => true, _ => null),
            _ => Named("one invoice named", 1, One),
        };
    }

    private MadePayment Named(string kind, int count, Func<OpenItem[], string> words)
    {
        var (customer, items) = Draw(_ => true, count, _ => true);
        return Made(
            kind, customer, customer.Name, words(items), [.. items.Select(item => (item, item.Balance.Amount))]);
    }

    /// <summary>Without an account where the name is told otherwise: then only the name tells anything.</summary>
    private MadePayment Silent(string kind, Func<MadeCustomer, bool> who, Func<MadeCustomer, string?> name)
    {
        var (customer, items) = Draw(who, 1, _ => true);
        return Made(
            kind, customer with { Account = customer.IsKnown && name(customer) is not null ? customer.Account : "" },
            name(customer), "Payment of open invoice, thank you", [(items[0], items[0].Balance.Amount)]);
    }

    private MadePayment ForBranches(string kind)
    {
        var head = _random.Next(_customers.Count / Group) * Group;
        var paid = Enumerable.Range(1, Group - 1).Select(branch => _unpaid[_customers[head + branch].Id])
            .Where(unpaid => unpaid.Count > 0).Select(Take).ToArray();
        return paid.Length == 0
            ? Named("one invoice named", 1, One)
            : Made(kind, _customers[head], _customers[head].Name, Words(paid, Full, ", "),
                [.. paid.Select(item => (item, item.Balance.Amount))]);
    }

    private MadePayment Discounted(string kind)
    {
        var (customer, items) = Draw(_ => true, 1, item => item.DiscountRate is not null);
        var amount = items[0].Balance.Amount;
        var paid = amount - Money.Of(amount, Usd).Times(items[0].DiscountRate!.Value).Amount;
        return Made(kind, customer, customer.Name, One(items), [(items[0], paid)]);
    }

    private MadePayment Short(string kind)
    {
        var (customer, items) = Draw(_ => true, 1, _ => true);
        var kept = Math.Round(items[0].Balance.Amount * _random.Next(3, 12) / 100m, 2);
        var words = string.Create(
            CultureInfo.InvariantCulture, $"{items[0].InvoiceNumber} less {kept} for damaged goods");
        return Made(kind, customer, customer.Name, words, [(items[0], items[0].Balance.Amount - kept)]);
    }

    private MadePayment Twin(string kind, OpenItem twin)
    {
        var customer = _customers.First(one => one.Id == twin.CustomerId);
        return Made(kind, customer, customer.Name, "Payment of open invoice", [(twin, twin.Balance.Amount)]);
    }

    /// <summary>Takes so many unpaid items of one customer that are as wanted.</summary>
    private (MadeCustomer Customer, OpenItem[] Items) Draw(
        Func<MadeCustomer, bool> who, int count, Func<OpenItem, bool> which)
    {
        while (true)
        {
            var customer = _customers[_random.Next(_customers.Count)];
            if (!who(customer) || _unpaid[customer.Id].Where(which).Take(count).ToArray() is not { } items
                || items.Length < count)
                continue;
            _unpaid[customer.Id].RemoveAll(item => items.Contains(item));
            return (customer, items);
        }
    }

    private OpenItem Take(List<OpenItem> unpaid)
    {
        var item = unpaid[_random.Next(unpaid.Count)];
        unpaid.Remove(item);
        return item;
    }

    private static MadePayment Made(
        string kind, MadeCustomer payer, string? name, string words, (OpenItem Item, decimal Paid)[] paid) => new(
        kind,
        new Payment(
            Money.Of(paid.Sum(one => one.Paid), Usd), name, payer.Account.Length > 0 ? payer.Account : null, [words],
            ValueDate: Today),
        paid.ToDictionary(one => one.Item.InvoiceId, one => one.Paid));

    private string One(OpenItem[] items) => _random.Next(4) switch
    {
        0 => items[0].InvoiceNumber,
        1 => $"Invoice {items[0].InvoiceNumber} of last month",
        2 => $"PAYMENT {Compact(items[0])} THANK YOU",
        _ => $"inv {items[0].InvoiceNumber.Replace('-', ' ')}",
    };

    private string NewName()
    {
        var word = string.Concat(Enumerable.Range(0, _random.Next(2, 4)).Select(_ => Syllable()));
        return $"{char.ToUpperInvariant(word[0])}{word[1..]} {Trades[_random.Next(Trades.Length)]} " +
            Forms[_random.Next(Forms.Length)];
    }

    private string Syllable() =>
        $"{"bcdfghklmnprstvz"[_random.Next(16)]}{"aeiou"[_random.Next(5)]}{"lmnrst"[_random.Next(6)]}";

    /// <summary>Capitals, no legal form, and one letter missing.</summary>
    private string Otherwise(string name)
    {
        var bare = name[..name.LastIndexOf(' ')].ToUpperInvariant();
        var at = _random.Next(2, bare.IndexOf(' ', StringComparison.Ordinal));
        return bare.Remove(at, 1);
    }

    /// <summary>One of the last digits is another one, or changes places with its neighbour.</summary>
    private string Slip(string number)
    {
        var digits = number.ToCharArray();
        var at = digits.Length - 1 - _random.Next(5);
        if (_random.Next(2) == 0 && digits[at] != digits[at - 1] && char.IsAsciiDigit(digits[at - 1]))
            (digits[at], digits[at - 1]) = (digits[at - 1], digits[at]);
        else
            digits[at] = (char)('0' + ((digits[at] - '0' + _random.Next(1, 10)) % 10));
        return new string(digits);
    }

    private static string Words(OpenItem[] items, Func<OpenItem, string> word, string between) =>
        string.Join(between, items.Select(word));

    private static string Full(OpenItem item) => item.InvoiceNumber;

    private static string Compact(OpenItem item) =>
        item.InvoiceNumber.Replace("-", "", StringComparison.Ordinal);

    private static string End(OpenItem item) => item.InvoiceNumber[^7..].TrimStart('0');

    private static string Number(int index) => $"INV-US01-2026-{index + 1:0000000}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
