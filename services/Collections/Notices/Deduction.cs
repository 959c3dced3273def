using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>What a customer has to its credit.</summary>
public enum DeductionKind
{
    /// <summary>Credit memos that are not applied to an invoice yet.</summary>
    CreditMemos,

    /// <summary>Money that has come and is not applied to an invoice yet.</summary>
    UnappliedCash,
}

/// <summary>What a notice takes off the sum of its items.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Amount">How much; more than zero.</param>
public sealed record Deduction(DeductionKind Kind, Money Amount)
{
    /// <summary>What is asked for: these sums less what is taken off them.</summary>
    public static IReadOnlyList<Money> From(IReadOnlyList<Money> totals, IReadOnlyList<Deduction>? deductions)
    {
        ArgumentNullException.ThrowIfNull(totals);
        return
        [
            .. totals.Select(total => total - Money.Sum(
                (deductions ?? []).Select(one => one.Amount).Where(one => one.Currency == total.Currency),
                total.Currency)),
        ];
    }
}
