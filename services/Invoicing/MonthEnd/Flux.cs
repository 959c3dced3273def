using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.MonthEnd;

/// <summary>What a figure was in another period, and how it has changed.</summary>
/// <param name="Then">The figure then.</param>
/// <param name="Change">Now less then.</param>
/// <param name="Percent">Change in percent of the figure then, to one decimal; null where that was nothing.</param>
/// <param name="IsLarge">It is above both thresholds and wants a comment.</param>
public sealed record FluxChange(Money Then, Money Change, decimal? Percent, bool IsLarge);

/// <summary>One line of a flux report.</summary>
/// <param name="Role">What the accounts stand for, such as <c>revenue</c>.</param>
/// <param name="Now">Debits less credits of the period, in the books' currency.</param>
/// <param name="PriorPeriod">Against the period before.</param>
/// <param name="PriorYear">Against the same period of the year before.</param>
public sealed record FluxLine(string Role, Money Now, FluxChange PriorPeriod, FluxChange PriorYear)
{
    /// <summary>It wants a comment.</summary>
    public bool IsLarge => PriorPeriod.IsLarge || PriorYear.IsLarge;
}

/// <summary>What somebody says about a line of a flux report.</summary>
/// <param name="Role">Which line.</param>
/// <param name="Comment">1 to 500 characters.</param>
public sealed record FluxComment(string Role, string Comment);

/// <summary>
/// How figures have changed against the period and the year before. A change is large when it is above the greater of a
/// percentage of the figure before and an amount; our own rule, as auditors set it. Worked example, also a test:
/// 125,000 after 100,000 is large by 10 % and 20,000 (25,000 is above both) and not by 30 % or 25,000.
/// </summary>
public static class Flux
{
    /// <summary>The change of one figure; without a threshold none is large.</summary>
    public static FluxChange Of(Money now, Money then, FluxThreshold? threshold)
    {
        var change = now - then;
        var size = Math.Abs(change.Amount);
        return new FluxChange(
            then, change,
            then.IsZero ? null : decimal.Round(
                change.Amount / Math.Abs(then.Amount) * 100, 1, MidpointRounding.AwayFromZero),
            threshold is { } large && size > Math.Max(large.Amount, Math.Abs(then.Amount) * large.Percent / 100));
    }
}
