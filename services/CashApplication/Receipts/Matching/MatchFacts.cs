using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What told a payer, and how much that is worth.</summary>
public enum PayerTrait
{
    /// <summary>The account was seen before, or is in the customer's profile.</summary>
    Account,

    /// <summary>The name was seen before, or is in the customer's profile.</summary>
    Alias,

    /// <summary>The customer's profile says that such a text is of its payments.</summary>
    Text,
}

/// <summary>A customer that is known by an account or a name.</summary>
/// <param name="Key">Account, <see cref="PartyName.Key(string)"/> of the name, or <see cref="TextRule.Key"/>.</param>
/// <param name="IsOfKnownBank">The number of an account alone, where it is known by now of which bank's account of the
/// customer it is: of an account that is told with another bank it tells nothing.</param>
public sealed record KnownPayer(PayerTrait Trait, string Key, Guid CustomerId, bool IsOfKnownBank = false);

/// <summary>A remittance advice that waits for its money.</summary>
/// <param name="RemittanceId">The advice.</param>
/// <param name="CustomerId">Whose it is, where that is known.</param>
/// <param name="Advice">What it says.</param>
/// <param name="ReceiptId">The receipt that follows it already, for that receipt alone; or null.</param>
public sealed record WaitingRemittance(
    Guid RemittanceId, Guid? CustomerId, RemittanceAdvice Advice, Guid? ReceiptId = null);

/// <summary>
/// All that is known and could explain payments of one currency to one legal entity; it may hold more than concerns
/// them. Indexed once, in an order that does not depend on how it was read.
/// </summary>
public sealed class MatchFacts
{
    /// <summary>Nothing is known.</summary>
    public static readonly MatchFacts None = new([], [], []);

    /// <summary>
    /// What so many customers' names have tells nothing: a trade, a town. Of a single payment as of a statement's, of
    /// which more customers are known here.
    /// </summary>
    public const int MostOfOneKey = 40;

    /// <summary>A group of more levels is a mistake in its data.</summary>
    private const int MaxLevels = 8;

    private readonly Dictionary<(Guid, int), Candidate> _items;
    private readonly Dictionary<Guid, CustomerCandidate> _customers;
    private readonly KnownPayer[] _payers;
    private readonly ILookup<(PayerTrait, string), KnownPayer> _known;
    private readonly Lazy<ILookup<string, Candidate>> _byCompactKey;
    private readonly Lazy<ILookup<string, Candidate>> _byLooseKey;
    private readonly Lazy<ILookup<string, Candidate>> _byOrder;
    private readonly Lazy<ILookup<decimal, Candidate>> _byAmount;
    private readonly Lazy<ILookup<Guid, Candidate>> _byCustomer;
    private readonly Lazy<ILookup<string, CustomerCandidate>> _byNumber;
    private readonly Lazy<Dictionary<string, CustomerCandidate[]>> _byBlock;
    private readonly Dictionary<Guid, IReadOnlyList<string>> _words;
    private readonly Dictionary<Guid, IReadOnlySet<string>> _blocks;
    private readonly Lazy<ILookup<Guid, Guid>> _byGroup;
    private readonly ILookup<Guid, Agreement> _agreements;
    private readonly ILookup<string, OpenCredit> _creditsByKey;
    private readonly ILookup<Guid, OpenCredit> _creditsByCustomer;

    /// <param name="items">Items by number, amount or customer, open or paid.</param>
    /// <param name="customers">Customers by number, name, account or item.</param>
    /// <param name="known">Who is known by account or name.</param>
    /// <param name="remittances">Advices that wait for their money.</param>
    /// <param name="otherEntities">Names of our other companies.</param>
    /// <param name="agreements">Promises and plans in force.</param>
    /// <param name="credits">Open credit memos, by number or customer.</param>
    public MatchFacts(
        IEnumerable<Candidate> items, IEnumerable<CustomerCandidate> customers, IEnumerable<KnownPayer> known,
        IReadOnlyList<WaitingRemittance>? remittances = null, IReadOnlyList<string>? otherEntities = null,
        IEnumerable<Agreement>? agreements = null, IEnumerable<OpenCredit>? credits = null)
        : this(null, items, customers, known.Distinct(), remittances, otherEntities, agreements, credits)
    {
    }

