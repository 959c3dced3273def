using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReferenceRates;

/// <summary>Which reference rates may be set.</summary>
public static partial class ReferenceRateDecider
{
    private const decimal MostPercent = 100;
    private const int MaxDecimals = 4;

    /// <summary>Sets the rate of a half-year; saying the same again is nothing.</summary>
    public static Decision Set(ReferenceRate rate, ReferenceRateSet wish)
    {
        ArgumentNullException.ThrowIfNull(rate);
        ArgumentNullException.ThrowIfNull(wish);
        if (!NameFormat().IsMatch(wish.Name))
            return Invalid("/name", "The name is a word such as ecb or bank-rate.");
        if (ReferenceRate.HalfYearOf(wish.ValidFrom) != wish.ValidFrom)
            return Invalid("/validFrom", "A reference rate holds from 1 January or 1 July.");
        if (Math.Abs(wish.Percent) > MostPercent || wish.Percent.Scale > MaxDecimals)
        {
            return Invalid(
                "/percent",
                $"The rate is {-MostPercent} to {MostPercent} % a year, with at most {MaxDecimals} decimals.");
        }

        return rate.Percents.TryGetValue(wish.ValidFrom, out var now) && now == wish.Percent
            ? Decision.Nothing
            : Decision.Of(wish);
    }

    private static Refusal Invalid(string field, string detail) => new("invalid-reference-rate", detail, Field: field);

    /// <summary>How such a rate is called.</summary>
    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,19}\z", RegexOptions.None, 1000)]
    internal static partial Regex NameFormat();
}
