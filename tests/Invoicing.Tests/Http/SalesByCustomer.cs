using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class SalesByCustomer(InvoicingApp app)
{
    private const string Range = "from=2026-08-01&to=2026-10-31";

    /// <summary>
    /// 300 of August are open at one customer, with its duplicate; 100 EUR of October, 110 in the books, at another.
    /// </summary>
    [Fact]
    public async Task Dso_is_told_in_the_books_currency_over_all_currencies_and_by_customer()
    {
        var entity = await app.EntityAsync();
        var (dollars, twin) = (await app.Client.RegisterAsync(entity, "Dollars"),
            await app.Client.RegisterAsync(entity, "Twin"));
        var euros = await app.Client.RegisterAsync(entity, "Euros", "EUR");
        await app.Client.RateAsync(entity, "EUR", 1.1m, new DateOnly(2026, 10, 10));
        await app.Client.IssueAsync(dollars, 200, new DateOnly(2026, 8, 5));
        await app.Client.IssueAsync(twin, 100, new DateOnly(2026, 8, 20));
        await app.Client.IssueAsync(euros, 100, new DateOnly(2026, 10, 10));
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = dollars, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);
        var known = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");
        var path = $"/v1/reports/dso?legalEntity={entity}&{Range}";

        var report = (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.OK);

        report["rows"].EnumerateArray().Select(row => (row.GetProperty("currency").GetString(), Sales(row)))
            .ShouldBe([("EUR", "100.00"), ("USD", "300.00")]);
        var books = report["books"].EnumerateArray().ShouldHaveSingleItem();
        (books.GetProperty("currency").GetString(), Sales(books), books.GetProperty("books").GetBoolean())
            .ShouldBe(("USD", "410.00", true));

        // All of 92 days' sales are open; 110 of 410 are not overdue: 24.68 days are the best possible.
        (Figure(books, "dso"), Figure(books, "bestPossibleDso"), Figure(books, "turnover")).ShouldBe((92m, 24.68m, 2m));

        // Counted back over October (110 in 31 days), September (nothing in 30) and August (300 in 31).
        Figure(books, "countbackDso").ShouldBe(92m);

        // 200 for 87 days and 100 for 72 of a month of 300, 110 for 21 days of one of 110.
        Figure(books, "trueDso").ShouldBe(103m);

        var customers = (await app.Client.ReadAsync($"{path}&by=customer"))["rows"].EnumerateArray().ToList();
        customers.Select(row => (row.GetProperty("customerId").GetGuid(), row.GetProperty("customerName").GetString(),
                Sales(row), Figure(row, "dso"), Figure(row, "trueDso")))
            .ShouldBe([(euros, "Euros", "100.00", 92m, 21m), (dollars, "Dollars", "300.00", 92m, 82m)]);
        var csv = await app.Client.ReadAsync($"{path}&by=customer", "text/csv");
        csv.Text.Trim().Split('\n').Length.ShouldBe(4, "two customers and the books");
        csv.Text.ShouldContain(",averageDso,books,customerId,customerNumber,customerName");

        // As it was known, the customer has the name it had, and the duplicate is one.
        var before = await app.Client.ReadAsync($"{path}&by=customer&knownAt={known}");
        (await app.Client.PutAsync(
            $"/v1/customers/{dollars}", new { name = "Another name", country = "US", terms = "NET 30" }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(dollars, 7, new DateOnly(2026, 10, 1));
        (await app.Client.ReadAsync($"{path}&by=customer&knownAt={known}")).Text.ShouldBe(before.Text);
        (await app.Client.ReadAsync($"{path}&by=mood")).ShouldBe(HttpStatusCode.BadRequest, "bad-grouping");
        foreach (var never in new[] { "from=0001-01-01&to=0001-01-31", "from=2026-08-01&to=9999-12-31" })
            (await app.Client.ReadAsync($"/v1/reports/dso?{never}")).ShouldBe(HttpStatusCode.BadRequest, "bad-range");

        // Three years are counted back, however far the last day is.
        (await app.Client.ReadAsync($"/v1/reports/dso?legalEntity={entity}&from=2026-08-01&to=8999-12-31"))["books"][0]
            .GetProperty("countbackDso").ValueKind.ShouldBe(JsonValueKind.Null);
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        var nothing = await elsewhere.ReadAsync($"/v1/reports/dso?{Range}&by=customer");
        (nothing["rows"].GetArrayLength(), nothing["books"].GetArrayLength()).ShouldBe((0, 0));
    }

    private static string? Sales(JsonElement row) => row.GetProperty("sales").GetProperty("amount").GetString();

    private static decimal Figure(JsonElement row, string field) =>
        decimal.Parse(row.GetProperty(field).GetString()!, CultureInfo.InvariantCulture);
}
