namespace OrderToCash.Kernel.Tests;

/// <summary>Currencies are those of ISO 4217, with its minor units.</summary>
public sealed class Currencies
{
    [Theory]
    [InlineData("JPY", 0, "1")]
    [InlineData("KRW", 0, "1")]
    [InlineData("USD", 2, "0.01")]
    [InlineData("MXN", 2, "0.01")]
    [InlineData("BHD", 3, "0.001")]
    [InlineData("KWD", 3, "0.001")]
    [InlineData("CLF", 4, "0.0001")]
    public void Each_has_the_minor_unit_of_ISO_4217(string code, int minorUnits, string unit)
    {
        var currency = Currency.Of(code);

        (currency.Code, currency.MinorUnits, currency.Unit).ShouldBe((code, minorUnits, decimal.Parse(unit)));
        currency.ToString().ShouldBe(code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("usd")]
    [InlineData("US")]
    [InlineData("USDX")]
    [InlineData(" USD")]
    [InlineData("XXX")]
    [InlineData("DEM")]
    public void Nothing_else_is_one(string? code)
    {
        Currency.TryOf(code, out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Currency.Of(code!));
    }

    [Fact]
    public void The_same_code_is_the_same_currency()
    {
        Currency.Of("USD").ShouldBe(Currency.Of(new string("USD".AsSpan())));
        Currency.Of("USD").ShouldNotBe(Currency.Of("CAD"));
    }
}
