using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-18: decisions are held against what became of the customers.</summary>
public sealed class BackTesting(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "BT01";
    private const int DecidedAgo = 600;

    private static readonly DateOnly Now = TimeProvider.System.Today("UTC");

    [Fact]
    public async Task decisions_are_counted_by_class_and_outcome_once_their_horizon_is_over()
    {
        await bed.EntityAsync(Entity);
        var (late, prompt, young) = (
            await DecidedAsync(40), await DecidedAsync(80), await DecidedAsync(70, ago: 100));
        await DecidedAsync(60);
        await OwesAsync(late, due: 500, closed: null);
        await OwesAsync(prompt, due: 500, closed: 411);
        await OwesAsync(prompt, due: 700, closed: null, issued: 730);
        await OwesAsync(young, due: 95, closed: null);

        var report = await ReportAsync($"&from={Day(700)}&until={Day(0)}");

        var row = report.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (Count(row, "decisions"), Count(row, "maturing"), Count(row, "observed"), Count(row, "bad"))
            .ShouldBe((4, 1, 2, 1));
        row.Text("badRate").ShouldBe("0.5");
        var power = report.GetProperty("models")[0].GetProperty("power");
        decimal.Parse(power.Text("gini")!, CultureInfo.InvariantCulture).ShouldBe(1);
        (Count(power, "scored"), Count(power, "bestSplit")).ShouldBe((2, 40));

        var strict = await ReportAsync($"&from={Day(700)}&until={Day(0)}&daysPastDue=88");
        Count(strict.GetProperty("rows")[0], "bad").ShouldBe(2, "89 days late is bad from 88 on");
    }

    /// <summary>What was given up is the worst outcome there is, however early it was closed; what was void is none.
    /// </summary>
    [Fact]
    public async Task what_was_written_off_is_bad_and_what_was_void_is_not_looked_at()
    {
        const string entity = "BT02";
        await bed.EntityAsync(entity);
        var (lost, found, mistaken) = (
            await DecidedAsync(40, entity: entity), await DecidedAsync(70, entity: entity),
            await DecidedAsync(80, entity: entity));
        await LosesAsync(lost, await OwesAsync(lost, due: 500, closed: 460), 100);
        var recovered = await OwesAsync(found, due: 500, closed: 450);
        await LosesAsync(found, recovered, 100);
        await LosesAsync(found, recovered, -100);
        await LosesAsync(found, await OwesAsync(found, due: 500, closed: 460), 0.37m);
        await OwesAsync(mistaken, due: 500, closed: 300, amount: 0);

        var report = await ReportAsync($"&from={Day(700)}&until={Day(0)}", entity);

        var row = report.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (Count(row, "decisions"), Count(row, "observed"), Count(row, "bad")).ShouldBe((3, 2, 1));
    }

    [Fact]
    public async Task what_cannot_be_asked_for_is_named_and_other_entities_are_not_shown()
    {
        foreach (var (query, code) in new[]
        {
            ("daysPastDue=0", "bad-days"), ("horizonDays=29", "bad-horizon"),
            ($"from={Day(0)}&until={Day(9)}", "bad-period"),
        })
        {
            await (await bed.Client.GetAsync($"/v1/credit/portfolio/back-test?{query}"))
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
        }

        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        var seen = await stranger.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/portfolio/back-test?from={Day(900)}&until={Day(0)}");
        seen.GetProperty("rows").GetArrayLength().ShouldBe(0);
    }

    private static string Day(int ago) => $"{Now.AddDays(-ago):yyyy-MM-dd}";

    private static long Count(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private Task<JsonElement> ReportAsync(string more, string entity = Entity) =>
        bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/portfolio/back-test?legalEntity={entity}{more}");

    /// <summary>A customer about whom was decided that long ago; scores and days are set where they are read.</summary>
    private async Task<Guid> DecidedAsync(int score, int ago = DecidedAgo, string entity = Entity)
    {
        var customer = await bed.CustomerAsync(entity: entity);
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "100", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        await using var decide = bed.Database.CreateCommand(
            "update credit_applications set status = 'approved', recommendation = 'approve', risk_class = 'B', " +
            "score = $2, decided_at = now() - $3 * interval '1 day' " +
            "where application_id = $1 and status <> 'assessing'");
        decide.Parameters.AddWithValue(Guid.Parse(applied.Text("id")!));
        decide.Parameters.AddWithValue(score);
        decide.Parameters.AddWithValue(ago);
        await Eventually.BecomesTrue(
            async () => await decide.ExecuteNonQueryAsync() == 1, "the case is assessed and then decided");
        return customer;
    }

    private async Task<Guid> OwesAsync(
        Guid customer, int due, int? closed, int issued = 530, decimal amount = 100)
    {
        await using var owe = bed.Database.CreateCommand(
            "insert into credit_receivables (invoice_id, installment, customer_id, invoice_number, currency, amount, " +
            "balance, disputed, due_date, invoice_date, closed_on) values ($1, 1, $2, 'INV', 'USD', $7, $3, 0, $4, " +
            "$5, $6)");
        var invoice = NewId();
        owe.Parameters.AddWithValue(invoice);
        owe.Parameters.AddWithValue(customer);
        owe.Parameters.AddWithValue(closed is null ? amount : 0m);
        owe.Parameters.AddWithValue(Now.AddDays(-due));
        owe.Parameters.AddWithValue(Now.AddDays(-Math.Min(issued, due + 30)));
        owe.Parameters.AddWithValue(closed is { } day ? Now.AddDays(-day) : DBNull.Value);
        owe.Parameters.AddWithValue(amount);
        await owe.ExecuteNonQueryAsync();
        return invoice;
    }

    /// <summary>So much of an invoice is given up, or found to be collectible after all.</summary>
    private async Task LosesAsync(Guid customer, Guid invoice, decimal amount)
    {
        await using var lose = bed.Database.CreateCommand(
            "insert into credit_losses (source_id, customer_id, invoice_id, installment, currency, amount, due_date, " +
            "day) values ($1, $2, $3, 1, 'USD', $4, $5, $5)");
        lose.Parameters.AddWithValue(NewId());
        lose.Parameters.AddWithValue(customer);
        lose.Parameters.AddWithValue(invoice);
        lose.Parameters.AddWithValue(amount);
        lose.Parameters.AddWithValue(Now.AddDays(-460));
        await lose.ExecuteNonQueryAsync();
    }
}
