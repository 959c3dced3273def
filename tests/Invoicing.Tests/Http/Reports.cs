using System.Globalization;
using System.Net;
using System.Text.Json;
using Dapper;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class Reports(InvoicingApp app)
{
    private static readonly string[] Buckets = ["current", "1-30", "31-60", "61-90", "91-120", "120+"];

    private static readonly DateOnly AsOf = new(2026, 10, 31);

    [Fact]
    public async Task Aging_puts_each_item_into_the_bucket_of_its_days_overdue()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        int[] daysOverdue = [-5, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 3650];
        foreach (var days in daysOverdue)
            await app.Client.IssueAsync(customer, 1, AsOf.AddDays(-days - 30));

        var report = (await app.Client.ReadAsync($"/v1/reports/aging?asOf=2026-10-31&legalEntity={entity}&by=customer"))
            .ShouldBe(HttpStatusCode.OK);

        var row = report["rows"].EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("key").GetString().ShouldBe($"{customer}");
        Buckets.Select(bucket => row.GetProperty("amounts").GetProperty(bucket).GetString())
            .ShouldBe(["2.00", "2.00", "2.00", "2.00", "2.00", "2.00"]);
        report["currency"].GetString().ShouldBe("USD");
        report["totals"].GetProperty("total").GetString().ShouldBe("12.00");
    }

    [Fact]
    public async Task Aging_of_a_past_day_is_the_same_bytes_after_later_payments_and_voids()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var paid = await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 8, 1));
        var gone = await app.Client.IssueAsync(customer, 50, new DateOnly(2026, 9, 1));
        var path = $"/v1/reports/aging?asOf=2026-10-31&legalEntity={entity}";
        var before = (await app.Client.ReadAsync(path)).Text;

        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), paid.Id, 100));
        await app.Client.PostAsync($"/v1/invoices/{gone.Id}/void", new { reason = "duplicate" });
        await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/invoices/{paid.Id}"),
            answer => answer["status"].GetString() == "paid", "it is paid");

        (await app.Client.ReadAsync(path)).Text.ShouldBe(before);
        var today = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}");
        today["rows"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Aging_buckets_hold_the_whole_ledger()
    {
        var entity = await app.EntityAsync();
        var random = new Random(33);
        Guid[] customers =
            [await app.Client.RegisterAsync(entity, "A"), await app.Client.RegisterAsync(entity, "B", "JPY")];
        for (var days = -20; days < 400; days += 10)
            await app.Client.RateAsync(entity, "JPY", 0.0067m, AsOf.AddDays(-days));
        var invoices = Enumerable.Range(0, 120)
            .Select(_ => TestApi.Invoice(
                customers[random.Next(2)], random.Next(1, 10_000), AsOf.AddDays(-random.Next(-20, 400)),
                $"NET {random.Next(0, 90)}"))
            .ToList();
        await app.Client.PostAsync("/v1/invoices/batch", new { invoices });
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        var items = (await connection.QueryAsync<(string Currency, DateOnly Posted, DateOnly Due, decimal Amount)>(
            "select currency, posting_date, due_date, amount from subledger_entries where legal_entity = @entity",
            new { entity }))
            .ToList();

        foreach (var asOf in new[] { AsOf, AsOf.AddDays(-100), AsOf.AddDays(60) })
        {
            var report = await app.Client.ReadAsync(
                $"/v1/reports/aging?asOf={asOf:O}&legalEntity={entity}&by=currency");
            foreach (var row in report["rows"].EnumerateArray())
            {
                var mine = items.Where(
                    item => item.Currency == row.GetProperty("currency").GetString() && item.Posted <= asOf);
                foreach (var bucket in Buckets)
                {
                    Amount(row.GetProperty("amounts").GetProperty(bucket))
                        .ShouldBe(mine.Where(item => BucketOf(asOf.DayNumber - item.Due.DayNumber) == bucket)
                            .Sum(item => item.Amount));
                }

                Amount(row.GetProperty("total")).ShouldBe(mine.Sum(item => item.Amount));
            }
        }

        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&by=customer"))["totals"].ValueKind
            .ShouldBe(JsonValueKind.Null);
    }

    /// <summary>D-33, I-04, I-23: with what was returned and cancelled, on account and applied.</summary>
    [Fact]
    public async Task D33_aging_is_what_is_open_and_the_control_account_also_after_returns_and_cancels()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoices = new List<Guid>();
        for (var n = 1; n <= 4; n++)
            invoices.Add((await app.Client.IssueAsync(customer, 100 * n, AsOf.AddDays(-40 * n))).Id);
        await app.Client.PostAsync($"/v1/invoices/{invoices[0]}/void", new { reason = "duplicate" });
        foreach (var (invoice, amount) in new[] { ((Guid?)invoices[1], 60m), (null, 35m), (null, 20m) })
        {
            var credit = (await app.Client.PostAsync("/v1/credit-memos", new
            {
                customerId = customer,
                reason = "return",
                invoiceId = invoice,
                lines = new[] { new { description = "Return", quantity = "1", unitPrice = amount } },
            })).ShouldBe(HttpStatusCode.Created);
            if (amount == 20m)
                await app.Client.PostAsync($"/v1/credit-memos/{credit.Id}/void", new { reason = "duplicate" });
        }

        foreach (var query in new[] { "by=customer", "by=currency&basis=document", "by=customer&basis=agreed" })
        {
            var aging = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&{query}");
            Amount(aging["totals"].GetProperty("total")).ShouldBe(200 - 60 + 300 + 400 - 35);
            Buckets.Sum(bucket => Amount(aging["totals"].GetProperty("amounts").GetProperty(bucket)))
                .ShouldBe(Amount(aging["totals"].GetProperty("total")));
        }

        var tieOut = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        tieOut["ties"].GetBoolean().ShouldBeTrue(tieOut.Text);
        Amount(tieOut["rows"][0].GetProperty("controlAccount").GetProperty("amount")).ShouldBe(805);
    }

    [Fact]
    public async Task Aging_comes_as_csv_and_as_a_spreadsheet()
    {
        var entity = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 12);

        var csv = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}", "text/csv");

        csv.Text.ShouldContain("key,name,currency,current,1-30,31-60,61-90,91-120,120+,total,number");
        csv.Text.ShouldContain($",12.00,CUST-{entity}-000001");
        (await app.Client.ReadAsync(
            $"/v1/reports/aging?legalEntity={entity}",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
            .ShouldBe(HttpStatusCode.OK).Text.ShouldStartWith("PK");
        (await app.Client.ReadAsync("/v1/reports/aging?by=mood")).ShouldBe(HttpStatusCode.BadRequest, "bad-grouping");
    }

    [Fact]
    public async Task The_journal_shows_our_entries_and_those_of_cash_application_once()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 1));
        var posted = Messages.ReceiptPosted(entity, customer, 100, new DateOnly(2026, 10, 31));
        await app.Bus.PublishAsync(posted);
        await app.Bus.PublishAsync(posted);

        var october = await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/journal-entries?period=2026-10&legalEntity={entity}"),
            answer => answer["items"].GetArrayLength() == 2, "both entries are there");

        october["items"].EnumerateArray().Select(entry => entry.GetProperty("kind").GetString())
            .ShouldBe(["invoice-issued", "receipt-recorded"]);
        foreach (var entry in october["items"].EnumerateArray())
        {
            var lines = entry.GetProperty("lines").EnumerateArray().ToList();
            lines.Sum(line => Amount(line.GetProperty("debit").GetProperty("amount")))
                .ShouldBe(lines.Sum(line => Amount(line.GetProperty("credit").GetProperty("amount"))));
        }

        (await app.Client.ReadAsync($"/v1/journal-entries?period=2026-11&legalEntity={entity}"))["items"]
            .GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync("/v1/journal-entries?period=2026"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
    }

    /// <summary>
    /// 100 came on 1 October and 60 of it paid an invoice; nobody knows whose the 30 of 31 October are.
    /// </summary>
    [Fact]
    public async Task Unapplied_cash_ages_from_the_day_it_came_whatever_was_applied_since()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 60, new DateOnly(2026, 10, 1));
        var old = Messages.ReceiptPosted(entity, customer, 100, new DateOnly(2026, 10, 2), Some.NewId()) with
        {
            ValueDate = new DateOnly(2026, 10, 1),
        };
        var young = Messages.ReceiptPosted(entity, customer, 30, new DateOnly(2026, 10, 31), Some.NewId());
        young = young with
        {
            CustomerId = null,
            Lines = [young.Lines[0], young.Lines[1] with { Account = "2410", Role = "unidentified-cash" }],
        };
        await app.Bus.PublishAsync(old);
        await app.Bus.PublishAsync(young);
        var path = $"/v1/reports/unapplied-cash?legalEntity={entity}";
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"{path}&asOf=2026-11-10"))["rows"].GetArrayLength() == 2,
            "both are here");
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 60) with { ReceiptId = old.SourceId });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is applied");

        Found(await app.Client.ReadAsync($"{path}&asOf=2026-11-10")).ShouldBe(
            [("unapplied", customer, "31-60", 100m), ("unidentified", null, "1-30", 30m)]);
        Found(await app.Client.ReadAsync($"{path}&asOf=2026-10-30&buckets=29")).ShouldBe(
            [("unapplied", customer, "1-29", 100m)]);
        var today = await app.Client.ReadAsync($"{path}&currency=USD");
        today["totals"].EnumerateArray()
            .Select(all => (all.GetProperty("kind").GetString(), Amount(all.GetProperty("total"))))
            .ShouldBe([("unapplied", 40m), ("unidentified", 30m)]);
        var alone = await app.Client.ReadAsync($"{path}&currency=USD&totals=true");
        alone["rows"].GetArrayLength().ShouldBe(0);
        alone["totals"].GetRawText().ShouldBe(today["totals"].GetRawText());
        (await app.Client.ReadAsync($"{path}&asOf=2026-11-10"))["totals"][0].GetProperty("averageDays").ToString()
            .ShouldBe("40.0");
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&unapplied=true"))["totals"]
            .GetProperty("amounts").GetProperty("unapplied").ToString().ShouldBe("-40.00");
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await elsewhere.ReadAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.ReadAsync("/v1/reports/unapplied-cash"))["rows"].GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync($"{path}&buckets=x")).ShouldBe(HttpStatusCode.BadRequest, "bad-buckets");

        static IEnumerable<(string?, Guid?, string, decimal)> Found(Answer report) =>
            from row in report.ShouldBe(HttpStatusCode.OK)["rows"].EnumerateArray()
            from bucket in row.GetProperty("amounts").EnumerateObject()
            let amount = Amount(bucket.Value)
            where amount != 0
            select (
                row.GetProperty("kind").GetString(),
                row.GetProperty("customerId").ValueKind == JsonValueKind.Null
                    ? (Guid?)null
                    : row.GetProperty("customerId").GetGuid(),
                bucket.Name, amount);
    }

    [Fact]
    public async Task The_tie_out_ties_and_names_what_does_not()
    {
        var entity = await app.EntityAsync();
        var issued = await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100);

        var good = (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))
            .ShouldBe(HttpStatusCode.OK);
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("update open_items set balance = 99 where invoice_id = @Id", new { issued.Id });
        var bad = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        await connection.ExecuteAsync("update open_items set balance = 100 where invoice_id = @Id", new { issued.Id });

        good["ties"].GetBoolean().ShouldBeTrue(good.Text);
        good["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe("100.00");
        bad["ties"].GetBoolean().ShouldBeFalse();
        bad["differences"][0].GetProperty("number").GetString().ShouldBe(issued["number"].GetString());
    }

    /// <summary>100 were owed on 31 October: the invoice says so itself, and its movements come to 99.</summary>
    [Fact]
    public async Task The_tie_out_of_a_past_day_holds_the_movements_against_what_each_invoice_said_then()
    {
        var entity = await app.EntityAsync();
        var issued = await app.Client.IssueAsync(
            await app.Client.RegisterAsync(entity), 100, new DateOnly(2026, 10, 1));
        (await app.Client.PostAsync($"/v1/invoices/{issued.Id}/write-offs", new { reason = "lost", amount = "30" }))
            .ShouldBe(HttpStatusCode.OK);
        var path = $"/v1/reports/tie-out?legalEntity={entity}&asOf=2026-10-31";
        var good = await app.Client.ReadAsync(path);
        await using var connection = await app.Database.Source.OpenConnectionAsync();

        await connection.ExecuteAsync(
            "update subledger_entries set amount = 99 where invoice_id = @Id and kind = 'invoice-issued'",
            new { issued.Id });
        var bad = await app.Client.ReadAsync(path);
        await connection.ExecuteAsync(
            "update subledger_entries set amount = 100, version = null, balance = null " +
            "where invoice_id = @Id and kind = 'invoice-issued'", new { issued.Id });
        var older = await app.Client.ReadAsync(path);
        var check = (await app.Client.ReadAsync($"/v1/periods/{entity}/2026-10/checklist"))["checks"].EnumerateArray()
            .Single(one => one.GetProperty("code").GetString() == "subledger-ties");
        await connection.ExecuteAsync("delete from subledger_entries where invoice_id = @Id", new { issued.Id });

        good["ties"].GetBoolean().ShouldBeTrue(good.Text);
        good["rows"][0].GetProperty("openItems").GetProperty("amount").GetString().ShouldBe("100.00");
        bad["ties"].GetBoolean().ShouldBeFalse();
        var difference = bad["differences"][0];
        (difference.GetProperty("number").GetString(), Amount(difference.GetProperty("subledger")),
            Amount(difference.GetProperty("openItem")))
            .ShouldBe((issued["number"].GetString(), 99m, 100m));
        older["rows"][0].GetProperty("openItems").ValueKind.ShouldBe(JsonValueKind.Null);
        older["ties"].GetBoolean().ShouldBeTrue(older.Text);
        check.GetProperty("result").GetString().ShouldBe("not-known");
        check.GetProperty("evidence").GetString().ShouldBe(
            "Subledger = control account: 100.00 USD; the open items of that day are not known until the subledger " +
            "is rebuilt.");
    }

    private static decimal Amount(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private static string BucketOf(int daysOverdue) => daysOverdue switch
    {
        <= 0 => "current",
        <= 30 => "1-30",
        <= 60 => "31-60",
        <= 90 => "61-90",
        <= 120 => "91-120",
        _ => "120+",
    };
}
