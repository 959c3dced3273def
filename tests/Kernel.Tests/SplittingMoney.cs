using System.Numerics;
using FsCheck.Fluent;

namespace OrderToCash.Kernel.Tests;

/// <summary>A split gives everything out, nothing more, and each what is nearest to its due.</summary>
public sealed class SplittingMoney
{
    [Fact]
    public void The_shares_are_the_amount_and_have_its_sign() => Generate.ForAll(Cases, split =>
    {
        var shares = split.Amount.Split(split.Weights);

        shares.Count.ShouldBe(split.Weights.Length);
        Money.Sum(shares, split.Amount.Currency).ShouldBe(split.Amount);
        shares.ShouldAllBe(share => share.IsZero || share.IsNegative == split.Amount.IsNegative);
        shares.Zip(split.Weights).ShouldAllBe(pair => pair.Second > 0 || pair.First.IsZero);
    });

    [Fact]
    public void No_share_is_a_whole_minor_unit_off_its_due() => Generate.ForAll(Cases, split =>
    {
        var total = split.Weights.Sum();
        foreach (var (share, weight) in split.Amount.Split(split.Weights).Zip(split.Weights))
        {
            var due = split.Amount.Amount * (weight / total);
            Math.Abs(share.Amount - due).ShouldBeLessThan(share.Currency.Unit * 1.001m);
        }
    });

    [Fact]
    public void Left_over_units_go_to_the_largest_remainders_and_among_equals_to_the_first() => Generate.ForAll(
        from units in Gen.Choose(-10_000, 10_000)
        from weights in Gen.Choose(0, 12).ArrayOf(7)
        where weights.Any(weight => weight > 0)
        select (units, weights),
        split =>
        {
            var amount = Money.Of(split.units, "JPY");
            var expected = LargestRemainders(split.units, split.weights);

            amount.Split([.. split.weights.Select(weight => (decimal)weight)])
                .Select(share => (long)share.Amount)
                .ShouldBe(expected);
        });

    [Fact]
    public void Only_the_proportions_of_the_weights_matter() => Generate.ForAll(Cases, split =>
        split.Amount.Split([.. split.Weights.Select(weight => weight * 1000m)])
            .ShouldBe(split.Amount.Split(split.Weights)));

    [Fact]
    public void The_extremes_of_amounts_and_weights_are_split_exactly()
    {
        var largest = Money.Of(999_999_999_999_999.99m, "USD");

        Money.Sum(largest.Split(decimal.MaxValue, 1, decimal.MaxValue), largest.Currency).ShouldBe(largest);
        largest.Split(0.0000000000000000000000000001m, 0).ShouldBe([largest, Money.Zero(largest.Currency)]);
    }

    [Fact]
    public void A_cent_among_three_goes_to_the_first() => Money.Of(100m, "USD").Split(1, 1, 1)
        .Select(share => share.Amount).ShouldBe([33.34m, 33.33m, 33.33m]);

    [Fact]
    public void Equal_remainders_of_unequal_weights_are_ties_too() => Money.Of(5m, "JPY").Split(3, 9, 18)
        .Select(share => share.Amount).ShouldBe([1m, 1m, 3m]);

    [Fact]
    public void Nothing_can_be_split_by_no_weights_negative_ones_or_zeros()
    {
        var money = Money.Of(1m, "USD");

        Should.Throw<ArgumentException>(() => money.Split());
        Should.Throw<ArgumentException>(() => money.Split(0, 0));
        Should.Throw<ArgumentException>(() => money.Split(2, -1));
    }

    private static FsCheck.Gen<(Money Amount, decimal[] Weights)> Cases =>
        from amount in Generate.AnyMoney
        from weights in Generate.Weights
        select (amount, weights);

    /// <summary>The method in its plainest form, over whole units.</summary>
    private static long[] LargestRemainders(long units, int[] weights)
    {
        long total = weights.Sum(), size = Math.Abs(units);
        var shares = weights.Select(weight => size * weight / total).ToArray();
        for (var left = size - shares.Sum(); left > 0; left--)
        {
            var largest = Enumerable.Range(0, weights.Length)
                .MaxBy(index => (BigInteger)(size * weights[index]) - (shares[index] * total));
            shares[largest]++;
        }

        return Array.ConvertAll(shares, share => share * Math.Sign(units));
    }
}
