using System.Globalization;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Something that tells who paid.</summary>
/// <param name="Of">What; null for what only tells more and is worth nothing by itself.</param>
/// <param name="Share">What is left of its weight where several customers are told at once; else 1.</param>
/// <param name="Words">The same for people.</param>
internal sealed record PayerSign(Evidence? Of, decimal Share, string Words)
{
    /// <summary>What it is worth by a rule set.</summary>
    public decimal WeightBy(RuleSet rules) => Of is { } evidence ? rules.WeightOf(evidence) * Share : 0m;
}

/// <summary>A customer that something tells to be the payer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Weight">What all of it is worth together by the customer's own rule set, 0 to 1.</param>
/// <param name="Told">What tells it.</param>
internal sealed record PayerCandidate(Guid CustomerId, decimal Weight, IReadOnlyList<PayerSign> Told);

/// <summary>Who paid: what tells it, and whether that agrees.</summary>
internal sealed class PayerEvidence
{
    /// <summary>
    /// What is worth so much by itself, as it stands, may tell the payer for certain: it does unless the customer's
    /// rule set holds it worth less than the policy asks for. A name that is only alike does not, whatever they say.
    /// What is settled is.
    /// </summary>
    private const decimal LeastCertain = 0.55m;

    /// <summary>What is left of a weight where several customers are told at once.</summary>
    private const decimal OneOfSeveral = 0.75m;

    private readonly Payment _payment;
    private readonly MatchFacts _facts;
    private readonly MatchSettings _settings;
    private readonly List<(Guid CustomerId, string By, bool IsCertain, PayerSign Sign)> _told = [];
    private readonly Dictionary<Guid, int> _resemblance = [];
    private readonly Lazy<IReadOnlyList<string>> _name;

    public PayerEvidence(Payment payment, MatchFacts facts, MatchSettings settings, IReadOnlySet<string> keys)
    {
        (_payment, _facts, _settings) = (payment, facts, settings);
        _name = new(() => NameSimilarity.Words(payment.PayerName!));
        if (payment.CustomerId is { } settled)
            Tell([settled], "customer", Evidence.KnownCustomer, "The customer is known.");
        Tell(facts.WithNumber(keys).Select(customer => customer.CustomerId), "customer-number",
            Evidence.CustomerNumber, "The payer names the customer's number.");
        Tell(facts.KnownByAccountOf(payment), "payer-account", Evidence.PayerAccount,
            "The money comes from an account the customer has paid from.");
        if (TextRule.Holding(facts.TextRules, payment) is [var rule, ..] rules)
        {
            Tell(rules.Select(one => one.CustomerId), "text-rule", Evidence.PayerText,
                $"The payer writes \"{TextRule.WordsOfKey(rule.Key)}\", as the customer's profile says.");
        }

        TellByName();
        Candidates =
        [
            .. _told.GroupBy(teller => teller.CustomerId, teller => teller.Sign)
                .Select(customer => Candidate(customer.Key, [.. customer]))
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
        // Whoever names exactly one customer counts.
        var certain = _told.Where(teller => teller.IsCertain).GroupBy(teller => teller.By)
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

    /// <summary>What tells that the items of these customers are paid by this payment; null for nothing.</summary>
    public PayerCandidate? For(IEnumerable<Guid> debtors)
    {
        var all = debtors.ToList();
        var payer = Candidates.FirstOrDefault(one => all.TrueForAll(debtor => _facts.MayPay(one.CustomerId, debtor)));
        return payer is not null && all.Exists(debtor => debtor != payer.CustomerId)
            ? payer with { Told = [.. payer.Told, new PayerSign(null, 1m, "The payer may pay for this customer.")] }
            : payer;
    }

    /// <summary>True when the payer has a name, and it is quite unlike the customer's.</summary>
    public bool IsUnlike(Guid customerId)
    {
        if (string.IsNullOrWhiteSpace(_payment.PayerName) || Candidates.Any(one =>
            _facts.MayPay(one.CustomerId, customerId)))
        {
            return false;
        }

        return _facts.Customer(customerId) is { Name.Length: > 0 } customer && Resemblance(customer) < 600;
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
        var alike = (key.Length < 3 ? [] : _facts.Resembling(_payment.PayerName).Concat(Owing()).Distinct())
            .Select(customer => (customer.CustomerId, Alike: Resemblance(customer)))
            .Where(customer => customer.Alike >= NameSimilarity.Same)
            .OrderByDescending(customer => customer.Alike).ThenBy(customer => customer.CustomerId)
            .ToList();
        var same = alike.Where(customer => customer.Alike == 1000).Select(customer => customer.CustomerId).ToList();
        var known = _facts.KnownByName(key).ToList();

        // Who has paid under a name that several customers bear is not the only one who may.
        Tell(known, "payer-name", same.Count < 2 || same.TrueForAll(known.Contains)
            ? Evidence.PayerName : Evidence.SharedPayerName,
            "The customer is known by the payer's name.");
        if (same.Count > 0)
        {
            Tell(same, "name", same.Count == 1 ? Evidence.SameName : Evidence.SharedName, same.Count == 1
                ? "The payer has the customer's name."
                : $"{same.Count} customers have the payer's name.");
        }
        else if (alike.Count > 0 && (alike.Count == 1 || alike[0].Alike - alike[1].Alike >= 30))
        {
            Tell([alike[0].CustomerId], "like-name",
                alike[0].Alike >= 920 ? Evidence.LikeName : Evidence.SomewhatLikeName,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The payer's name is {alike[0].Alike / 10} % like the customer's."));
        }
    }

    /// <summary>
    /// Who owes just this amount: a name with a slip where names are found by is found by that, where it is like
    /// theirs.
    /// </summary>
    private IEnumerable<CustomerCandidate> Owing() => _facts.Of(_payment.Amount).Select(item => item.CustomerId)
        .Distinct().Take(MatchFacts.MostOfOneKey).Select(_facts.Customer);

    private int Resemblance(CustomerCandidate customer)
    {
        if (!_resemblance.TryGetValue(customer.CustomerId, out var alike))
        {
            _resemblance[customer.CustomerId] = alike =
                NameSimilarity.Of(_name.Value, _facts.WordsOf(customer));
        }

        return alike;
    }

    private PayerCandidate Candidate(Guid customerId, PayerSign[] told)
    {
        var rules = _settings.RuleSetOf(customerId, _facts);
        return new PayerCandidate(
            customerId, 1 - told.Aggregate(1m, (rest, one) => rest * (1 - one.WeightBy(rules))), told);
    }

    /// <summary>Where several customers are told at once, each of them is worth less.</summary>
    private void Tell(IEnumerable<Guid> customers, string by, Evidence evidence, string words)
    {
        Guid[] all = [.. customers.Distinct()];
        var sign = new PayerSign(evidence, all.Length == 1 ? 1m : OneOfSeveral, words);
        var mayBeCertain = all.Length == 1 && StandardWeights.Of(evidence) >= LeastCertain;
        foreach (var customer in all)
        {
            var isCertain = mayBeCertain && (evidence == Evidence.KnownCustomer
                || _settings.RuleSetOf(customer, _facts).WeightOf(evidence)
                    >= _settings.Policy.CertainPayerWeight);
            _told.Add((customer, by, isCertain, sign));
        }
    }
}
