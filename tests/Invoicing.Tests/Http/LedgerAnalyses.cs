using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class LedgerAnalyses(InvoicingApp app)
{
    /// <summary>I-05, D-34: what was reported is reported again, whatever was learned since.</summary>
    [Fact]
    public async Task I05_D34_each_report_printed_again_as_it_was_known_is_the_same_bytes()
    {
        var entity = await app.EntityAsync();
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/month-end-policy", new { lossRates = new[] { new { percent = "5" } } }))
            .ShouldBe(HttpStatusCode.OK);
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 9, 1));
        await app.Client.IssueAsync(customer, 50, new DateOnly(2026, 10, 5));
        var later = (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 20, new DateOnly(2026, 10, 6), "NET 60")))
            .ShouldBe(HttpStatusCode.Created);
        var knownAt = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        string[] paths =
        [
            $"/v1/reports/dso?from=2026-08-01&to=2026-10-31&legalEntity={entity}",
            $"/v1/reports/roll-forward?from=2026-10-01&to=2026-10-31&legalEntity={entity}",
            $"/v1/reports/tie-out?asOf=2026-10-31&legalEntity={entity}",
            $"/v1/reports/tie-out?legalEntity={entity}",
            $"/v1/reports/concentration?asOf=2026-10-31&legalEntity={entity}",
            $"/v1/reports/days-late?from=2026-10-01&to={TestApi.Today:O}&legalEntity={entity}",
            $"/v1/reports/terms-mismatches?from=2026-10-01&to=2026-10-31&legalEntity={entity}",
            $"/v1/reports/loss-rates?from=2026-08-01&to=2026-10-31&legalEntity={entity}",
            $"/v1/reports/bad-debt?from=2026-10-01&to=2026-10-31&legalEntity={entity}",
            $"/v1/journal-entries/export?period=2026-10&legalEntity={entity}",
        ];
        var before = await PrintAsync();

        await app.Client.IssueAsync(customer, 7, new DateOnly(2026, 10, 9));
        (await app.Client.PostAsync($"/v1/invoices/{later.Id}/void", new { reason = "billed twice" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(
            $"/v1/invoices/{invoice.Id}/write-offs", new { reason = "lost", amount = "10" }))
            .ShouldBe(HttpStatusCode.OK);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 30));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid in part");

        (await PrintAsync()).ShouldBe(before);
        before.ShouldAllBe(text => !text.Contains("problem", StringComparison.Ordinal));
        foreach (var path in paths)
        {
            (await app.Client.ReadAsync(path, "text/csv")).Text.ShouldNotBe(
                (await app.Client.ReadAsync($"{path}&knownAt={knownAt}", "text/csv")).Text, path);
        }

        // What will be known is not known yet.
        (await app.Client.ReadAsync($"{paths[0]}&knownAt=2999-01-01T00:00:00Z"))["knownAt"].GetDateTimeOffset()
            .ShouldBeLessThan(TimeProvider.System.GetUtcNow().AddMinutes(5));

        async Task<List<string>> PrintAsync()
        {
            var texts = new List<string>();
            foreach (var path in paths)
            {
                foreach (var format in new[] { "application/json", "text/csv" })
                {
                    texts.Add((await app.Client.ReadAsync($"{path}&knownAt={knownAt}", format))
                        .ShouldBe(HttpStatusCode.OK).Text);
                }
            }

            return texts;
        }
    }

    [Fact]
    public async Task The_roll_forward_in_the_books_shows_what_was_gained_by_itself_and_ties_to_the_control_account()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, new DateOnly(2026, 10, 1));
        await app.Client.RateAsync(entity, "EUR", 1.15m, TestApi.Today);
        var invoice = await app.Client.IssueAsync(
            await app.Client.RegisterAsync(entity, currency: "EUR"), 100, new DateOnly(2026, 10, 1));
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 50, new DateOnly(2026, 10, 2));
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 60, currency: "EUR") with
        {
            LegalEntity = entity,
        });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid in part");

        var report = (await app.Client.ReadAsync(
            $"/v1/reports/roll-forward?legalEntity={entity}&from=2026-11-01&to={TestApi.Today:O}"))
            .ShouldBe(HttpStatusCode.OK);

        // 60 EUR, booked at 1.10 and worth 1.15 each: 66.00 less is owed, 69.00 came in, 3.00 were gained.
        var books = report["books"].EnumerateArray().ShouldHaveSingleItem();
        (Money(books, "opening"), Money(books, "closing"), Money(books, "controlAccount"))
            .ShouldBe((160m, 94m, 94m));
        books.GetProperty("ties").GetBoolean().ShouldBeTrue();
        books.GetProperty("movements").EnumerateArray()
            .Select(one => (one.GetProperty("kind").GetString(), Money(one, "amount")))
            .ShouldBe([("exchange-difference", 3m), ("payment-applied", -69m)]);
        report["rows"].EnumerateArray().Select(row => (row.GetProperty("currency").GetString(), Money(row, "closing")))
            .ShouldBe([("EUR", 40m), ("USD", 50m)]);
    }

    [Fact]
    public async Task Aging_goes_by_any_buckets_and_they_hold_all_that_is_owed()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var asOf = new DateOnly(2026, 10, 31);
        foreach (var days in new[] { 0, 1, 15, 16, 45, 46, 400 })
            await app.Client.IssueAsync(customer, 1, asOf.AddDays(-days - 30));
        var path = $"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31&buckets=";

        foreach (var basis in new[] { "due", "agreed" })
        {
            var row = (await app.Client.ReadAsync($"{path}15,45&basis={basis}"))["rows"].EnumerateArray()
                .ShouldHaveSingleItem();
            row.GetProperty("amounts").EnumerateObject().Select(one => (one.Name, one.Value.GetString()))
                .ShouldBe([("current", "1.00"), ("1-15", "2.00"), ("16-45", "2.00"), ("45+", "2.00")]);
        }

        (await app.Client.ReadAsync($"{path}30,60,90,120")).Text.ShouldBe(
            (await app.Client.ReadAsync(path.Replace("&buckets=", "", StringComparison.Ordinal))).Text);
        foreach (var bad in new[] { "0", "30,30", "60,30", "a", "1,2,3,4,5,6,7,8,9,10,11", "9999", "-5", "" })
            (await app.Client.ReadAsync(path + bad)).ShouldBe(HttpStatusCode.BadRequest, "bad-buckets");
    }

    /// <summary>The worked example of the index: shares of 30, 30, 20 and 20 % come to 2,600.</summary>
    [Fact]
    public async Task Concentration_gives_the_largest_debtors_their_shares_and_the_index()
    {
        var entity = await app.EntityAsync();
        var ids = new List<Guid>();
        foreach (var owed in new[] { 20, 30, 20, 25, 5 })
        {
            ids.Add(await app.Client.RegisterAsync(entity, $"Owes {owed}"));
            await app.Client.IssueAsync(ids[^1], owed, new DateOnly(2026, 10, 1));
        }

        (await app.Client.PostAsync($"/v1/customers/{ids[4]}/merge", new { survivorId = ids[3], reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);

        var report = (await app.Client.ReadAsync($"/v1/reports/concentration?legalEntity={entity}&top=3"))
            .ShouldBe(HttpStatusCode.OK);

        (Money(report.Json, "owed"), report["customers"].GetInt32(), Number(report.Json, "index"))
            .ShouldBe((100m, 4, 2_600m));
        report["rows"].EnumerateArray().Select(row => (Number(row, "share"), Number(row, "cumulative")))
            .ShouldBe([(30m, 30m), (30m, 60m), (20m, 80m)]);
        report["rows"].EnumerateArray().Take(2).Select(row => row.GetProperty("customerId").GetGuid())
            .ShouldBe([ids[1], ids[3]], ignoreOrder: true);
        (await app.Client.ReadAsync($"/v1/reports/concentration?legalEntity={entity}&top=0"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-top");
        (await app.Client.ReadAsync("/v1/reports/concentration?legalEntity=NOWHERE"))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>The worked example: 3,000 due 30 days later and 1,000 due 30 days earlier are 15 days later.</summary>
    [Fact]
    public async Task Terms_mismatches_say_by_how_many_days_invoices_are_due_later_than_agreed()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var day = new DateOnly(2026, 10, 1);
        foreach (var (amount, terms) in new[] { (3_000m, "NET 60"), (1_000m, "DUE ON RECEIPT"), (500m, "NET 30") })
        {
            (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, amount, day, terms)))
                .ShouldBe(HttpStatusCode.Created);
        }

        var path = $"/v1/reports/terms-mismatches?legalEntity={entity}&from=2026-10-01&to=2026-10-31";
        var report = (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.OK);

        report["rows"].EnumerateArray().Select(row => (
            row.GetProperty("terms").GetString(), row.GetProperty("agreedTerms").GetString(),
            row.GetProperty("daysLater").GetInt32()))
            .ShouldBe([("NET 60", "NET 30", 30), ("DUE ON RECEIPT", "NET 30", -30)]);
        var sum = report["sums"].EnumerateArray().ShouldHaveSingleItem();
        (sum.GetProperty("invoices").GetInt32(), Money(sum, "total"), Number(sum, "daysLater"))
            .ShouldBe((2, 4_000m, 15m));
        (await app.Client.ReadAsync(path, "text/csv")).Text.ShouldContain("NET 60,NET 30,30");
    }

    /// <summary>
    /// REP-15: the worked example, 1,000 of 100,000 sold are lost; and 1 % of what is not overdue and 20 % of the rest
    /// is expected to be, of each customer what it owes itself.
    /// </summary>
    [Fact]
    public async Task Bad_debt_is_what_was_lost_of_sales_and_what_the_loss_rates_expect_of_each_customer()
    {
        var entity = await app.EntityAsync();
        var (safe, late) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        var to = TestApi.Today;
        await app.Client.IssueAsync(safe, 76_000, to);
        var lost = await app.Client.IssueAsync(late, 4_000, to.AddDays(-130));
        await app.Client.IssueAsync(late, 20_000, to.AddDays(-50));
        var path = $"/v1/invoices/{lost.Id}";
        (await app.Client.PostAsync($"{path}/write-offs", new { reason = "x", amount = "1300" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{path}/recoveries", new { reason = "x", amount = "300" }))
            .ShouldBe(HttpStatusCode.OK);
        var report = $"/v1/reports/bad-debt?legalEntity={entity}&from={to.AddDays(-200):O}&to={to:O}";

        var before = await app.Client.ReadAsync(report);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/month-end-policy", new
        {
            lossRates = new object[] { new { upTo = 0, percent = "1" }, new { percent = "20" } },
        })).ShouldBe(HttpStatusCode.OK);
        var after = await app.Client.ReadAsync(report);

        (Money(before.Json, "sales"), Money(before.Json, "writtenOff"), Money(before.Json, "recovered"))
            .ShouldBe((100_000m, 1_300m, 300m));
        (Number(before.Json, "badDebtPercent"), Number(before.Json, "currentPercent"),
            Number(before.Json, "over90Percent")).ShouldBe((1m, 76.77m, 3.03m));
        before["expected"].ValueKind.ShouldBe(JsonValueKind.Null);
        before["rows"].GetArrayLength().ShouldBe(0);
        Money(after.Json, "expected").ShouldBe(5_360m);
        after["rows"].EnumerateArray().Select(row => (
            row.GetProperty("customerId").GetGuid(), Money(row, "owed"), Money(row, "overdue"), Money(row, "expected")))
            .ShouldBe([(late, 23_000m, 23_000m, 4_600m), (safe, 76_000m, 0m, 760m)]);
        (await app.Client.ReadAsync($"{report}&top=1", "text/csv")).Text.Trim().Split('\n').Length.ShouldBe(2);
        using var stranger = app.ClientWith("invoicing:read", "NOWHERE");
        (await stranger.ReadAsync(report)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>REP-08: of 1,000 billed 400 become overdue, 100 for more than 30 days, and 50 are lost.</summary>
    [Fact]
    public async Task Loss_rates_are_what_was_lost_of_all_that_ever_reached_a_bucket()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 600, TestApi.Today.AddDays(-5));
        await app.Client.IssueAsync(customer, 300, TestApi.Today.AddDays(-40));
        var lost = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-70));
        var path = $"/v1/invoices/{lost.Id}";
        (await app.Client.PostAsync($"{path}/write-offs", new { reason = "x", amount = "80" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{path}/recoveries", new { reason = "x", amount = "30" }))
            .ShouldBe(HttpStatusCode.OK);

        var report = (await app.Client.ReadAsync(
            $"/v1/reports/loss-rates?legalEntity={entity}&from={TestApi.Today.AddDays(-90):O}&to={TestApi.Today:O}"))
            .ShouldBe(HttpStatusCode.OK);

        report["rows"].EnumerateArray().Take(4).Select(row => (
            Money(row, "reached"), Money(row, "lost"),
            row.GetProperty("percent").ValueKind == JsonValueKind.Null ? (decimal?)null : Number(row, "percent")))
            .ShouldBe([(1_000m, 50m, 5m), (400m, 50m, 12.5m), (100m, 50m, 50m), (0m, 0m, null)]);
    }

    [Fact]
    public async Task What_was_lost_before_an_item_reached_a_bucket_is_no_loss_of_that_bucket()
    {
        var entity = await app.EntityAsync();
        var billed = TestApi.Today.AddDays(-70);
        var lost = await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100, billed);
        var path = $"/v1/invoices/{lost.Id}/write-offs";
        (await app.Client.PostAsync(path, new { reason = "x", amount = "90", postingDate = billed.AddDays(5) }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(path, new { reason = "x", amount = "4" })).ShouldBe(HttpStatusCode.OK);

        var report = (await app.Client.ReadAsync(
            $"/v1/reports/loss-rates?legalEntity={entity}&from={billed:O}&to={TestApi.Today:O}"))
            .ShouldBe(HttpStatusCode.OK);

        // 10 of the 100 became overdue, and 4 of these are lost.
        report["rows"].EnumerateArray().Take(3).Select(row => (
            Money(row, "reached"), Money(row, "lost"), Number(row, "percent")))
            .ShouldBe([(100m, 94m, 94m), (10m, 4m, 40m), (10m, 4m, 40m)]);
    }

    [Fact]
    public async Task True_dso_looks_at_what_was_sold_and_not_at_debit_memos()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var day = new DateOnly(2026, 10, 1);
        await app.Client.IssueAsync(customer, 100, day);
        (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 50, day)))
            .ShouldBe(HttpStatusCode.Created);

        var row = (await app.Client.ReadAsync(
            $"/v1/reports/dso?from=2026-10-01&to=2026-10-31&legalEntity={entity}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem();

        (Money(row, "sales"), Money(row, "receivables"), Number(row, "trueDso")).ShouldBe((100m, 150m, 30m));
    }

    /// <summary>Its issue was no sale, so nothing is taken from sales when it is void or credited.</summary>
    [Fact]
    public async Task Debit_memos_that_are_void_or_credited_leave_sales_as_they_are()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 100);
        var (gone, credited) = (await MemoAsync(), await MemoAsync());
        (await app.Client.PostAsync($"/v1/invoices/{gone}/void", new { reason = "goodwill" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "goodwill",
            invoiceId = credited,
            lines = new[] { new { description = "Goodwill", quantity = "1", unitPrice = 20 } },
        })).ShouldBe(HttpStatusCode.Created);

        var range = $"from={TestApi.Today:O}&to={TestApi.Today:O}&legalEntity={entity}";
        var dso = await app.Client.ReadAsync($"/v1/reports/dso?{range}");
        Money(dso["rows"].EnumerateArray().ShouldHaveSingleItem(), "sales").ShouldBe(100m);
        Money((await app.Client.ReadAsync($"/v1/reports/bad-debt?{range}")).Json, "sales").ShouldBe(100m);

        async Task<Guid> MemoAsync() => (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 50)))
            .ShouldBe(HttpStatusCode.Created).Id;
    }

    /// <summary>REP-07: 300 paid ten days late and 100 two days early are seven days late on average.</summary>
    [Fact]
    public async Task Days_late_are_weighted_by_amount_and_forget_what_was_taken_back()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var (late, early) = (await app.Client.IssueAsync(customer, 300, TestApi.Today.AddDays(-40)),
            await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-28)));
        var bounced = await app.Client.IssueAsync(customer, 900, TestApi.Today.AddDays(-90));
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, bounced.Id, 900));
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, bounced.Id, 900));
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), late.Id, 300));
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), early.Id, 100));

        await Eventually.Passes(async () =>
        {
            app.Bus.Heard<PaymentReversed>(allocation).Count.ShouldBe(1);
            var row = (await app.Client.ReadAsync(
                $"/v1/reports/days-late?legalEntity={entity}&from={TestApi.Today:O}&to={TestApi.Today:O}"))["rows"]
                .EnumerateArray().ShouldHaveSingleItem();
            (row.GetProperty("payments").GetInt32(), Money(row, "settled"), Number(row, "daysLate"))
                .ShouldBe((2, 400m, 7m));
            Number(row, "daysToPay").ShouldBe(37m);
        });
    }

    private static decimal Number(JsonElement row, string field) =>
        decimal.Parse(row.GetProperty(field).ToString(), CultureInfo.InvariantCulture);

    private static decimal Money(JsonElement row, string field) => Number(row.GetProperty(field), "amount");
}
