using System.Net;
using System.Text.Json;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class Revaluations(InvoicingApp app)
{
    private static readonly Period Last = Period.Of(TestApi.Today).Previous;

    [Fact]
    public async Task Open_items_are_revalued_at_the_month_end_once_and_what_is_realised_later_does_not_know_of_it()
    {
        var (entity, invoice) = await BooksAsync();
        var path = $"/v1/periods/{entity}/{Last}/revaluation";

        var preview = (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.OK);
        (await JournalAsync(entity, Last)).ShouldNotContain("revalued");
        var posted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.Client.PostAsync(path, new { })));

        preview["due"].GetBoolean().ShouldBeTrue();
        var found = preview["currencies"].EnumerateArray().ShouldHaveSingleItem();
        (Amount(found, "balance"), Amount(found, "booked"), Amount(found, "worth"), Amount(found, "gain"))
            .ShouldBe(("100.00", "110.00", "120.00", "10.00"));
        foreach (var answer in posted)
            answer.ShouldBe(HttpStatusCode.OK)["due"].GetBoolean().ShouldBeFalse();
        (await app.Client.ReadAsync($"{path}/history"))["items"].GetArrayLength().ShouldBe(2);
        var entries = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<JournalEntryPosted>($"REV-{entity}-{Last}")), all => all.Count == 2,
            "both entries are published");
        entries.OrderBy(entry => entry.PostingDate)
            .Select(entry => (entry.Kind, entry.PostingDate, entry.CustomerId)).ShouldBe(
            [("revalued", Last.LastDay, null), ("revaluation-reversed", Last.Next.FirstDay, null)]);
        await TiesAsync(entity);

        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 100, currency: "EUR") with
        {
            LegalEntity = entity,
        });
        var realised = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<JournalEntryPosted>(invoice)
                .Where(one => one.Kind == "payment-applied").ToList()),
            heard => heard.Count == 1, "it is paid");
        realised[0].Lines.Single(line => line.Role == "exchange-gain").BaseCredit!.Amount.ShouldBe(5);
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"{path}/history"))["items"].GetArrayLength().ShouldBe(2);
        await TiesAsync(entity);
    }

    /// <summary>
    /// 40 EUR came in at 1.10 and 10 of them are applied in the next month: at the month's end 40 are owed to the
    /// customer, and cost 4 USD more at 1.20.
    /// </summary>
    [Fact]
    public async Task Cash_that_is_not_applied_is_revalued_with_the_items_and_what_is_applied_later_is_still_in_it()
    {
        var (entity, invoice) = await BooksAsync();
        var path = $"/v1/periods/{entity}/{Last}/revaluation";
        var (some, none) = (new MoneyAmount(40, "EUR"), new MoneyAmount(0, "EUR"));
        var receipt = Messages.ReceiptPosted(entity, Some.Customer, 40, Last.FirstDay, Some.NewId()) with
        {
            Lines =
            [
                new("1000", "bank", some, none), new("2400", "unapplied-cash", none, some),
            ],
        };
        await app.Bus.PublishAsync(receipt);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync(path)).Text.Contains("unappliedCash", StringComparison.Ordinal),
            "the receipt is here");
        var asked = Messages.Requested(Some.NewId(), invoice, 10, currency: "EUR") with
        {
            LegalEntity = entity,
            ReceiptId = receipt.SourceId,
        };
        await app.Bus.PublishAsync(asked);
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<PaymentApplied>(asked.AllocationId).Count == 1, "some of it is applied");

        var posted = (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK);

        var found = posted["currencies"].EnumerateArray().ShouldHaveSingleItem();
        (Amount(found, "balance"), Amount(found, "unappliedCash"), Amount(found, "booked"), Amount(found, "worth"))
            .ShouldBe(("60.00", "-40.00", "66.00", "72.00"));
        (Amount(found, "gain"), Amount(found, "loss")).ShouldBe(("10.00", "4.00"));
        (await SumAsync(entity, Last), await SumAsync(entity, Last.Next)).ShouldBe((6, -6));
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK)["due"].GetBoolean().ShouldBeFalse();
        await TiesAsync(entity);
    }

    [Fact]
    public async Task What_is_posted_late_is_revalued_when_asked_again_and_never_in_a_closed_month()
    {
        var (entity, invoice) = await BooksAsync();
        var path = $"/v1/periods/{entity}/{Last}/revaluation";
        (await app.Client.PostAsync(path, new { reason = "month end" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(
            $"/v1/invoices/{invoice}/write-offs", new { reason = "x", amount = "40", postingDate = Last.LastDay }))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync(path))["due"].GetBoolean().ShouldBeTrue();
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync(path))["due"].GetBoolean().ShouldBeFalse();
        (await SumAsync(entity, Last)).ShouldBe(6);
        (await SumAsync(entity, Last.Next)).ShouldBe(-6);
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/close", new { })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK);
        await app.Client.RateAsync(entity, "EUR", 1.30m, Last.LastDay, "month-end");
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.Conflict, "period-closed");
    }

    [Fact]
    public async Task Without_a_closing_rate_or_before_the_month_is_over_nothing_is_posted()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Last.FirstDay);
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        await app.Client.IssueAsync(customer, 100, Last.FirstDay);
        var path = $"/v1/periods/{entity}/{Last}/revaluation";
        using var elsewhere = app.ClientWith("invoicing:read invoicing:books", "ELSEWHERE");

        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.Conflict, "no-exchange-rate");
        (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.Conflict, "no-exchange-rate");
        await app.Client.RateAsync(entity, "EUR", 1.20m, Last.LastDay);
        (await elsewhere.PostAsync(path, new { })).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await app.Client.PostAsync($"/v1/periods/{entity}/2026-00/revaluation", new { }))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last.Next.Next}/revaluation", new { }))
            .ShouldBe(HttpStatusCode.Conflict, "period-not-over");
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK)["currencies"][0].GetProperty("rate")
            .GetProperty("type").GetString().ShouldBe("daily");
    }

    [Fact]
    public async Task A_month_is_closed_once_its_checklist_is_worked_off_or_accepted_by_name()
    {
        var (entity, _) = await BooksAsync();
        var receipt = Messages.ReceiptPosted(entity, Some.Customer, 10, Last.LastDay);
        receipt = receipt with
        {
            CustomerId = null,
            Lines = [receipt.Lines[0], receipt.Lines[1] with { Account = "2410", Role = "unidentified-cash" }],
        };
        await app.Bus.PublishAsync(receipt);
        var (list, close) = ($"/v1/periods/{entity}/{Last}/checklist", $"/v1/periods/{entity}/{Last}/close");
        var found = await Eventually.Becomes(
            () => app.Client.ReadAsync(list), answer => answer.Text.Contains("10.00 USD", StringComparison.Ordinal),
            "the receipt is here");

        found["ready"].GetBoolean().ShouldBeFalse();
        Failed(found["checks"]).ShouldBe(["items-revalued", "cash-identified"]);
        (await app.Client.PostAsync(close, new { accept = new[] { "cash-identified" } }))
            .ShouldBe(HttpStatusCode.Conflict, "close-check-failed")["detail"].GetString()!
            .ShouldContain("items-revalued");
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/revaluation", new { })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(close, new { })).ShouldBe(HttpStatusCode.Conflict, "close-check-failed");
        (await app.Client.PostAsync(close, new { accept = new[] { "cash-identified" } })).ShouldBe(HttpStatusCode.OK);

        var kept = (await app.Client.ReadAsync($"/v1/periods/{entity}/history"))["items"][0].GetProperty("data")
            .GetProperty("evidence").EnumerateArray().ToList();
        kept.Single(check => check.GetProperty("code").GetString() == "cash-identified").GetProperty("accepted")
            .GetBoolean().ShouldBeTrue();
        kept.Count(check => check.GetProperty("result").GetString() == "passed").ShouldBe(5);
    }

    [Fact]
    public async Task A_month_that_something_is_posted_to_while_it_is_being_closed_is_looked_at_again()
    {
        var entity = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100, Last.FirstDay);
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var posting = await connection.BeginTransactionAsync();
        await ExecuteAsync("select pg_advisory_xact_lock_shared(accounting_calendar_key($1))", entity);

        var closing = app.Client.PostAsync($"/v1/periods/{entity}/{Last}/close", new { });
        await Eventually.BecomesTrue(WaitsAsync, "the close waits for what is being posted");
        await ExecuteAsync(
            "insert into journal_entries (entry_id, legal_entity, posting_date, kind, source_id, source_number, " +
            $"recorded_at) values (gen_random_uuid(), $1, '{Last.LastDay:O}', 'written-off', gen_random_uuid(), '', " +
            "now())",
            entity);
        await ExecuteAsync(
            "insert into journal_lines (entry_id, line, account, role, currency, debit, credit) " +
            "select entry_id, 1, '9999', 'rest', 'USD', 5, 0 from journal_entries " +
            "where legal_entity = $1 and source_number = ''",
            entity);
        await posting.CommitAsync();

        (await closing).ShouldBe(HttpStatusCode.Conflict, "close-check-broken")["detail"].GetString()!
            .ShouldContain("journals-balanced");

        async Task<bool> WaitsAsync()
        {
            await using var waits = app.Database.Source.CreateCommand(
                "select exists (select 1 from pg_locks where locktype = 'advisory' and not granted " +
                "and database = (select oid from pg_database where datname = current_database()))");
            return (bool)(await waits.ExecuteScalarAsync())!;
        }

        async Task ExecuteAsync(string sql, string parameter)
        {
            await using var command = new NpgsqlCommand(sql, connection, posting);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
            await command.ExecuteNonQueryAsync();
        }
    }

    private static IEnumerable<string?> Failed(JsonElement checks) => checks.EnumerateArray()
        .Where(check => check.GetProperty("result").GetString() == "failed")
        .Select(check => check.GetProperty("code").GetString());

    /// <summary>An invoice of 100 EUR, booked at 1.10; 1.20 at the month's end and 1.15 today.</summary>
    private async Task<(string Entity, Guid Invoice)> BooksAsync()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Last.FirstDay);
        await app.Client.RateAsync(entity, "EUR", 1.17m, Last.LastDay);
        await app.Client.RateAsync(entity, "EUR", 1.20m, Last.LastDay, "month-end");
        await app.Client.RateAsync(entity, "EUR", 1.15m, TestApi.Today);
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        return (entity, (await app.Client.IssueAsync(customer, 100, Last.FirstDay)).Id);
    }

    private async Task TiesAsync(string entity)
    {
        foreach (var day in new[] { "", $"&asOf={Last.LastDay:O}", $"&asOf={Last.Next.FirstDay:O}" })
        {
            (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}{day}"))["ties"].GetBoolean()
                .ShouldBeTrue(day);
        }
    }

    private async Task<string> JournalAsync(string entity, Period period) => (await app.Client.ReadAsync(
        $"/v1/journal-entries/export?legalEntity={entity}&period={period}")).ShouldBe(HttpStatusCode.OK).Text;

    /// <summary>What the month's journal puts beside the control account.</summary>
    private async Task<decimal> SumAsync(string entity, Period period)
    {
        using var journal = JsonDocument.Parse(await JournalAsync(entity, period));
        return journal.RootElement.GetProperty("lines").EnumerateArray()
            .Where(line => line.GetProperty("role").GetString() == "receivables-revaluation")
            .Sum(line => Number(line, "baseDebit") - Number(line, "baseCredit"));
    }

    private static decimal Number(JsonElement line, string property) => decimal.Parse(
        line.GetProperty(property).ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string? Amount(JsonElement row, string property) =>
        row.GetProperty(property).GetProperty("amount").GetString();
}
