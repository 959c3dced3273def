namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>An explanation in the making: evidence, each worth so much by itself, and what speaks against it.</summary>
internal sealed class Draft(string rule, Fit fit, RuleSet rules)
{
    private readonly List<(string Words, decimal Weight)> _reasons = [];
    private decimal _doubt = 1;
    private decimal _cap = 1;

    public string Rule => rule;

    public Fit Fit => fit;

    /// <summary>Says what the evidence is worth.</summary>
    public RuleSet Rules => rules;

    public Guid? RemittanceId { get; init; }

    /// <summary>
    /// Something speaks against it: a person weighs that, however low the policy sets the bar for what is applied
    /// without one.
    /// </summary>
    public bool IsDoubted { get; private set; }

    /// <summary>Only a person may choose it: it is doubted, or the policy says so.</summary>
    public bool IsForPerson => IsDoubted || fit.IsForPerson;

    /// <summary>What the pieces of evidence are worth together: one less the chance that all of them mislead.</summary>
    public decimal Confidence => Math.Min(_cap, decimal.Round(1 - _doubt, 4));

    public IReadOnlyList<string> Reasons =>
    [
        .. _reasons.Select(reason => reason.Words),
        .. fit.IsForPerson ? ["The policy leaves such a difference to a person."] : Array.Empty<string>(),
    ];

    /// <summary>What each of the reasons is worth.</summary>
    public IReadOnlyList<decimal> Weights => [.. _reasons.Select(reason => reason.Weight)];

    public Draft Supported(Evidence evidence, string words) => Supported(rules.WeightOf(evidence), words);

    /// <summary>Evidence that is there in part: it is worth so much less.</summary>
    public Draft Supported(Evidence evidence, decimal score, string words) =>
        Supported(decimal.Round(rules.WeightOf(evidence) * score, 4), words);

    /// <summary>
    /// What tells who paid, weighed by the rule set of all the rest, also where the payer has another; nothing where
    /// nobody is told.
    /// </summary>
    public Draft Supported(PayerCandidate? payer)
    {
        foreach (var sign in payer?.Told ?? [])
            Supported(sign.WeightBy(rules), sign.Words);
        return this;
    }

    /// <summary>More words, which are worth nothing by themselves.</summary>
    public Draft Noted(params IEnumerable<string> words)
    {
        _reasons.AddRange(words.Select(one => (one, 0m)));
        return this;
    }

    public Draft Doubted(bool applies, decimal cap, string words)
    {
        if (!applies)
            return this;
        IsDoubted = true;
        _cap = Math.Min(_cap, cap);
        _reasons.Add((words, 0m));
        return this;
    }

    private Draft Supported(decimal weight, string words)
    {
        _doubt *= 1 - weight;
        _reasons.Add((words, weight));
        return this;
    }
}
