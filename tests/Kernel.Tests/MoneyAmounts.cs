using FsCheck.Fluent;

namespace OrderToCash.Kernel.Tests;

/// <summary>An amount is a whole number of minor units of one currency, and stays one.</summary>
public sealed class MoneyAmounts
{
    private static readonly Currency Usd = Currency.Of("USD");

    [Fact]
    public void What_is_added_and_taken_away_leaves_the_amount() => Generate.ForAll(
        Generate.OfOneCurrency(2), pair => (pair[0] + pair[1] - pair[1]).ShouldBe(pair[0]));

    [Fact]
    public void Order_does_not_matter_to_a_sum() => Generate.ForAll(Generate.OfOneCurrency(5), amounts =>
        Money.Sum(amounts.Reverse(), amounts[0].Currency).ShouldBe(Money.Sum(amounts, amounts[0].Currency)));

    [Fact]
    public void An_amount_and_its_negative_are_nothing_and_print_so() => Generate.ForAll(Generate.AnyMoney, money =>
    {
        var nothing = money + -money;
        nothing.ShouldBe(Money.Zero(money.Currency));
        nothing.ToString().ShouldBe(Money.Zero(money.Currency).ToString());
        nothing.GetHashCode().ShouldBe(Money.Zero(money.Currency).GetHashCode());
        (-nothing).ToString().ShouldBe(nothing.ToString());
    });

    [Fact]
    public void Equal_amounts_are_equal_however_they_were_written() => Generate.ForAll(Generate.AnyMoney, money =>
    {
        var rewritten = Money.Of(money.Amount + 0.0000m, money.Currency);
        rewritten.ShouldBe(money);
        rewritten.GetHashCode().ShouldBe(money.GetHashCode());
        rewritten.ToString().ShouldBe(money.ToString());
        money.Amount.Scale.ShouldBe((byte)money.Currency.MinorUnits);
    });

    [Fact]
    public void Comparison_is_that_of_the_amounts() => Generate.ForAll(Generate.OfOneCurrency(2), pair =>
    {
        var (left, right) = (pair[0], pair[1]);
        (left < right).ShouldBe(left.Amount < right.Amount);
        (left >= right).ShouldBe(!(left < right));
        (left > right).ShouldBe(right < left);
        (left <= right).ShouldBe(right >= left);
        Math.Sign(left.CompareTo(right)).ShouldBe(left.Amount.CompareTo(right.Amount));
        (Money.Min(left, right) + Money.Max(left, right)).ShouldBe(left + right);
    });

    [Fact]
    public void Two_currencies_never_mix() => Generate.ForAll(
        from left in Generate.AnyMoney
        from right in Generate.AnyMoney
        where left.Currency != right.Currency
        select (left, right),
        pair =>
        {
            var (left, right) = pair;
            left.ShouldNotBe(right);
            Should.Throw<CurrencyMismatchException>(() => left + right);
            Should.Throw<CurrencyMismatchException>(() => left - right);
            Should.Throw<CurrencyMismatchException>(() => left < right);
            Should.Throw<CurrencyMismatchException>(() => left >= right);
            Should.Throw<CurrencyMismatchException>(() => left.CompareTo(right));
            Should.Throw<CurrencyMismatchException>(() => Money.Max(left, right));
            Should.Throw<CurrencyMismatchException>(() => Money.Sum([left], right.Currency));
        });

    [Theory]
    [InlineData("1.005", "USD")]
    [InlineData("0.5", "JPY")]
    [InlineData("1.0005", "BHD")]
    [InlineData("1000000000000000", "USD")]
    [InlineData("-1000000000000000", "USD")]
    public void A_fraction_of_a_minor_unit_or_too_much_is_no_amount(string amount, string currency)
    {
        var number = decimal.Parse(amount);

        Money.TryOf(number, Currency.Of(currency), out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Money.Of(number, currency));
    }

    [Fact]
    public void The_largest_amount_cannot_grow()
    {
        var largest = Money.Of(999_999_999_999_999.99m, Usd);

        (largest - largest).IsZero.ShouldBeTrue();
        Should.Throw<ArgumentException>(() => largest + Money.Of(0.01m, Usd));
    }

    [Theory]
    [InlineData("2.345", "USD", "2.35 USD")]
    [InlineData("2.344999", "USD", "2.34 USD")]
    [InlineData("-2.345", "USD", "-2.35 USD")]
    [InlineData("2.5", "JPY", "3 JPY")]
    [InlineData("0.00005", "CLF", "0.0001 CLF")]
    public void Half_a_minor_unit_is_rounded_away_from_zero(string amount, string currency, string rounded) =>
        Money.Round(decimal.Parse(amount), Currency.Of(currency)).ToString().ShouldBe(rounded);

    [Fact]
    public void A_factor_rounds_once() => Money.Of(19.99m, Usd).Times(0.0825m).ShouldBe(Money.Of(1.65m, Usd));

    [Fact]
    public void Money_that_was_never_set_does_not_pass_as_money()
    {
        Should.Throw<InvalidOperationException>(() => default(Money).Currency.Code);
        Should.Throw<InvalidOperationException>(() => default(Money) + default(Money));
    }

    [Fact]
    public void Signs_are_told()
    {
        var (more, less, zero) = (Money.Of(1m, Usd), Money.Of(-1m, Usd), Money.Zero(Usd));

        (more.IsPositive, more.IsNegative, more.IsZero).ShouldBe((true, false, false));
        (less.IsPositive, less.IsNegative, less.IsZero).ShouldBe((false, true, false));
        (zero.IsPositive, zero.IsNegative, zero.IsZero).ShouldBe((false, false, true));
    }
}
