using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Invoicing.Integration;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>What collection agencies earn is in the books (COL-20).</summary>
public class AgencyCommissions(InvoicingApp app)
{
    private static readonly DateTimeOffset October = new(2026, 10, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task COL20_what_an_agency_earns_is_booked_once_whatever_is_told_again_or_late()
    {
        var entity = await app.EntityAsync();
        var placement = Placement(entity);

        await app.TellAsync(placement, 2, October);
        (await EntriesAsync(placement)).ShouldBeEmpty();
        await app.TellAsync(Earned(placement, 25), 3, October.AddDays(1));
        await app.TellAsync(Earned(placement, 25), 3, October.AddDays(1));
        await app.TellAsync(Earned(placement, 40) with { Status = "recalled" }, 5, October.AddDays(3));
        await app.TellAsync(Earned(placement, 30), 4, October.AddDays(2));
        await app.TellAsync(Earned(placement, 40) with { Status = "closed" }, 6, October.AddDays(4));
        await app.TellAsync(Earned(placement, 10), 7, October.AddDays(5));

        (await EntriesAsync(placement)).ShouldBe(
        [
            ("2026-10-11", "6810 25.00 0.00", "2300 0.00 25.00"), ("2026-10-13", "6810 15.00 0.00", "2300 0.00 15.00"),
            ("2026-10-15", "6810 0.00 30.00", "2300 30.00 0.00"),
        ]);
        (await BalancesAsync(entity)).ShouldBe([("agency-commissions", -10m), ("collection-costs", 10m)]);
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    /// <summary>Placements that earn ten times, told in any order and several at a time.</summary>
    [Fact]
    public async Task COL20_the_last_word_is_what_is_booked_in_all_in_whatever_order_it_is_heard()
    {
        var entity = await app.EntityAsync();
        var placements = Enumerable.Range(0, 4).Select(_ => Placement(entity)).ToList();
        (AgencyPlacementChanged Told, int Version)[] words =
            [.. from placement in placements from n in Enumerable.Range(1, 10) select (Earned(placement, n * 7), n)];
        new Random(20).Shuffle(words);

        foreach (var (told, version) in words)
            await app.Bus.PublishAsync(told, version: version, happenedAt: October);

        await Eventually.Passes(async () =>
            (await BalancesAsync(entity)).ShouldBe([("agency-commissions", -280m), ("collection-costs", 280m)]));
        await Eventually.Passes(async () =>
            (await app.Bus.CountAsync(AgencyCommissionsConsumer.Queue)).ShouldBe(0u));
        (await BalancesAsync(entity)).ShouldBe([("agency-commissions", -280m), ("collection-costs", 280m)]);
    }

    [Fact]
    public async Task COL20_it_is_of_the_day_at_the_legal_entity_on_its_accounts_and_never_in_a_closed_month()
    {
        var entity = await app.EntityAsync();
        var definition = new
        {
            name = "Test Inc.",
            baseCurrency = "USD",
            country = "US",
            timeZone = "America/Chicago",
            taxRounding = "line",
            accounts = new { others = new { collectionCosts = "6815", agencyCommissions = "2310" } },
        };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}", definition)).ShouldBe(HttpStatusCode.OK)["accounts"]
            .GetProperty("others").GetProperty("agencyCommissions").GetString().ShouldBe("2310");
        var (placement, night) = (Placement(entity), new DateTimeOffset(2026, 10, 1, 4, 0, 0, TimeSpan.Zero));

        await app.TellAsync(Earned(placement, 10), 2, night);
        (await EntriesAsync(placement)).ShouldBe([("2026-09-30", "6815 10.00 0.00", "2310 0.00 10.00")]);
        (await app.Client.PostAsync($"/v1/periods/{entity}/2026-09/close", new { reason = "month end" }))
            .ShouldBe(HttpStatusCode.OK);
        await app.TellAsync(Earned(placement, 15), 3, night);

        (await EntriesAsync(placement)).ShouldBe(
        [
            ("2026-09-30", "6815 10.00 0.00", "2310 0.00 10.00"), ("2026-10-01", "6815 5.00 0.00", "2310 0.00 5.00"),
        ]);
    }

    [Fact]
    public async Task COL20_in_another_currency_a_placement_has_one_rate_so_what_is_taken_back_comes_to_nothing()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.1m, new DateOnly(2026, 10, 10));
        await app.Client.RateAsync(entity, "EUR", 1.2m, new DateOnly(2026, 10, 12));
        var placement = Placement(entity, "EUR");

