using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-15: the folder of a case shows how the customer stands beside others.</summary>
public sealed class ComparingCases(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "CC01";

    [Fact]
    public async Task a_customer_is_shown_beside_its_segment_and_its_legal_entity()
    {
        await bed.EntityAsync(Entity);
        var customer = await bed.CustomerAsync(entity: Entity, segment: "retail");
        var (issued, day) = (Issued(customer, NewId(), 730), TimeProvider.System.Today("America/Chicago").AddDays(-5));
        var paid = Paid(customer, issued.InvoiceId, 730, 146);
        await bed.PublishAsync(
            issued with { InvoiceDate = day, Items = [issued.Items[0] with { InvoiceDate = day }] });
        await bed.PublishAsync(paid with { Item = paid.Item with { InvoiceDate = day } }, version: 2);
        await bed.ExposureBecomesAsync(customer, 146, 0, 0);
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "1000000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var folder = $"/v1/credit/applications/{applied.Text("id")}";
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetFromJsonAsync<JsonElement>(folder)).Text("status") == "in-review",
            "the case is referred");
        await ScoreAsync(customer, 60);
        foreach (var (segment, score) in new (string?, int?)[] { ("retail", 40), ("retail", null), (null, 80) })
            await ScoreAsync(await bed.CustomerAsync(entity: Entity, segment: segment), score);
        (await bed.App.Services.GetRequiredService<CustomerFigures>().RefreshAsync(
            Entity, TimeProvider.System.Today("America/Chicago"), default)).ShouldBe(4);
        var figures = (await bed.AccountAsync(customer)).GetProperty("figures");
        (figures.Text("daysSalesOutstanding"), figures.Text("averageBalance"), figures.Text("monthlyBilling"))
            .ShouldBe(("73.0", "146.00", "60.83"));
        figures.GetProperty("daysBeyondTerms").ValueKind.ShouldBe(JsonValueKind.String);
        var path = $"{folder}/comparison";

        var shown = await bed.Client.GetFromJsonAsync<JsonElement>(path);

        shown.Text("daysSalesOutstanding").ShouldBe("73.0");
        var peers = shown.GetProperty("peers").EnumerateArray().ToList();
        peers.Select(one => (one.Text("of"), one.Text("name"), one.GetProperty("customers").GetInt64(),
            one.GetProperty("scored").GetInt64(), one.Text("score"), one.Text("worsePercent")))
            .ShouldBe([("segment", "retail", 3, 2, "50.0", "50.0"), ("legal-entity", Entity, 4, 3, "60.0", "33.3")]);
        (shown.Text("averageBalance"), peers[0].Text("daysSalesOutstanding"), peers[1].Text("averageBalance"))
            .ShouldBe(("146.00", "73.0", "146.00"), "it owes that since today, and the others owe nothing");
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    /// <summary>What was owed before the year counts from its first day on, and each balance for its days.</summary>
    [Fact]
    public async Task the_average_balance_is_of_the_days_of_a_year()
    {
        const string entity = "CC02";
        await bed.EntityAsync(entity);
        var customer = await bed.CustomerAsync(entity: entity);
        var today = new DateOnly(2026, 6, 30);
        foreach (var (at, balance) in new[]
        {
            (Noon(900), 4_000), (Noon(800), 5_000), (Noon(400), 100), (Noon(73).AddHours(-5), 700),
            (Midnight(72).AddMinutes(-15), 200), (Midnight(-1), 9_000),
        })
        {
            await using var row = bed.Database.CreateCommand(
                $"insert into credit_balance_moments values ('{customer}', 'USD', '{at:O}', {balance})");
            await row.ExecuteNonQueryAsync();
        }

        var figures = bed.App.Services.GetRequiredService<CustomerFigures>();
        (await figures.RefreshAsync(entity, today, default)).ShouldBe(1);
        (await figures.RefreshAsync(entity, today, default)).ShouldBe(1);

        await using var read = bed.Database.CreateCommand(
            $"select average_balance from credit_figures where customer_id = '{customer}'");

        // 291 days of 100 and 74 of 200, each as it ends in Chicago.
        (await read.ExecuteScalarAsync()).ShouldBe(120.27m);
        await using var left = bed.Database.CreateCommand(
            "select array_agg(balance::int order by at) from credit_balance_moments " +
            $"where customer_id = '{customer}'");
        ((int[])(await left.ExecuteScalarAsync())!).ShouldBe([5_000, 100, 200, 9_000], "no day ends with the others");

        DateTimeOffset Midnight(int daysAgo) => today.AddDays(-daysAgo).StartIn("America/Chicago");
        DateTimeOffset Noon(int daysAgo) => Midnight(daysAgo).AddHours(12);
    }

    /// <summary>What was owed on the day of an upgrade is owed until it changes, and not until the day ends.</summary>
    [Fact]
    public async Task what_is_known_from_before_lies_in_no_time_to_come()
    {
        var assembly = typeof(CreditService).Assembly;
        using var file = new StreamReader(assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(
                name => name.EndsWith("0026_numbers_documents_balances.sql", StringComparison.Ordinal)))!);
        var schema = await file.ReadToEndAsync();
        var takeOver = schema[schema.IndexOf("insert into credit_balance_moments", StringComparison.Ordinal)..];
        await using var connection = await bed.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var customer = NewId();
        await using var command = new NpgsqlCommand(
            $"insert into credit_balances select '{customer}', 'USD', (now() at time zone 'UTC')::date + d, 100 + d " +
            $"from generate_series(-3, 1) d; {takeOver} select array_agg(at <= now()) from credit_balance_moments " +
            $"where customer_id = '{customer}'",
            connection, transaction);

        ((bool[])(await command.ExecuteScalarAsync())!).Distinct().ShouldBe([true]);
    }

    private Task ScoreAsync(Guid customer, int? score) => bed.App.Store.DecideAsync(
        CreditAccountStream.Type, customer, new EventMetadata("test"),
        _ => Decision.Of(new RiskAssessed(score, score is null ? null : "B", 1, "rescoring", null, score, null)));
}
