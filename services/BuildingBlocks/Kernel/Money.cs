using System.Globalization;
using System.Text.Json.Serialization;

namespace OrderToCash.Kernel;

/// <summary>
/// An amount of one currency, always a whole number of its minor units and below 10^15 in size.
/// It cannot hold a fraction of a cent, and two currencies never add, compare or mix: that throws
/// <see cref="CurrencyMismatchException"/>. On the wire: <c>{"amount":"1250.00","currency":"USD"}</c>.
/// </summary>
[JsonConverter(typeof(MoneyJsonConverter))]
public readonly partial record struct Money : IComparable<Money>
{
    /// <summary>Amounts stay strictly below this in size, in major units; columns are numeric(19,4).</summary>
    public const decimal Limit = 1_000_000_000_000_000m;

    private Money(decimal amount, Currency currency) => (Amount, Currency) = (amount, currency);

    /// <summary>Major units (dollars, not cents), with exactly the currency's decimals.</summary>
    public decimal Amount { get; }

    /// <summary>The currency; reading it from a default value throws.</summary>
    public Currency Currency { get; }

    /// <summary>True for 0.00.</summary>
    public bool IsZero => Amount == 0;

    /// <summary>True above 0.00.</summary>
    public bool IsPositive => Amount > 0;

    /// <summary>True below 0.00.</summary>
    public bool IsNegative => Amount < 0;

    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => Of(0, currency);

    /// <summary>
    /// An exact amount. Throws <see cref="ArgumentException"/> when it has more decimals than the currency
    /// or is at or above <see cref="Limit"/>; use <see cref="Round"/> where rounding is meant.
    /// </summary>
    public static Money Of(decimal amount, Currency currency) =>
        TryOf(amount, currency, out var money)
            ? money
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{amount} is not an amount of {currency} ({currency.MinorUnits} decimals, below 10^15)."),
                nameof(amount));

    /// <summary>An exact amount of the currency with this ISO code; see <see cref="Of(decimal, Currency)"/>.</summary>
    public static Money Of(decimal amount, string currency) => Of(amount, Currency.Of(currency));

    /// <summary>True and the money when the amount is a whole number of minor units and below the limit.</summary>
    public static bool TryOf(decimal amount, Currency currency, out Money money)
    {
        var exact = Math.Abs(amount) < Limit && decimal.Round(amount, currency.MinorUnits) == amount;
        money = exact ? new Money(Quantise(amount, currency), currency) : default;
        return exact;
    }

    /// <summary>The nearest amount of the currency; half a minor unit goes away from zero (commercially).</summary>
    public static Money Round(decimal amount, Currency currency) =>
        Of(decimal.Round(amount, currency.MinorUnits, MidpointRounding.AwayFromZero), currency);

    /// <summary><c>1250.00 USD</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");

    /// <summary>Gives the decimal the currency's scale, so that 5 USD prints, stores and compares as 5.00.</summary>
    private static decimal Quantise(decimal amount, Currency currency) =>
        decimal.Round(amount + (0 * currency.Unit), currency.MinorUnits);
}

/// <summary>Two currencies met where one was meant: a defect of the caller, never a business outcome.</summary>
public sealed class CurrencyMismatchException(Currency left, Currency right)
    : InvalidOperationException($"{left} and {right} do not mix.");
