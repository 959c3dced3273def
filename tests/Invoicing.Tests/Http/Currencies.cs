using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class Currencies(InvoicingApp app)
{
    private static readonly DateOnly Day = TestApi.Today;

    [Fact]
    public async Task Rates_are_set_by_day_and_the_latest_of_ten_days_is_taken()
    {
        var entity = await app.EntityAsync();
        var path = $"/v1/legal-entities/{entity}/exchange-rates";
        await app.Client.RateAsync(entity, "EUR", 1.0842m, Day.AddDays(-10));

        (await FoundAsync(Day)).ShouldBe("1.0842");
        (await app.Client.ReadAsync($"{path}/daily/{Day.AddDays(1):O}/EUR")).ShouldBe(HttpStatusCode.NotFound);
        (await app.Client.ReadAsync($"{path}/month-end/{Day:O}/EUR")).ShouldBe(HttpStatusCode.NotFound);
        await app.Client.RateAsync(entity, "EUR", 1.09m, Day.AddDays(-2));
        await app.Client.RateAsync(entity, "EUR", 1.10m, Day.AddDays(-2));
        (await FoundAsync(Day)).ShouldBe("1.10");
        (await FoundAsync(Day.AddDays(-3))).ShouldBe("1.0842");
        (await app.Client.ReadAsync($"{path}?currency=EUR"))["rates"].GetArrayLength().ShouldBe(2);
        (await app.Client.ReadAsync($"{path}/daily/{Day.AddDays(-2):O}/history"))["items"].GetArrayLength().ShouldBe(2);
        (await app.Client.PutAsync($"{path}/daily/{Day:O}", new { rates = Array.Empty<object>() }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-exchange-rate");
        using var other = app.ClientWith("invoicing:books", "ELSEWHERE");
        (await other.PutAsync($"{path}/daily/{Day:O}", new { rates = new[] { new { currency = "EUR", rate = "1" } } }))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<ExchangeRatesSet>(entity).Count == 3, "the others hear of them");

        async Task<string?> FoundAsync(DateOnly day) =>
            (await app.Client.ReadAsync($"{path}/daily/{day:O}/EUR"))["rate"].GetString();
    }

    [Fact]
    public async Task A_foreign_invoice_is_booked_paid_and_reversed_in_both_currencies()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Day.AddDays(-9));
        await app.Client.RateAsync(entity, "EUR", 1.20m, Day);
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");

        var invoice = await app.Client.IssueAsync(customer, 100, Day.AddDays(-5));
        var (first, second) = (Some.NewId(), Some.NewId());
        await PayAsync(entity, invoice.Id, first, 40);
        await PayAsync(entity, invoice.Id, second, 60);

        invoice["exchangeRate"].GetProperty("rate").GetString().ShouldBe("1.10");
        Amount(invoice["baseBalance"]).ShouldBe("110.00");
        var entry = (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<Contracts.Invoicing.V1.JournalEntryPosted>(invoice.Id)
                .Where(one => one.Kind == "payment-applied").ToList()),
            entries => entries.Count == 2, "two entries are published"))[0];
        entry.Lines.Sum(line => line.BaseDebit!.Amount - line.BaseCredit!.Amount).ShouldBe(0);
        entry.Lines.Single(line => line.Role == "exchange-gain").BaseCredit.ShouldBe(new MoneyAmount(4, "USD"));
        await TiesAsync(entity, "EUR", "0.00", "0.00");

        await app.Bus.PublishAsync(Messages.ReversalRequested(first, invoice.Id, 40, "EUR"));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentReversed>(first).Count == 1, "the first is reversed");

        Amount((await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"))["baseBalance"]).ShouldBe("44.00");
        await TiesAsync(entity, "EUR", "40.00", "44.00");
        var total = (await app.Client.ReadAsync(
            $"/v1/journal-entries/export?legalEntity={entity}&period={Day:yyyy-MM}"))["baseTotal"];
        total.GetProperty("debit").GetString().ShouldBe(total.GetProperty("credit").GetString());
    }

    [Fact]
    public async Task Without_a_rate_a_foreign_invoice_is_refused_and_foreign_money_sent_back()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "no-exchange-rate");
        await app.Client.RateAsync(entity, "EUR", 1.10m, Day.AddDays(-20));
        var invoice = await app.Client.IssueAsync(customer, 100, Day.AddDays(-20));
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 5, currency: "EUR") with
        {
            LegalEntity = entity,
        });

        (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplicationRejected>(allocation)), all => all.Count == 1,
            "it is rejected"))[0].Code.ShouldBe("no-exchange-rate");
    }

    [Fact]
    public async Task Credits_write_offs_and_voids_keep_the_books_tied_in_both_currencies()
    {
        var entity = await app.EntityAsync("JPY");
        for (var days = 0; days < 50; days += 10)
            await app.Client.RateAsync(entity, "BHD", 400.123456m + days, Day.AddDays(-days));
        var customer = await app.Client.RegisterAsync(entity, currency: "BHD");
        var one = (await app.Client.IssueAsync(customer, 100.005m, Day.AddDays(-35))).Id;
        var two = (await app.Client.IssueAsync(customer, 33.333m, Day.AddDays(-25))).Id;
        object line = new { description = "x", quantity = "1", unitPrice = "50.001" };
        var memo = await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "goodwill",
            creditDate = Day.AddDays(-15),
            lines = new[] { line },
        });
        var applied = await app.Client.PostAsync(
            $"/v1/credit-memos/{memo.Id}/applications", new { invoiceId = one, amount = "20.002" });
        var application = applied["applications"][0].GetProperty("id").GetGuid();
        await app.Client.PostAsync($"/v1/invoices/{one}/write-offs", new { reason = "x", amount = "30.001" });
        await app.Client.PostAsync($"/v1/invoices/{one}/recoveries", new { reason = "x", amount = "10.001" });
        await app.Client.PostAsync($"/v1/invoices/{two}/void", new { reason = "x" });

        await TiesAsync(entity, "BHD", "30.004", null);
        (await app.Client.PostAsync(
            $"/v1/credit-memos/{memo.Id}/applications/{application}/reverse", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"/v1/credit-memos/{memo.Id}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity, "BHD", "80.005", null);
    }

    [Fact]
    public async Task An_entry_of_cash_application_is_translated_when_its_rate_is_there()
    {
        var entity = await app.EntityAsync();
        var (before, after) = (Posted(entity, 10), Posted(entity, 20));
        await app.Bus.PublishAsync(before);
        await Eventually.Becomes(() => EntryAsync(before), one => one is not null, "the entry is here");
        (await EntryAsync(before))!.Value.GetProperty("lines")[0].GetProperty("baseDebit").ValueKind
            .ShouldBe(JsonValueKind.Null);
        var export = $"/v1/journal-entries/export?legalEntity={entity}&period={Period.Of(before.PostingDate)}";
        var known = $"{export}&knownAt={TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffffZ}";
        var exported = (await app.Client.ReadAsync(known, "text/csv")).ShouldBe(HttpStatusCode.OK).Text;

        await app.Client.RateAsync(entity, "EUR", 1.15m, Day.AddDays(-3));

        // D-34: what was exported before it had its worth is exported again without one.
        (await app.Client.ReadAsync(known, "text/csv")).Text.ShouldBe(exported);
        (await app.Client.ReadAsync(export, "text/csv")).Text.ShouldNotBe(exported);
        await app.Bus.PublishAsync(after);

        var late = (await Eventually.Becomes(
            () => EntryAsync(after), one => one is not null, "the entry is here"))!.Value;
        Amount(late.GetProperty("lines")[0].GetProperty("baseDebit")).ShouldBe("23.00");
        Amount((await EntryAsync(before))!.Value.GetProperty("lines")[1].GetProperty("baseCredit")).ShouldBe("11.50");
    }

    /// <summary>What we told the worth of is not translated anew by another day's rate.</summary>
    [Fact]
    public async Task I16_an_entry_that_tells_its_worth_keeps_it()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.15m, Day.AddDays(-1));
        var (worth, none) = (new MoneyAmount(22.22m, "USD"), new MoneyAmount(0, "USD"));
        var posted = Posted(entity, 20);
        var told = posted with
        {
            Lines =
            [
                posted.Lines[0] with { BaseDebit = worth, BaseCredit = none },
                posted.Lines[1] with { BaseDebit = none, BaseCredit = worth },
            ],
        };
        await app.Bus.PublishAsync(told);

        var lines = (await Eventually.Becomes(
            () => EntryAsync(told), one => one is not null, "the entry is here"))!.Value.GetProperty("lines");
        Amount(lines[0].GetProperty("baseDebit")).ShouldBe("22.22");
        Amount(lines[1].GetProperty("baseCredit")).ShouldBe("22.22");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I16_a_receipt_keeps_one_rate_from_its_booking_to_its_last_application(bool bookedFirst)
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Day.AddDays(-9));
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        var invoice = await app.Client.IssueAsync(customer, 100, Day.AddDays(-5));
        var (receipt, one, two) = (Some.NewId(), Some.NewId(), Some.NewId());
        var booked = Posted(entity, 100) with { SourceId = receipt, ValueDate = Day };

        if (bookedFirst)
        {
            await app.Bus.PublishAsync(booked);
            await Eventually.Becomes(() => EntryAsync(booked), found => found is not null, "the entry is here");
        }

        await PayAsync(entity, invoice.Id, one, bookedFirst ? 30 : 40, receipt);
        await app.Client.RateAsync(entity, "EUR", 1.20m, Day);
        await PayAsync(entity, invoice.Id, two, bookedFirst ? 70 : 60, receipt);
        if (!bookedFirst)
            await app.Bus.PublishAsync(booked);
        await Eventually.Becomes(() => EntryAsync(booked), found => found is not null, "the entry is here");

        var entries = (await app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entity}&limit=100"))["items"];
        var lines = entries.EnumerateArray().SelectMany(entry => entry.GetProperty("lines").EnumerateArray()).ToList();
        lines.Where(line => line.GetProperty("account").GetString() == "2400")
            .Sum(line => Decimal(line.GetProperty("baseDebit")) - Decimal(line.GetProperty("baseCredit")))
            .ShouldBe(0);
        lines.ShouldNotContain(line => line.GetProperty("role").GetString() == "exchange-gain");
    }

    [Fact]
    public async Task I10_a_month_with_cash_of_no_worth_is_not_closed_and_no_rate_changes_a_closed_one()
    {
        var entity = await app.EntityAsync();
        var last = Period.Of(Day).Previous;
        var entry = Posted(entity, 10) with { PostingDate = last.LastDay, ValueDate = last.LastDay };
        await app.Bus.PublishAsync(entry);
        await Eventually.Becomes(() => EntryAsync(entry), one => one is not null, "the entry is here");
        var close = $"/v1/periods/{entity}/{last}/close";

        (await app.Client.PostAsync(close, new { reason = "month end" }))
            .ShouldBe(HttpStatusCode.Conflict, "no-exchange-rate")["detail"].GetString()!
            .ShouldContain($"{last.LastDay:O}");
        await app.Client.RateAsync(entity, "EUR", 1.15m, last.LastDay);
        (await app.Client.PostAsync(close, new { reason = "month end" })).ShouldBe(HttpStatusCode.OK);

        await using var lost = app.Store.Database.CreateCommand(
            "update received_journal_lines set base_debit = null, base_credit = null where entry_id = $1");
        lost.Parameters.Add(new Npgsql.NpgsqlParameter<Guid> { TypedValue = entry.EntryId });
        await lost.ExecuteNonQueryAsync();
        await app.Client.RateAsync(entity, "EUR", 1.25m, last.LastDay);
        (await EntryAsync(entry))!.Value.GetProperty("lines")[0].GetProperty("baseDebit").ValueKind
            .ShouldBe(JsonValueKind.Null);
    }

    private async Task<JsonElement?> EntryAsync(Contracts.CashApplication.V1.JournalEntryPosted entry)
    {
        var list = await app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entry.LegalEntity}");
        return list["items"].EnumerateArray().Where(one => one.GetProperty("id").GetGuid() == entry.EntryId)
            .Cast<JsonElement?>().SingleOrDefault();
    }

    private static Contracts.CashApplication.V1.JournalEntryPosted Posted(string entity, decimal amount)
    {
        var (some, none) = (new MoneyAmount(amount, "EUR"), new MoneyAmount(0, "EUR"));
        return new Contracts.CashApplication.V1.JournalEntryPosted(
            Some.NewId(), entity, Day, "receipt-booked", Some.Receipt, "RCT-1", null,
            [new JournalLine("1000", "bank", some, none), new JournalLine("2400", "unapplied-cash", none, some)],
            Day.AddDays(-1));
    }

    private async Task PayAsync(
        string entity, Guid invoice, Guid allocation, decimal amount, Guid? receipt = null)
    {
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, amount, currency: "EUR") with
        {
            LegalEntity = entity,
            ReceiptId = receipt ?? Some.Receipt,
        });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is applied");
    }

    private async Task TiesAsync(string entity, string currency, string amount, string? inBase)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        var row = report["rows"].EnumerateArray().Single(one => one.GetProperty("currency").GetString() == currency);
        Amount(row.GetProperty("subledger")).ShouldBe(amount);
        var sums = row.GetProperty("base");
        Amount(sums.GetProperty("subledger")).ShouldBe(inBase ?? Amount(sums.GetProperty("openItems")));
        Amount(sums.GetProperty("controlAccount")).ShouldBe(Amount(sums.GetProperty("subledger")));
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}&asOf={Day.AddDays(-20):O}"))["ties"]
            .GetBoolean().ShouldBeTrue();
    }

    private static decimal Decimal(JsonElement money) => decimal.Parse(Amount(money)!, CultureInfo.InvariantCulture);

    private static string? Amount(JsonElement money) => money.GetProperty("amount").GetString();
}
