using System.Globalization;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>A customer that something tells to be the payer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Weight">How much what tells it is worth, 0 to 1.</param>
/// <param name="Words">What tells it.</param>
internal sealed record PayerCandidate(Guid CustomerId, decimal Weight, IReadOnlyList<string> Words);

/// <summary>Who paid: what tells it, and whether that agrees.</summary>
internal sealed class PayerEvidence
{
    private readonly Payment _payment;
    private readonly MatchFacts _facts;
    private readonly List<(Guid CustomerId, string By, decimal Weight, string Words)> _told = [];
    private readonly Dictionary<Guid, int> _resemblance = [];

    public PayerEvidence(Payment payment, MatchFacts facts, IReadOnlySet<string> keys)
    {
        (_payment, _facts) = (payment, facts);
        if (payment.CustomerId is { } settled)
            Tell([settled], "customer", 0.70m, "The customer is known.");
        Tell(facts.WithNumber(keys).Select(customer => customer.CustomerId), "customer-number", 0.60m,
            "The payer names the customer's number.");
        if (payment.PayerAccount is { } account)
        {
            Tell(facts.KnownBy(PayerTrait.Account, account), "payer-account", 0.60m,
                "The money comes from an account the customer has paid from.");
        }

        TellByName();
        Candidates =
        [
            .. _told.GroupBy(teller => teller.CustomerId)
                .Select(customer => new PayerCandidate(
                    customer.Key, 1 - customer.Aggregate(1m, (rest, teller) => rest * (1 - teller.Weight)),
                    [.. customer.Select(teller => teller.Words)]))
                .OrderByDescending(customer => customer.Weight).ThenBy(customer => customer.CustomerId),
        ];
    }

    /// <summary>All who may have paid, the likeliest first.</summary>
    public IReadOnlyList<PayerCandidate> Candidates { get; }

    /// <summary>
    /// Whose money it is, as far as that is certain; contradicted when what tells it points to customers that do not
    /// pay for each other. Items that are named tell it too.
    /// </summary>
    public (Guid? CustomerId, string? By, bool IsContradicted) Settle(IReadOnlyList<Guid> debtors)
    {
        // Whoever names exactly one customer counts; a name that is only alike tells nothing for certain.
        var certain = _told.Where(teller => teller.Weight >= 0.55m).GroupBy(teller => teller.By)
            .Where(teller => teller.Select(one => one.CustomerId).Distinct().Count() == 1)
            .Select(teller => (teller.First().CustomerId, By: teller.Key))
            .ToList();
        if (certain.Count == 0)
            return Owner(debtors);
        var payer = certain[0];
        var agree = certain.TrueForAll(other => _facts.MayPay(payer.CustomerId, other.CustomerId)
            || _facts.MayPay(other.CustomerId, payer.CustomerId));
        if (payer.By == "customer")
            return (payer.CustomerId, payer.By, debtors.Any(debtor => !_facts.MayPay(payer.CustomerId, debtor)));
        return agree && debtors.All(debtor => _facts.MayPay(payer.CustomerId, debtor))
            ? (payer.CustomerId, payer.By, false)
            : (null, null, true);
    }

    /// <summary>How much tells that this customer's items are paid by this payment, and in which words.</summary>
    public (decimal Weight, IReadOnlyList<string> Words) For(IEnumerable<Guid> debtors)
    {
        var all = debtors.ToList();
        var payer = Candidates.FirstOrDefault(one => all.TrueForAll(debtor => _facts.MayPay(one.CustomerId, debtor)));
        if (payer is null)
            return (0, []);
        var isGroup = all.Exists(debtor => debtor != payer.CustomerId);
        return (payer.Weight, isGroup ? [.. payer.Words, "The payer may pay for this customer."] : payer.Words);
    }

    /// <summary>True when the payer has a name, and it is quite unlike the customer's.</summary>
    public bool IsUnlike(Guid customerId)
    {
        if (string.IsNullOrWhiteSpace(_payment.PayerName) || Candidates.Any(one =>
            _facts.MayPay(one.CustomerId, customerId)))
        {
            return false;
        }

        return _facts.Customer(customerId).Name is { Length: > 0 } name && Resemblance(customerId, name) < 600;
    }

    private (Guid? CustomerId, string? By, bool IsContradicted) Owner(IReadOnlyList<Guid> debtors)
    {
        if (debtors.Count == 0)
            return (null, null, false);
        if (debtors.Count == 1)
            return (debtors[0], MatchRules.InvoiceNumber, false);
        var group = _facts.GroupOf(debtors[0]);
        if (debtors.Any(debtor => _facts.GroupOf(debtor) != group))
            return (null, null, true);
        return (_facts.Customer(group).Number.Length > 0 ? group : debtors.Min(), MatchRules.InvoiceNumber, false);
    }

    private void TellByName()
    {
        if (string.IsNullOrWhiteSpace(_payment.PayerName))
            return;
        var key = PartyName.Key(_payment.PayerName);
        var alike = _facts.Resembling(key.Length < 3 ? "" : _payment.PayerName)
            .Select(customer => (customer.CustomerId, Alike: Resemblance(customer.CustomerId, customer.Name)))
            .Where(customer => customer.Alike >= NameSimilarity.Same)
            .OrderByDescending(customer => customer.Alike).ThenBy(customer => customer.CustomerId)
            .ToList();
        var same = alike.Where(customer => customer.Alike == 1000).Select(customer => customer.CustomerId).ToList();
        var known = _facts.KnownBy(PayerTrait.Alias, key).ToList();

        // Who has paid under a name that several customers bear is not the only one who may.
        Tell(known, "payer-name", same.Count < 2 || same.TrueForAll(known.Contains) ? 0.60m : 0.40m,
            "The customer is known by the payer's name.");
        if (same.Count > 0)
        {
            Tell(same, "name", same.Count == 1 ? 0.55m : 0.30m, same.Count == 1
                ? "The payer has the customer's name."
                : $"{same.Count} customers have the payer's name.");
        }
        else if (alike.Count > 0 && (alike.Count == 1 || alike[0].Alike - alike[1].Alike >= 30))
        {
            Tell([alike[0].CustomerId], "like-name", alike[0].Alike >= 920 ? 0.50m : 0.40m, string.Create(
                CultureInfo.InvariantCulture, $"The payer's name is {alike[0].Alike / 10} % like the customer's."));
        }
    }

    private int Resemblance(Guid customerId, string name)
    {
        if (!_resemblance.TryGetValue(customerId, out var alike))
            _resemblance[customerId] = alike = NameSimilarity.Of(_payment.PayerName!, name);
        return alike;
    }

    /// <summary>Where several customers are told at once, each of them is worth less.</summary>
    private void Tell(IEnumerable<Guid> customers, string by, decimal weight, string words)
    {
        Guid[] all = [.. customers.Distinct()];
        foreach (var customer in all)
            _told.Add((customer, by, all.Length == 1 ? weight : weight * 0.75m, words));
    }
}
