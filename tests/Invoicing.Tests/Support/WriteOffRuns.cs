using System.Net;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests;

/// <summary>Runs that write off small balances, as callers ask for them.</summary>
internal static class WriteOffRuns
{
    public const string Runs = "/v1/invoices/write-off-runs";

    /// <summary>
    /// A legal entity with limits of 5.00; where it is guarded, 20.00 together are free, and more needs a controller.
    /// </summary>
    public static async Task<(string Entity, Guid Customer)> SmallBalancesAsync(
        this InvoicingApp app, bool guarded = true)
    {
        var entity = await app.EntityAsync();
        object[] limits = [In("USD", "5.00"), In("EUR", "5.00")];
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/automation-policy", new { smallBalances = new { limits } }))
            .ShouldBe(HttpStatusCode.OK);
        object[] rules =
        [
            new { kind = "write-off", upTo = "20", approvals = 0 },
            new { kind = "write-off", upTo = (string?)null, approvals = 1, role = "controller" },
        ];
        if (guarded)
        {
            (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
                .ShouldBe(HttpStatusCode.OK);
        }

        return (entity, await app.Client.RegisterAsync(entity));
    }

    public static object Wish(
        string legalEntity, string limit = "5.00", string currency = "USD", string reason = "too small",
        DateOnly? day = null, string? total = null, bool preview = false, bool all = false, object? fingerprint = null,
        params Guid[] skip) => new
        {
            legalEntity,
            limit = In(currency, limit),
            reason,
            postingDate = day,
            total = total is null ? null : In(currency, total),
            skip,
            preview,
            all,
            fingerprint,
        };

    public static Task<Answer> FinishedAsync(this InvoicingApp app, Guid run) => Eventually.Becomes(
        () => app.Client.ReadAsync($"{Runs}/{run}"), now => now["status"].GetString() == "finished", "the run is over");

    /// <summary>The ledger ties, to so much that is owed.</summary>
    public static async Task TiesAsync(this InvoicingApp app, string entity, string total)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        report["rows"].EnumerateArray()
            .Single(row => row.GetProperty("controlAccount").GetProperty("currency").GetString() == "USD")
            .GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);
    }

    public static string? Amount(this Answer answer, string property) =>
        answer[property].GetProperty("amount").GetString();

    private static object In(string currency, string amount) => new { amount, currency };
}
