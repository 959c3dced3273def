using System.Reflection;
using OrderToCash.Kernel;

namespace OrderToCash.Documents.Tests;

public sealed class Writing
{
    private static readonly DateOnly Date = new(2026, 3, 1);
    private static readonly Money Amount = Money.Of(1234567.5m, "USD");

    [Fact]
    public void what_a_template_is_given_is_never_markup()
    {
        var template = new HtmlTemplate<Sample>(Assembly.GetExecutingAssembly(), "sample.html.hbs");

        template.Fill(new Sample("<b>\" onload=\"x", ["<script>alert(1)</script>", "Müller & Söhne"])).Trim().ShouldBe(
            "<p title=\"&lt;b&gt;&quot; onload&#x3D;&quot;x\">&lt;b&gt;&quot; onload&#x3D;&quot;x</p>" +
            "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li><li>Müller &amp; Söhne</li>");
    }

    [Fact]
    public void a_word_that_a_template_does_not_find_is_no_gap_in_the_page()
    {
        var template = new HtmlTemplate<Sample>(Assembly.GetExecutingAssembly(), "wrong.html.hbs");

        Should.Throw<Exception>(() => template.Fill(new Sample("a", []))).Message.ShouldContain("Nobody");
    }

    [Fact]
    public void a_template_takes_in_parts_line_for_line()
    {
        var template = new HtmlTemplate<Sample>(Assembly.GetExecutingAssembly(), "whole.html.hbs", "part.hbs");

        template.Fill(new Sample("A & B", [])).ShouldBe("<body>\n<p>A &amp; B</p>\n<p>again</p>\n</body>\n");
    }

    [Fact]
    public void a_template_that_is_not_there_is_named() => Should.Throw<ArgumentException>(
        () => new HtmlTemplate<Sample>(Assembly.GetExecutingAssembly(), "none.hbs")).Message.ShouldContain("none.hbs");

    [Theory]
    [InlineData("en", "1,500", "0.0035", "12.50", "8.25%")]
    [InlineData("fr", "1 500", "0,0035", "12,50", "8,25 %")]
    public void quantities_prices_and_rates_have_the_digits_that_say_something(
        string code, string quantity, string small, string price, string rate)
    {
        var language = DocumentLanguage.Of(code);

        string[] written =
        [
            language.Quantity(1_500.000m), language.Price(0.0035m, Amount.Currency),
            language.Price(12.5m, Amount.Currency), language.Percent(0.0825m),
        ];

        written.Select(text => text.Replace('\u00A0', ' ')).ShouldBe([quantity, small, price, rate]);
        language.Price(12m, Currency.Of("JPY")).ShouldBe("12");
    }

    [Theory]
    [InlineData("en", "March 1, 2026", "Mar 1, 2026", "1,234,567.50 USD")]
    [InlineData("es", "1 de marzo de 2026", "01/03/2026", "1,234,567.50 USD")]
    [InlineData("fr", "1er mars 2026", "01/03/2026", "1 234 567,50 USD")]
    [InlineData("de", "March 1, 2026", "Mar 1, 2026", "1,234,567.50 USD")]
    public void each_language_writes_dates_and_amounts_its_own_way(
        string code, string date, string shortDate, string amount)
    {
        var language = DocumentLanguage.Of(code);

        language.Date(Date).ShouldBe(date);
        language.ShortDate(Date).ShouldBe(shortDate);
        language.Amount(Amount).Replace('\u00A0', ' ').ShouldBe(amount);
    }

    [Theory]
    [InlineData("JPY", "1,235 JPY")]
    [InlineData("BHD", "1,234.567 BHD")]
    public void an_amount_has_the_decimals_of_its_currency(string currency, string text) =>
        DocumentLanguage.English.Amount(Money.Round(1234.567m, Currency.Of(currency)))
            .Replace('\u00A0', ' ').ShouldBe(text);

    private sealed record Sample(string Name, IReadOnlyList<string> Lines);
}
