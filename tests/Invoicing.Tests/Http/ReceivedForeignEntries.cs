using System.Globalization;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// Entries of cash application in another currency, which are worth something in the books by the rate of their
/// receipt: at 1.15, two lines of 0.11 are 0.13 each by themselves, and the 0.22 that they come to are 0.25.
/// </summary>
public class ReceivedForeignEntries(InvoicingApp app)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Balance_in_the_books_to_the_cent_whenever_their_rate_is_known(bool rateFirst)
    {
        var entity = await app.EntityAsync();
        if (rateFirst)
            await app.Client.RateAsync(entity, "EUR", 1.15m, TestApi.Today);
        await app.Bus.PublishAsync(Posted(
            entity, ("1000", "bank", 0.11m), ("6855", "bank-charges", 0.11m), ("2400", "unapplied-cash", -0.22m)));
        await Eventually.Passes(async () => (await LinesAsync(entity)).Count.ShouldBe(3));
        if (!rateFirst)
            await app.Client.RateAsync(entity, "EUR", 1.15m, TestApi.Today);

        var lines = await LinesAsync(entity);

        // What is not applied is taken off at its own worth again, so that is as the rate says.
        lines.Order().ShouldBe([("1000", 0.12m), ("2400", -0.25m), ("6855", 0.13m)]);
        var month = $"{TestApi.Today:yyyy-MM}";
        var trial = await app.Client.ReadAsync($"/v1/reports/trial-balance?from={month}&legalEntity={entity}");
        trial["ties"].GetBoolean().ShouldBeTrue(trial.Text);
    }

    /// <summary>Only cash that is not applied can take the cent: the entry balances all the same.</summary>
    [Fact]
    public async Task Balance_where_all_of_it_is_cash_that_is_not_applied()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.15m, TestApi.Today);
        await app.Bus.PublishAsync(Posted(
            entity, ("2410", "unidentified-cash", 0.22m), ("2400", "unapplied-cash", -0.11m),
            ("2401", "unapplied-cash", -0.11m)));

        await Eventually.Passes(async () => (await LinesAsync(entity)).Count.ShouldBe(3));

        var lines = await LinesAsync(entity);
        lines.Sum(line => line.Base).ShouldBe(0);
        lines.ShouldAllBe(line => Math.Abs(line.Base) <= 0.26m && Math.Abs(line.Base) >= 0.12m);
    }

    private async Task<List<(string Account, decimal Base)>> LinesAsync(string entity) =>
    [
        .. (await app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entity}"))["items"].EnumerateArray()
            .SelectMany(entry => entry.GetProperty("lines").EnumerateArray())
            .Select(line => (
                line.GetProperty("account").GetString()!,
                Worth(line.GetProperty("baseDebit")) - Worth(line.GetProperty("baseCredit")))),
    ];

    private static decimal Worth(JsonElement amount) => amount.ValueKind == JsonValueKind.Null
        ? 0
        : decimal.Parse(amount.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);

    /// <summary>An entry of these lines, debits above zero and credits below.</summary>
    private static JournalEntryPosted Posted(
        string entity, params (string Account, string Role, decimal Amount)[] lines) => new(
        Some.NewId(), entity, TestApi.Today, "receipt-booked", Some.NewId(), "RCT-1", null,
        [.. lines.Select(line => new JournalLine(
            line.Account, line.Role, new MoneyAmount(Math.Max(line.Amount, 0), "EUR"),
            new MoneyAmount(Math.Max(-line.Amount, 0), "EUR")))],
        TestApi.Today);
}
