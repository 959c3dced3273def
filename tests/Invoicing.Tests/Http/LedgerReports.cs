using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class LedgerReports(InvoicingApp app)
{
    private static readonly DateOnly MonthEnd = new(2026, 10, 31);

    [Fact]
    public async Task I05_a_month_end_printed_again_as_it_was_known_is_the_same_bytes()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var twin = await app.Client.RegisterAsync(entity, "Twin");
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 9, 1));
        await app.Client.IssueAsync(twin, 40, new DateOnly(2026, 9, 20));
        var knownAt = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        var path = $"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31&knownAt={knownAt}";
        var json = (await app.Client.ReadAsync(path)).Text;
        var csv = (await app.Client.ReadAsync(path, "text/csv")).Text;

        // Learned later: an invoice of the old month, another name, and that two customers are one.
        await app.Client.IssueAsync(customer, 7, new DateOnly(2026, 10, 1));
        await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Another name", country = "CA", terms = "NET 30" });
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = customer, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync(path)).Text.ShouldBe(json);
        (await app.Client.ReadAsync(path, "text/csv")).Text.ShouldBe(csv);
        json.ShouldContain("\"total\":\"140.00\"");
        var now = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31");
        now["totals"].GetProperty("total").GetString().ShouldBe("147.00");
        now["rows"].EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("Another name");
    }

    [Fact]
    public async Task Aging_goes_by_due_agreed_or_document_date()
    {
        var entity = await app.EntityAsync();
        var invoice = await app.Client.IssueAsync(
            await app.Client.RegisterAsync(entity), 100, TestApi.Today.AddDays(-70));
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", new
        {
            reason = "plan",
            source = "payment-plan",
            reference = "1",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(30) } },
        })).ShouldBe(HttpStatusCode.OK);

        (await BucketAsync("due")).ShouldBe("current");
        (await BucketAsync("agreed")).ShouldBe("31-60");
        (await BucketAsync("document")).ShouldBe("61-90");
        (await app.Client.ReadAsync("/v1/reports/aging?basis=mood")).ShouldBe(HttpStatusCode.BadRequest, "bad-basis");

        async Task<string> BucketAsync(string basis) =>
            (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&basis={basis}"))["rows"]
                .EnumerateArray().ShouldHaveSingleItem().GetProperty("amounts").EnumerateObject()
                .Single(bucket => bucket.Value.GetString() == "100.00").Name;
    }

    [Fact]
    public async Task Aging_by_collector_says_who_it_was_when_it_was_first_printed()
    {
        var entity = await app.EntityAsync();
        var (one, two) = (await app.Client.RegisterAsync(entity, "One"), await app.Client.RegisterAsync(entity, "Two"));
        await app.Client.IssueAsync(one, 100, new DateOnly(2026, 9, 1));
        await app.Client.IssueAsync(two, 40, new DateOnly(2026, 9, 20));
        await app.Bus.PublishAsync(new CollectorAssigned(one, entity, "carla", "large"), version: 1);
        await BecomesAsync("", [("", "40.00"), ("carla", "100.00")]);
        var knownAt = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        await BecomesAsync($"&knownAt={knownAt}", [("", "40.00"), ("carla", "100.00")]);

        // The newer word comes first, and each comes twice.
        foreach (var (version, collector) in new[] { (3, "dan"), (2, (string?)null), (3, "dan") })
            await app.Bus.PublishAsync(new CollectorAssigned(one, entity, collector, null), version: version);
        await app.Bus.PublishAsync(new CollectorAssigned(two, entity, "dan", null), version: 1);

        await BecomesAsync("", [("dan", "140.00")]);
        await BecomesAsync($"&knownAt={knownAt}", [("", "40.00"), ("carla", "100.00")]);

        Task BecomesAsync(string more, (string, string)[] expected) => Eventually.Passes(async () =>
        {
            var path = $"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31&by=collector{more}";
            (await app.Client.ReadAsync(path))["rows"].EnumerateArray()
                .Select(row => (row.GetProperty("key").GetString()!, row.GetProperty("total").GetString()!))
                .ShouldBe(expected);
        });
    }

    /// <summary>I-23: the buckets are all that is owed less all that is not applied.</summary>
    [Fact]
    public async Task I23_unapplied_cash_is_a_bucket_below_zero_as_of_any_day_and_as_it_was_known()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var receipt = Some.NewId();
        var invoice = await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 9, 1));
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, customer, 130, new DateOnly(2026, 10, 5), receipt));
        await BecomesAsync("asOf=2026-10-31", 100, -130);
        var knownAt = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        var path = $"/v1/reports/aging?legalEntity={entity}&unapplied=true&asOf=2026-10-31&knownAt={knownAt}";
        var json = (await app.Client.ReadAsync(path)).Text;
        var csv = (await app.Client.ReadAsync(path, "text/csv")).Text;

        await app.Bus.PublishAsync(
            Messages.Requested(Some.NewId(), invoice.Id, 100) with { ReceiptId = receipt, CustomerId = customer });

        await BecomesAsync($"asOf={TestApi.Today:O}", 0, -30);
        await BecomesAsync($"asOf={TestApi.Today:O}&by=segment", 0, -30);
        await BecomesAsync("asOf=2026-10-31", 100, -130);
        await BecomesAsync("asOf=2026-10-01", 100, 0);
        (await app.Client.ReadAsync(path)).Text.ShouldBe(json);
        (await app.Client.ReadAsync(path, "text/csv")).Text.ShouldBe(csv);
        csv.ShouldContain("120+,unapplied,total");
        (await app.Client.BytesAsync(path, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
            .Bytes.Length.ShouldBeGreaterThan(1_000);

        Task BecomesAsync(string query, decimal owed, decimal unapplied) => Eventually.Passes(async () =>
        {
            var totals = (await app.Client.ReadAsync(
                $"/v1/reports/aging?legalEntity={entity}&unapplied=true&{query}"))["totals"];
            var amounts = totals.GetProperty("amounts").EnumerateObject()
                .Select(bucket => (bucket.Name, Amount: Decimal(bucket.Value))).ToList();
            amounts[^1].ShouldBe(("unapplied", unapplied));
            amounts.Where(bucket => bucket.Name != "unapplied").Sum(bucket => bucket.Amount).ShouldBe(owed);
            Decimal(totals.GetProperty("total")).ShouldBe(owed + unapplied);
        });
    }

    private static decimal Decimal(JsonElement text) =>
        decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_journal_of_a_month_is_exported_whole_and_balanced()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        for (var n = 1; n <= 60; n++)
            await app.Client.IssueAsync(customer, n, MonthEnd.AddDays(-(n % 31)));
        await app.Client.IssueAsync(customer, 999, MonthEnd.AddDays(1));
        var path = $"/v1/journal-entries/export?legalEntity={entity}&period=2026-10";

        var json = (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.OK);
        var csv = await app.Client.ReadAsync(path, "text/csv");

        json["lines"].GetArrayLength().ShouldBe(120);
        (Amount(json["totals"][0], "debit"), Amount(json["totals"][0], "credit")).ShouldBe((1_830m, 1_830m));
        csv.Text.Trim().Split('\n').Length.ShouldBe(121);
        csv.Text.ShouldContain("entryId,number,postingDate,kind,sourceNumber,customerId,account,role,currency,debit,");
        (await app.Client.ReadAsync(path)).Text.ShouldBe(json.Text);
        var parts = new[] { "to=2026-10-15", "from=2026-10-16&to=2026-10-31" }.Select(async days =>
            (await app.Client.ReadAsync($"{path}&{days}"))["lines"].EnumerateArray().Select(line => line.ToString()));
        (await Task.WhenAll(parts)).SelectMany(part => part)
            .ShouldBe(json["lines"].EnumerateArray().Select(line => line.ToString()));
        (await app.Client.ReadAsync($"{path}&to=2026-11-01")).ShouldBe(HttpStatusCode.BadRequest, "bad-range");
        (await app.Client.ReadAsync($"/v1/journal-entries/export?legalEntity={entity}&period=October"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
        using var other = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await other.ReadAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    [Fact]
    public async Task I04_the_roll_forward_leads_from_opening_to_closing_and_ties_to_the_control_account_on_each_day()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var old = await app.Client.IssueAsync(customer, 100, MonthEnd.AddDays(-40));
        await app.Client.IssueAsync(customer, 50, MonthEnd.AddDays(-5));
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), old.Id, 30));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(old.Id).Count == 1, "it is paid in part");
        await app.Client.PostAsync($"/v1/invoices/{old.Id}/write-offs", new { reason = "x", amount = "20" });

        var october = (await app.Client.ReadAsync(
            $"/v1/reports/roll-forward?legalEntity={entity}&from=2026-10-01&to=2026-10-31"))["rows"][0];
        var since = (await app.Client.ReadAsync(
            $"/v1/reports/roll-forward?legalEntity={entity}&from=2026-11-01&to={TestApi.Today:O}"))["rows"][0];

        (Money(october, "opening"), Money(october, "closing")).ShouldBe(("100.00", "150.00"));
        october.GetProperty("movements").EnumerateArray()
            .Select(one => (one.GetProperty("kind").GetString(), Money(one, "amount")))
            .ShouldBe([("invoice-issued", "50.00")]);
        (Money(since, "opening"), Money(since, "closing")).ShouldBe(("150.00", "100.00"));
        since.GetProperty("movements").EnumerateArray()
            .Select(one => (one.GetProperty("kind").GetString(), Money(one, "amount")))
            .ShouldBe([("payment-applied", "-30.00"), ("written-off", "-20.00")]);
        foreach (var (day, total) in new[] { ("2026-09-30", "100.00"), ("2026-10-31", "150.00") })
        {
            var tied = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}&asOf={day}");
            tied["ties"].GetBoolean().ShouldBeTrue(tied.Text);
            Money(tied["rows"][0], "controlAccount").ShouldBe(total);
            Money(tied["rows"][0], "openItems").ShouldBe(total);
        }
    }

    [Fact]
    public async Task Days_sales_outstanding_come_from_the_subledger()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var paid = await app.Client.IssueAsync(customer, 300, new DateOnly(2026, 8, 5));
        await app.Client.IssueAsync(customer, 150, new DateOnly(2026, 9, 10));
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 10));
        // What is billed ahead, and credited again, is no sale.
        object ahead = new { description = "Deposit", quantity = "1", unitPrice = "80" };
        var deposit = (await app.Client.PostAsync(
            "/v1/deposits", new { customerId = customer, invoiceDate = "2026-09-01", lines = new[] { ahead } }))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            invoiceId = deposit.Id,
            creditDate = "2026-10-02",
            reason = "return",
            lines = new[] { new { description = "less", quantity = "1", unitPrice = "30" } },
        })).ShouldBe(HttpStatusCode.Created);

        var row = (await app.Client.ReadAsync(
            $"/v1/reports/dso?legalEntity={entity}&from=2026-08-01&to=2026-10-31"))["rows"][0];

        // 550 receivables, all of 92 days' sales; 100 are not overdue at the end of October.
        (Money(row, "sales"), Money(row, "receivables"), Money(row, "current"))
            .ShouldBe(("550.00", "550.00", "100.00"));
        Figure(row, "dso").ShouldBe(92m);
        Figure(row, "bestPossibleDso").ShouldBe(16.73m);
        Figure(row, "averageDaysDelinquent").ShouldBe(75.27m);
        Figure(row, "countbackDso").ShouldBe(92m);
        Figure(row, "turnover").ShouldBe(2m);
        Figure(row, "averageDso").ShouldBe(46m);
        paid["total"].GetProperty("amount").GetString().ShouldBe("300.00");
        (await app.Client.ReadAsync($"/v1/reports/dso?from=2026-10-31&to=2026-10-01"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-range");
    }

    private static decimal Figure(JsonElement row, string field) =>
        decimal.Parse(row.GetProperty(field).GetString()!, CultureInfo.InvariantCulture);

    private static decimal Amount(JsonElement row, string field) => Figure(row, field);

    private static string? Money(JsonElement row, string field) =>
        row.GetProperty(field).GetProperty("amount").GetString();
}
