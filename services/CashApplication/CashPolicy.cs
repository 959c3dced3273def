using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication;

/// <summary>Section <c>CashApplication</c> of the configuration.</summary>
public sealed class CashPolicy
{
    /// <summary>From this confidence on a match is applied without a person.</summary>
    public decimal AutoApplyThreshold { get; set; } = MatchPolicy.Default.AutoApplyThreshold;

    /// <summary>What matching needs of it.</summary>
    public MatchPolicy Matching => MatchPolicy.Default with { AutoApplyThreshold = AutoApplyThreshold };
}
