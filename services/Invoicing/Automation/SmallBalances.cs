using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Automation;

/// <summary>
/// Up to which amount the rest of an installment is a small balance, which many at a time may be written off by a run.
/// </summary>
/// <param name="Limits">One per currency, each above zero; in a currency without one there are no runs.</param>
public sealed record SmallBalances(IReadOnlyList<Money> Limits)
{
    private const int MaxLimits = 200;

    /// <summary>The largest rest that a run may give up in a currency; zero where there is no limit for it.</summary>
    public Money LimitIn(Currency currency) =>
        Limits.Where(limit => limit.Currency == currency).DefaultIfEmpty(Money.Zero(currency)).First();

    /// <summary>Why these are no limits, or null.</summary>
    internal string? Fault() =>
        Limits.Count > MaxLimits ? $"There are at most {MaxLimits} limits."
        : Limits.Any(limit => !limit.IsPositive) ? "Limits are above zero."
        : Limits.GroupBy(limit => limit.Currency).FirstOrDefault(limits => limits.Count() > 1) is { } twice
            ? $"There are two limits for {twice.Key}."
        : null;

    /// <inheritdoc/>
    public bool Equals(SmallBalances? other) => other is not null && Limits.SequenceEqual(other.Limits);

    /// <inheritdoc/>
    public override int GetHashCode() => Limits.Count;
}