    /// <summary>
    /// What is read first, and what is read then: by number and order only the first items are found.
    /// </summary>
    private MatchFacts(
        MatchFacts? first, IEnumerable<Candidate> items, IEnumerable<CustomerCandidate> customers,
        IEnumerable<KnownPayer> known, IReadOnlyList<WaitingRemittance>? remittances,
        IReadOnlyList<string>? otherEntities, IEnumerable<Agreement>? agreements, IEnumerable<OpenCredit>? credits)
    {
        OpenCredit[] open =
        [
            .. (credits ?? []).DistinctBy(one => one.CreditMemoId).OrderBy(one => one.Number, StringComparer.Ordinal)
                .ThenBy(one => one.CreditMemoId),
        ];
        _creditsByKey = open.SelectMany(one => NumberKeys(one.Number).Select(key => (key, one)))
            .ToLookup(pair => pair.key, pair => pair.one);
        _creditsByCustomer = open.ToLookup(one => one.CustomerId);
        _agreements = (agreements ?? []).OrderBy(one => one.Steps[0].DueOn).ThenBy(one => one.AgreementId)
            .ToLookup(one => one.CustomerId);
        _items = first is null ? [] : new(first._items);
        foreach (var item in items)
            _items.TryAdd(item.Id, item);
        _customers = customers.DistinctBy(customer => customer.CustomerId)
            .ToDictionary(customer => customer.CustomerId);
        _payers = [.. known];
        _known = _payers.ToLookup(payer => (payer.Trait, payer.Key));
        TextRules = [.. _payers.Where(payer => payer.Trait == PayerTrait.Text)];
        Remittances = remittances ?? [];
        OtherEntities = otherEntities ?? [];
        Candidate[] sorted =
        [
            .. _items.Values.OrderBy(item => item.DueDate)
                .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal).ThenBy(item => item.Installment)
                .ThenBy(item => item.InvoiceId),
        ];
        _words = first?._words ?? [];
        _blocks = first?._blocks ?? [];
        _byCompactKey = first?._byCompactKey
            ?? new(() => sorted.ToLookup(item => ReferenceKeys.Compact(item.InvoiceNumber)));
        _byLooseKey = first?._byLooseKey
            ?? new(() => sorted.ToLookup(item => ReferenceKeys.Loose(item.InvoiceNumber)));
        _byOrder = first?._byOrder
            ?? new(() => sorted.SelectMany(OrderKeys).ToLookup(pair => pair.Key, pair => pair.Item));
        _byAmount = new(() => sorted.SelectMany(Amounts).ToLookup(pair => pair.Amount, pair => pair.Item));
        _byCustomer = new(() => sorted.ToLookup(item => item.CustomerId));
        _byNumber = new(() => _customers.Values.OrderBy(customer => customer.CustomerId)
            .SelectMany(customer => NumberKeys(customer.Number).Select(key => (key, customer)))
            .ToLookup(pair => pair.key, pair => pair.customer));
        _byBlock = new(() => _customers.Values.OrderBy(customer => customer.CustomerId)
            .SelectMany(customer => BlocksOf(customer).Select(key => (key, customer)))
            .GroupBy(pair => pair.key, pair => pair.customer)
            .Where(key => key.Count() < MostOfOneKey)
            .ToDictionary(key => key.Key, key => key.ToArray()));
        _byGroup = new(() => _customers.Keys.ToLookup(GroupOf));
    }

    /// <summary>
    /// These and more of those who may have paid. What a payment names by number or order is here already: nobody finds
    /// the new items by these. Of an item or a customer that is told twice the first counts.
    /// </summary>
    public MatchFacts With(
        IEnumerable<Candidate> items, IEnumerable<CustomerCandidate> customers, IEnumerable<Agreement> agreements,
        IEnumerable<OpenCredit> credits) =>
        new(this, items, _customers.Values.Concat(customers), _payers, Remittances, OtherEntities, agreements,
            _creditsByCustomer.SelectMany(of => of).Concat(credits));

    /// <summary>Advices that wait for their money.</summary>
    public IReadOnlyList<WaitingRemittance> Remittances { get; }

    /// <summary>Names of our other companies.</summary>
    public IReadOnlyList<string> OtherEntities { get; }

    /// <summary>What customers' profiles say of texts of payments.</summary>
    public IReadOnlyList<KnownPayer> TextRules { get; }

    /// <summary>The customer, or one of whom nothing but the identifier is known.</summary>
    public CustomerCandidate Customer(Guid id) =>
        _customers.GetValueOrDefault(id) ?? new CustomerCandidate(id, "", "");

    /// <summary>Customers known by a name.</summary>
    public IEnumerable<Guid> KnownByName(string key) =>
        _known[(PayerTrait.Alias, key)].Select(payer => payer.CustomerId);

    /// <summary>
    /// Customers known by a payment's account: with its bank, where that is told; where nobody is, by its number alone,
    /// of those of whom it is not known which bank's account that is. Whatever other payments tell, the same.
    /// </summary>
    public IReadOnlyList<Guid> KnownByAccountOf(Payment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        return payment.AccountKeys
            .Select((key, place) => _known[(PayerTrait.Account, key)]
                .Where(payer => place == 0 || !payer.IsOfKnownBank).Select(payer => payer.CustomerId).ToList())
            .FirstOrDefault(customers => customers.Count > 0) ?? [];
    }

    /// <summary>Customers that have one of these keys as their number.</summary>
    public IEnumerable<CustomerCandidate> WithNumber(IEnumerable<string> keys) =>
        keys.SelectMany(key => _byNumber.Value[key]).Distinct();

    /// <summary>Customers whose names have something in common with this one, and with few others.</summary>
    public IEnumerable<CustomerCandidate> Resembling(string name) =>
        PartyName.Blocks(name).SelectMany(key => _byBlock.Value.GetValueOrDefault(key, [])).Distinct();

    /// <summary>The words of a customer's name, by which it is compared.</summary>
    internal IReadOnlyList<string> WordsOf(CustomerCandidate customer)
    {
        if (!_words.TryGetValue(customer.CustomerId, out var words))
            _words[customer.CustomerId] = words = NameSimilarity.Words(customer.Name);
        return words;
    }

    private IReadOnlySet<string> BlocksOf(CustomerCandidate customer)
    {
        if (!_blocks.TryGetValue(customer.CustomerId, out var blocks))
            _blocks[customer.CustomerId] = blocks = PartyName.Blocks(customer.Name);
        return blocks;
    }

    /// <summary>Items whose number is among these keys: exactly, or but for zeros and marks.</summary>
    public IEnumerable<(Candidate Item, bool IsExact)> Named(string key) =>
        _byCompactKey.Value.Contains(key) || _byLooseKey.Value.Contains(key)
            ? _byCompactKey.Value[key].Select(item => (item, true))
                .Concat(_byLooseKey.Value[key].Select(item => (item, false)))
            : [];

    /// <summary>Numbers of items and open credit memos that have this key.</summary>
    public IEnumerable<string> NumbersNamed(string key) => Named(key).Select(named => named.Item.InvoiceNumber)
        .Concat(CreditsNamed(key).Select(credit => credit.Number));

    /// <summary>Items of the order with this number, the buyer's or ours.</summary>
    public IEnumerable<Candidate> OfOrder(string key) => _byOrder.Value[key];

    /// <summary>Items of which exactly so much is open, or is due with a discount taken.</summary>
    public IEnumerable<Candidate> Of(Money amount) => _byAmount.Value[amount.Amount];

    /// <summary>True when some of the item is disputed.</summary>
    public bool IsDisputed(Guid invoiceId, int installment) =>
        _items.TryGetValue((invoiceId, installment), out var item) && item.Disputed;

    /// <summary>The item, where it is known here.</summary>
    public Candidate? ItemOf(Guid invoiceId, int installment) => _items.GetValueOrDefault((invoiceId, installment));

    /// <summary>What a customer has agreed to pay, by due date.</summary>
    public IEnumerable<Agreement> AgreementsOf(Guid customerId) => _agreements[customerId];

    /// <summary>Items of a customer, by due date.</summary>
    public IEnumerable<Candidate> Of(Guid customerId) => _byCustomer.Value[customerId];

    /// <summary>Open credit memos whose number is this key: exactly, or but for zeros and marks.</summary>
    public IEnumerable<OpenCredit> CreditsNamed(string key) => _creditsByKey[key];

    /// <summary>Open credit memos of a customer, by number.</summary>
    public IEnumerable<OpenCredit> CreditsOf(Guid customerId) => _creditsByCustomer[customerId];

    /// <summary>The head of the group a customer belongs to, as far as it is known here.</summary>
    public Guid GroupOf(Guid customerId)
    {
        var head = customerId;
        for (var level = 0; level < MaxLevels && Customer(head).ParentId is { } parent; level++)
            head = parent;
        return head;
    }

    /// <summary>Customers of the same group that are known here, the customer itself among them.</summary>
    public IEnumerable<Guid> GroupWith(Guid customerId) => _byGroup.Value[GroupOf(customerId)].Append(customerId)
        .Distinct().Order();

    /// <summary>True when money of the one may pay for items of the other.</summary>
    public bool MayPay(Guid payer, Guid debtor) =>
        payer == debtor || GroupOf(payer) == GroupOf(debtor)
        || Customer(payer).MayPayFor is { } others && others.Contains(debtor);

    private static IEnumerable<string> NumberKeys(string number) =>
        new[] { ReferenceKeys.Compact(number), ReferenceKeys.Loose(number) }.Distinct();

    private static IEnumerable<(string Key, Candidate Item)> OrderKeys(Candidate item) =>
        new[] { item.PurchaseOrder, item.OrderReference, item.ExternalNumber }.OfType<string>()
            .Select(ReferenceKeys.Compact).Distinct().Select(key => (key, item));

    private static IEnumerable<(decimal Amount, Candidate Item)> Amounts(Candidate item)
    {
        yield return (item.Available.Amount, item);
        if (item.Discount is not { } offered)
            yield break;
        var earned = item.EarnedBy(offered.Until);
        yield return ((item.Available - earned).Amount, item);
        if (offered.UnearnedUntil is { } until && item.DeductibleBy(until) is var late && late != earned)
            yield return ((item.Available - late).Amount, item);
    }
}
