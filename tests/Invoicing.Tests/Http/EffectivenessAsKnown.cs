using System.Globalization;
using System.Net;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class EffectivenessAsKnown(InvoicingApp app)
{
    /// <summary>REP-06: of 1,000 and 500 that is not due yet, 450 is given up in October, as is said later.</summary>
    [Fact]
    public async Task REP06_collection_effectiveness_is_told_of_any_days_as_it_was_known()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var old = await app.Client.IssueAsync(customer, 1_000, new DateOnly(2026, 9, 1));
        (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 500, new DateOnly(2026, 10, 5), "NET 60")))
            .ShouldBe(HttpStatusCode.Created);
        var known = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");

        (await app.Client.PostAsync(
            $"/v1/invoices/{old.Id}/write-offs", new { reason = "lost", amount = "450", postingDate = "2026-10-20" }))
            .ShouldBe(HttpStatusCode.OK);

        // (1,000 + 500 − 1,050) ÷ (1,000 + 500 − 500), and before that was said nothing had come.
        (await ReadAsync("from=2026-10-01&to=2026-10-31")).ShouldBe(45m);
        (await ReadAsync($"from=2026-10-01&to=2026-10-31&knownAt={known}")).ShouldBe(0m);
        (await ReadAsync("from=2026-10-01&to=2026-10-31&by=customer")).ShouldBe(45m);

        // Of September and October the sales of one on average: (0 + 750 − 1,050) ÷ (0 + 750 − 500).
        (await ReadAsync("from=2026-09-01&to=2026-10-31")).ShouldBe(-120m);

        async Task<decimal> ReadAsync(string asked)
        {
            var report = (await app.Client.ReadAsync($"/v1/reports/dso?legalEntity={entity}&{asked}"))
                .ShouldBe(HttpStatusCode.OK);
            var figure = report["rows"][0].GetProperty("collectionEffectiveness").GetString()!;
            report["books"][0].GetProperty("collectionEffectiveness").GetString().ShouldBe(figure);
            return decimal.Parse(figure, CultureInfo.InvariantCulture);
        }
    }
}
