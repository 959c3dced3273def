namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>An explanation in the making: evidence, each worth so much by itself, and what speaks against it.</summary>
internal sealed class Draft(string rule, Fit fit)
{
    /// <summary>What only a person may choose is worth so much at most: it is suggested, and not applied.</summary>
    private const decimal ForPerson = 0.85m;

    private readonly List<string> _reasons = [];
    private decimal _doubt = 1;
    private decimal _cap = fit.IsForPerson ? ForPerson : 1;

    public string Rule => rule;

    public Fit Fit => fit;

    public Guid? RemittanceId { get; init; }

    /// <summary>What the pieces of evidence are worth together: one less the chance that all of them mislead.</summary>
    public decimal Confidence => Math.Min(_cap, decimal.Round(1 - _doubt, 4));

    public IReadOnlyList<string> Reasons => fit.IsForPerson
        ? [.. _reasons, "The policy leaves such a difference to a person."]
        : _reasons;

    public Draft Supported(decimal weight, params IEnumerable<string> words)
    {
        _doubt *= 1 - weight;
        _reasons.AddRange(words);
        return this;
    }

    public Draft Doubted(bool applies, decimal cap, string words)
    {
        if (!applies)
            return this;
        _cap = Math.Min(_cap, cap);
        _reasons.Add(words);
        return this;
    }
}