        await app.TellAsync(Earned(placement, 20), 2, October);
        (await BalancesAsync(entity)).ShouldBe([("agency-commissions", -22m), ("collection-costs", 22m)]);
        await app.TellAsync(Earned(placement, 30), 3, October.AddDays(2));
        (await BalancesAsync(entity)).ShouldBe([("agency-commissions", -33m), ("collection-costs", 33m)]);
        await app.TellAsync(placement, 4, October.AddDays(3));

        (await BalancesAsync(entity)).ShouldBe([("agency-commissions", 0m), ("collection-costs", 0m)]);
    }

    [Fact]
    public async Task COL20_what_is_taken_back_goes_to_the_accounts_that_it_was_booked_on()
    {
        var entity = await app.EntityAsync();
        var (before, after) = (Placement(entity), Placement(entity));
        await app.TellAsync(Earned(before, 25), 2, October);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}", new
        {
            name = "Test Inc.",
            baseCurrency = "USD",
            country = "US",
            timeZone = "UTC",
            taxRounding = "line",
            accounts = new { others = new { collectionCosts = "6815", agencyCommissions = "2310" } },
        })).ShouldBe(HttpStatusCode.OK);

        await app.TellAsync(before, 3, October.AddDays(1));
        await app.TellAsync(Earned(after, 10), 2, October.AddDays(1));

        (await EntriesAsync(before)).ShouldBe(
        [
            ("2026-10-10", "6810 25.00 0.00", "2300 0.00 25.00"), ("2026-10-11", "6810 0.00 25.00", "2300 25.00 0.00"),
        ]);
        (await EntriesAsync(after)).ShouldBe([("2026-10-11", "6815 10.00 0.00", "2310 0.00 10.00")]);
    }

    private static AgencyPlacementChanged Placement(string entity, string currency = "USD") => new(
        Some.NewId(), entity, Some.NewId(), "recouvrement", "placed", new MoneyAmount(500, currency),
        new MoneyAmount(0, currency), new MoneyAmount(0, currency), []);

    private static AgencyPlacementChanged Earned(AgencyPlacementChanged placement, decimal commission) =>
        placement with { Commission = placement.Commission with { Amount = commission } };

    /// <summary>Day, debit and credit of each entry.</summary>
    private async Task<List<(string Day, string First, string Second)>> EntriesAsync(AgencyPlacementChanged placement)
    {
        var entries = await app.Client.ReadAsync($"/v1/journal-entries?sourceId={placement.PlacementId}");
        return
        [
            .. from entry in entries["items"].EnumerateArray()
               let lines = entry.GetProperty("lines")
               select (entry.GetProperty("postingDate").GetString(), Line(lines[0]), Line(lines[1])),
        ];
    }

    private static string Line(JsonElement line) =>
        $"{line.GetProperty("account").GetString()} {Amount(line, "debit"):F2} {Amount(line, "credit"):F2}";

    /// <summary>Closing balances of October by role, which tie.</summary>
    private async Task<List<(string Role, decimal Balance)>> BalancesAsync(string entity)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/trial-balance?legalEntity={entity}&from=2026-10");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        return
        [
            .. from row in report["rows"].EnumerateArray()
               select (row.GetProperty("role").GetString(), Amount(row, "closing")),
        ];
    }

    private static decimal Amount(JsonElement row, string property) => decimal.Parse(
        row.GetProperty(property).GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
