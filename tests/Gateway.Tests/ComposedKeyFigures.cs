using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.Gateway.Tests;

/// <summary>REP-15: one place that shows the key figures of all services.</summary>
public sealed class ComposedKeyFigures
{
    private static readonly ServiceAnswer Sales = Good("invoicing", """
        { "rows": [ { "currency": "EUR", "dso": "99" } ], "books": [ { "legalEntity": "US01", "currency": "USD",
          "dso": "60", "bestPossibleDso": "48", "countbackDso": null, "trueDso": "55.5", "averageDaysDelinquent": "12",
          "turnover": "1.5" } ] }
        """);

    private static readonly ServiceAnswer BadDebt = Good("invoicing", """
        { "badDebtPercent": "1", "currentPercent": "80", "over90Percent": "2.5", "rows": [] }
        """);

    private static readonly ServiceAnswer Unapplied = Good("invoicing", """
        { "rows": [], "totals": [ { "kind": "unapplied", "currency": "USD", "total": "120.5", "averageDays": "3.5" },
          { "kind": "unidentified", "currency": "EUR", "total": "7", "averageDays": null } ] }
        """);

    /// <summary>The latest first; the one of 30 September looked at all of October.</summary>
    private static readonly ServiceAnswer Forecasting = Good("collections", """
        { "items": [
          { "asOf": "2026-10-01", "currency": "USD", "grain": "month", "score": { "mape": "1", "bias": "1" } },
          { "asOf": "2026-10-01", "currency": "EUR", "grain": "month", "score": { "mape": "8", "bias": "-2" } },
          { "asOf": "2026-09-30", "currency": "USD", "grain": "day", "score": { "mape": "30", "bias": "4" } },
          { "asOf": "2026-09-30", "currency": "USD", "grain": "month", "score": { "mape": "9.5", "bias": "-4" } } ],
          "next": null }
        """);

    private static readonly ServiceAnswer Collecting = Good("collections", """
        { "rows": [
          { "collector": null, "all": true, "beginning": { "amount": "1", "currency": "USD" }, "effectiveness": "75",
            "target": { "amount": "900.00", "currency": "USD" }, "achieved": "50", "promisesKeptPercent": "90",
            "disputeDays": "4.25" },
          { "collector": "carla", "all": false, "beginning": { "amount": "1", "currency": "USD" },
            "effectiveness": "11" },
          { "collector": null, "all": true, "beginning": { "amount": "1", "currency": "EUR" }, "effectiveness": "50",
            "target": null, "achieved": null, "promisesKeptPercent": "90", "disputeDays": "4.25" } ] }
        """);

    private static readonly ServiceAnswer Matching = Good("cash-application", """
        { "rows": [ { "legalEntity": "US01", "envelopeRate": "0.8", "lineRate": "0.9", "wrongMatchRate": "0" } ] }
        """);

    private static readonly ServiceAnswer Holds = Good("credit", """
        { "rows": [ { "reason": null, "ended": 4, "averageHours": "3.5", "medianHours": "2" },
          { "reason": "over-limit", "ended": 3, "averageHours": "9", "medianHours": "9" } ] }
        """);

