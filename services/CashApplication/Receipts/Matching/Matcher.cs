using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Explains a payment by open items, in this order until one explains the whole amount: what an advice says, what the
/// payer names, what the customer's rule set finds. Pure and deterministic: the same payment and facts, in whatever
/// order, give the same answer. It never explains more than the payment, nor more of an item than is available.
/// </summary>
public static class Matcher
{
    /// <summary>
    /// An explanation that pays something else and comes this near to the best one rivals it; then nobody but a person
    /// may choose.
    /// </summary>
    private const decimal RivalMargin = 0.05m;

    private const int MaxSuggestions = 10;

    private const int MaxPayers = 5;

    /// <summary>Less than this tells nobody anything about who paid.</summary>
    private const decimal PayerThreshold = 0.50m;

    /// <summary>Who paid, and what for.</summary>
    public static MatchResult Match(Payment payment, MatchFacts facts, MatchSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Match(settings.Read(payment), facts, settings, new Claims());
    }

    /// <summary>The same where less is available by now of some items.</summary>
    internal static MatchResult Match(
        PaymentReading reading, MatchFacts facts, MatchSettings settings, Claims claims)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(settings);
        var (payment, keys) = (reading.Payment, reading.Keys);
        var named = new NamedItems(reading, facts, claims);
        var payer = new PayerEvidence(payment, facts, settings, keys);
        if (Misnamed.Of(payment, facts, settings, payer, named, claims) is { } misnamed)
            named = new NamedItems(reading, facts, claims, misnamed);
        var known = payer.Settle(named.Debtors);
        var drafts = new RemittanceExplainer(payment, facts, settings, payer, keys, claims).Explain().ToList();
        if (!drafts.Exists(IsCertain))
            drafts.AddRange(new ReferenceExplainer(payment, facts, settings, payer, named, claims).Explain());
        if (!drafts.Exists(IsCertain))
        {
            var others = new RuleExplainer(payment, facts, settings, payer, named, claims).Explain().ToList();
            foreach (var odd in drafts.Where(draft => draft.Fit.Grade <= 0.30m))
                odd.Doubted(others.Exists(MayBeMeant), 0.85m, "Other items have exactly this amount.");
            drafts.AddRange(others);
        }

        var judge = new Judge(payment, facts, settings, known);
        var explanations = drafts.Select(judge.Explanation)
            .OrderByDescending(explanation => explanation.Confidence)
            .ThenBy(explanation => explanation.IsCoded)
            .ThenBy(explanation => explanation.Lines[0].InvoiceNumber, StringComparer.Ordinal)
            .ThenBy(explanation => explanation.Lines[0].Installment)
            .ThenBy(explanation => explanation.Key, StringComparer.Ordinal)
            .DistinctBy(explanation => explanation.Key)
            .ToArray();
        Explanation[] suggestions =
        [
            .. explanations.TakeWhile(one => one.Confidence >= settings.Policy.SuggestThreshold).Take(MaxSuggestions),
        ];
        var rivals = suggestions is [var first, ..] && suggestions.Skip(1).Any(other =>
            first.Confidence - other.Confidence < RivalMargin && !other.IsCodedOf(first));
        var chosen = suggestions is [{ Blocker: null, IsForPerson: false } best, ..] && !rivals
            && best.Confidence >= settings.Policy.AutoApplyThreshold ? best : null;
        var customer = known.CustomerId ?? chosen?.CustomerId;
        return new MatchResult(
            customer, known.CustomerId is null ? chosen?.Rule : known.By, chosen, suggestions,
            judge.Aside(chosen, suggestions, rivals, named), customer is null ? Likely(payer, explanations) : null);

        // Where something tells who paid, somebody else's item of just this amount is chance.
        bool MayBeMeant(Draft other) => IsExact(other)
            && (payer.Candidates.Count == 0 || payer.For(other.Fit.Lines.Select(line => line.CustomerId)) is not null);
    }

    /// <summary>
    /// Who may have paid: by what tells the payer, or by what would explain the money, be it shown to people or not.
    /// </summary>
    private static LikelyPayer[] Likely(PayerEvidence payer, Explanation[] explanations) =>
    [
        .. payer.Candidates.Select(told => new LikelyPayer(told.CustomerId, decimal.Round(told.Weight, 2)))
            .Concat(explanations.Select(one => new LikelyPayer(one.CustomerId, decimal.Round(one.Confidence, 2))))
            .Where(one => one.Confidence >= PayerThreshold)
            .OrderByDescending(one => one.Confidence).ThenBy(one => one.CustomerId)
            .DistinctBy(one => one.CustomerId)
            .Take(MaxPayers),
    ];

    /// <summary>
    /// Customers whose open items may be needed to explain the payment: nobody's, where what it names explains it.
    /// </summary>
    public static IReadOnlyCollection<Guid> Payers(PaymentReading reading, MatchFacts facts, MatchSettings settings)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(facts);
        var (payment, keys, claims) = (reading.Payment, reading.Keys, new Claims());
        var named = new NamedItems(reading, facts, claims);
        var payer = new PayerEvidence(payment, facts, settings, keys);
        var certain = new RemittanceExplainer(payment, facts, settings, payer, keys, claims).Explain()
            .Concat(new ReferenceExplainer(payment, facts, settings, payer, named, claims).Explain())
            .Any(IsCertain);
        return certain
            ? []
            :
            [
                .. payer.Candidates.Take(RuleExplainer.MaxPayers).Select(candidate => candidate.CustomerId)
                    .Concat(named.Debtors).Distinct(),
            ];
    }

    private static bool IsExact(Draft draft) => draft.Fit.IsWhole && draft.Fit.Grade >= 0.75m;

    /// <summary>Named plainly and explained wholly: nothing else needs to be looked for.</summary>
    private static bool IsCertain(Draft draft) => draft.Fit.IsWhole && draft.Fit.Grade >= 0.70m
        && draft.Confidence >= 0.95m && !draft.IsForPerson;
}
