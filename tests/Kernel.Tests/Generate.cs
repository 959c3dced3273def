using FsCheck;
using FsCheck.Fluent;

namespace OrderToCash.Kernel.Tests;

/// <summary>Random input for properties.</summary>
internal static class Generate
{
    /// <summary>Numbers of minor units: small ones, any up to 10^14, and the edges.</summary>
    private static readonly Gen<long> Units = Gen.OneOf(
        Gen.Choose(-100_000, 100_000).Select(units => (long)units),
        from high in Gen.Choose(-99_999_999, 99_999_999)
        from low in Gen.Choose(0, 999_999)
        select (high * 1_000_000L) + low,
        Gen.Elements(0L, 1L, -1L, 99_999_999_999_999L));

    public static Gen<Currency> Currencies { get; } =
        Gen.Elements("JPY", "USD", "EUR", "MXN", "BHD", "CLF").Select(Currency.Of);

    public static Gen<Money> Amounts(Currency currency) =>
        Units.Select(units => Money.Of(units * currency.Unit, currency));

    public static Gen<Money> AnyMoney { get; } =
        from currency in Currencies
        from money in Amounts(currency)
        select money;

    public static Gen<Money[]> OfOneCurrency(int count) =>
        from currency in Currencies
        from amounts in Amounts(currency).ArrayOf(count)
        select amounts;

    /// <summary>One to forty weights, some zero, of different scales, not all zero.</summary>
    public static Gen<decimal[]> Weights { get; } =
        from count in Gen.Choose(1, 40)
        from weights in Weight.ArrayOf(count)
        where weights.Any(weight => weight > 0)
        select weights;

    private static Gen<decimal> Weight => Gen.OneOf(
        Gen.Constant(0m),
        Gen.Choose(1, 10).Select(weight => (decimal)weight),
        Gen.Choose(1, 1_000_000).Select(weight => weight / 100m),
        Gen.Choose(1, 1_000_000).Select(weight => weight / 3m));

    public static void ForAll<T>(Gen<T> values, Action<T> holds) => Prop
        .ForAll(values.ToArbitrary(), value =>
        {
            holds(value);
            return true;
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
}