    [Fact]
    public void each_service_tells_its_figures_of_the_whole_legal_entity()
    {
        var view = KeyFigures.Compose(
            "US01", "2026-10", [Sales, BadDebt, Unapplied, Collecting, Forecasting, Matching, Holds]);

        (view.Unavailable.Count, view.Denied.Count).ShouldBe((0, 0));
        view.Figures.Select(figure => (figure.Name, figure.Currency, figure.Value)).ShouldBe(
        [
            ("dso", "USD", 60m), ("best-possible-dso", "USD", 48m), ("countback-dso", "USD", null),
            ("true-dso", "USD", 55.5m), ("average-days-delinquent", "USD", 12m), ("turnover", "USD", 1.5m),
            ("bad-debt-to-sales", null, 1m), ("current", null, 80m), ("overdue-more-than-90-days", null, 2.5m),
            ("unapplied-cash", "USD", 120.5m), ("unapplied-cash-age", "USD", 3.5m),
            ("unidentified-cash", "EUR", 7m), ("unidentified-cash-age", "EUR", null),
            ("collection-effectiveness", "USD", 75m), ("cash-target", "USD", 900m),
            ("cash-target-achieved", "USD", 50m), ("promises-kept", "USD", 90m), ("dispute-cycle", "USD", 4.25m),
            ("collection-effectiveness", "EUR", 50m), ("cash-target", "EUR", null),
            ("cash-target-achieved", "EUR", null), ("promises-kept", "EUR", 90m), ("dispute-cycle", "EUR", 4.25m),
            ("cash-forecast-error", "EUR", 8m), ("cash-forecast-bias", "EUR", -2m),
            ("cash-forecast-error", "USD", 9.5m), ("cash-forecast-bias", "USD", -4m),
            ("straight-through-receipts", null, 0.8m), ("straight-through-allocations", null, 0.9m),
            ("wrong-matches", null, 0m),
            ("order-hold-average", null, 3.5m), ("order-hold-median", null, 2m), ("order-holds-ended", null, 4m),
        ]);
        view.Figures.ShouldAllBe(figure => figure.Unit.Length > 0 && figure.Service.Length > 0);
    }

    [Fact]
    public void who_is_away_is_named_and_who_had_nothing_tells_nothing()
    {
        var view = KeyFigures.Compose("US01", "2026-10",
        [
            Sales, new("invoicing", HttpStatusCode.BadRequest, new JsonObject()),
            Good("invoicing", """{ "totals": [] }"""),
            new("collections", null, null), Good("collections", """{ "items": [] }"""),
            new("cash-application", HttpStatusCode.Forbidden, new JsonObject()), Good("credit", """{ "rows": [] }"""),
        ]);

        view.Unavailable.ShouldBe(["invoicing", "collections"]);
        view.Denied.ShouldBe(["cash-application"]);
        view.Figures.Take(6).ShouldAllBe(figure => figure.Service == "invoicing");
        view.Figures.Skip(6).Select(figure => (figure.Name, figure.Value)).ShouldBe(
        [
            ("unapplied-cash", null), ("unapplied-cash-age", null), ("unidentified-cash", null),
            ("unidentified-cash-age", null), ("cash-forecast-error", null), ("cash-forecast-bias", null),
            ("order-hold-average", null), ("order-hold-median", null), ("order-holds-ended", null),
        ]);
    }

    [Fact]
    public void what_there_is_none_of_beside_something_of_another_kind_is_told_as_none()
    {
        var none = new ServiceAnswer("credit", null, null);
        var view = KeyFigures.Compose("US01", "2026-10",
        [
            none, none, Good("invoicing", """
                { "totals": [ { "kind": "unidentified", "currency": "EUR", "total": "7", "averageDays": "2" } ] }
                """),
        ]);

        view.Figures.Select(figure => (figure.Name, figure.Currency, figure.Value)).ShouldBe(
        [
            ("unidentified-cash", "EUR", 7m), ("unidentified-cash-age", "EUR", 2m), ("unapplied-cash", null, null),
            ("unapplied-cash-age", null, null),
        ]);
    }

    [Theory]
    [InlineData("1999-12", HttpStatusCode.BadRequest)]
    [InlineData("9999-12", HttpStatusCode.BadRequest)]
    [InlineData("soon", HttpStatusCode.BadRequest)]
    [InlineData("2026-10", HttpStatusCode.OK)]
    public async Task a_month_is_one_that_reports_have(string period, HttpStatusCode status)
    {
        await using var gateway = await WholeGateway.StartAsync(http => http.Response.WriteAsync("{}"));
        using var client = gateway.Client(gateway.Tokens.For("invoicing:read"));

        using var answer = await client.GetAsync(
            $"/v1/reports/kpis?legalEntity=US01&period={period}", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(status);
    }

    private static ServiceAnswer Good(string service, string json) =>
        new(service, HttpStatusCode.OK, JsonNode.Parse(json));
}
