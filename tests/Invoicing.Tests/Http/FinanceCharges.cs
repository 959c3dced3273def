using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class FinanceCharges(InvoicingApp app)
{
    /// <summary>The month before this one, which is over.</summary>
    private static readonly DateOnly Month =
        new DateOnly(TestApi.Today.Year, TestApi.Today.Month, 1).AddMonths(-1);

    private static string Period => $"{Month:yyyy-MM}";

    [Fact]
    public async Task Are_billed_once_per_customer_and_month_however_often_they_are_run()
    {
        var (entity, customer) = await LateCustomerAsync();
        var run = new { legalEntity = entity, period = Period };

        var preview = await RunAsync(new { legalEntity = entity, period = Period, preview = true });
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(run)));

        preview["debitMemos"][0].GetProperty("number").ValueKind.ShouldBe(JsonValueKind.Null);
        runs.Select(answer => answer["debitMemos"][0].GetProperty("number").GetString()).Distinct()
            .ShouldBe([$"DM-{entity}-{TestApi.Today.Year}-000001"]);
        runs.Count(answer => !answer["debitMemos"][0].GetProperty("alreadyBilled").GetBoolean()).ShouldBe(1);
        var memos = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"];
        memos.GetArrayLength().ShouldBe(1);
        memos[0].GetProperty("total").ToString().ShouldBe(preview["debitMemos"][0].GetProperty("total").ToString());
        await TiesAsync(entity);
    }

    [Fact]
    public async Task B05_they_survive_the_payment_of_the_principal_and_bear_no_interest()
    {
        var (entity, customer) = await LateCustomerAsync();
        var principal = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0];
        var memo = (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"][0]
            .GetProperty("invoiceId").GetGuid();
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(Messages.Requested(allocation, principal.GetProperty("id").GetGuid(), 1_000));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");

        (await app.Client.ReadAsync($"/v1/invoices/{memo}"))["status"].GetString().ShouldBe("open");
        app.Bus.Heard<InvoiceIssued>(memo).ShouldHaveSingleItem().Items[0].Kind.ShouldBe("debit-memo");
        (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"].GetArrayLength().ShouldBe(1);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task Are_waived_reinstated_and_reversed()
    {
        var (entity, customer) = await LateCustomerAsync();
        var memo = (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 40)))
            .ShouldBe(HttpStatusCode.Created);
        memo["number"].GetString()!.ShouldStartWith($"DM-{entity}-");
        memo["kind"].GetString().ShouldBe("debit-memo");
        var path = $"/v1/invoices/{memo.Id}";

        var lines = new[] { new { description = "Less", quantity = "1", unitPrice = "1" } };
        (await app.Client.PostAsync($"{path}/correct", new { reason = "less", lines }))
            .ShouldBe(HttpStatusCode.Conflict, "debit-memo-not-corrected");
        (await app.Client.PostAsync($"{path}/waive", new { reason = "goodwill", amount = "15" }))
            .ShouldBe(HttpStatusCode.OK)["balance"].GetProperty("amount").GetString().ShouldBe("25.00");
        (await app.Client.PostAsync($"{path}/reinstate", new { reason = "late again", amount = "20" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-waived");
        (await app.Client.PostAsync($"{path}/reinstate", new { reason = "late again" })).ShouldBe(HttpStatusCode.OK)
            ["balance"].GetProperty("amount").GetString().ShouldBe("40.00");
        (await app.Client.PostAsync($"{path}/void", new { reason = "reversed" })).ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task Need_a_month_that_is_over_and_leave_out_what_is_disputed()
    {
        var (entity, customer) = await LateCustomerAsync();
        var invoice = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0]
            .GetProperty("id").GetGuid();

        foreach (var period in new[] { $"{TestApi.Today:yyyy-MM}", "2026", "soon" })
        {
            (await app.Client.PostAsync("/v1/finance-charge-runs", new { legalEntity = entity, period }))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        }

        var dispute = $"/v1/invoices/{invoice}/installments/1/dispute";
        var preview = new { legalEntity = entity, period = Period, preview = true };
        var whole = Interest(await RunAsync(preview));
        await app.Client.PutAsync(dispute, new { amount = "500", reason = "x" });
        Interest(await RunAsync(preview)).ShouldBe(decimal.Round(whole / 2, 2), 0.01m);
        await app.Client.PutAsync(dispute, new { amount = "1000", reason = "x" });
        (await RunAsync(preview))["debitMemos"].GetArrayLength().ShouldBe(0);
        (await app.Client.PostAsync("/v1/finance-charge-runs", new { legalEntity = "NOWHERE", period = Period }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-legal-entity");
    }

    [Fact]
    public async Task Bill_everybody_else_where_one_customer_cannot_be_billed()
    {
        var (entity, billable) = await LateCustomerAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Month.AddDays(-31));
        var stuck = await LateCustomerAsync(entity, "EUR");

        foreach (var preview in new[] { true, false })
        {
            var memos = (await RunAsync(new { legalEntity = entity, period = Period, preview }))["debitMemos"]
                .EnumerateArray().ToDictionary(memo => memo.GetProperty("customerId").GetGuid());

            memos[stuck].GetProperty("problem").GetProperty("code").GetString().ShouldBe("no-exchange-rate");
            memos[stuck].GetProperty("invoiceId").ValueKind.ShouldBe(JsonValueKind.Null);
            memos[billable].TryGetProperty("problem", out _).ShouldBeFalse();
            memos[billable].GetProperty("invoiceId").ValueKind
                .ShouldBe(preview ? JsonValueKind.Null : JsonValueKind.String);
        }

        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"].EnumerateArray()
            .ToDictionary(
                memo => memo.GetProperty("customerId").GetGuid(),
                memo => memo.GetProperty("alreadyBilled").GetBoolean())
            .ShouldBe(new Dictionary<Guid, bool> { [billable] = true, [stuck] = false }, ignoreOrder: true);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task A_policy_bills_each_missed_month_once_by_many_instances_and_no_month_that_a_person_has_billed()
    {
        var entity = await app.EntityAsync();
        var first = Month.AddMonths(-1);
        var customer = await LateCustomerAsync(entity, due: first.AddDays(-1));
        var byHand = (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"]
            .EnumerateArray().ShouldHaveSingleItem().GetProperty("invoiceId").GetGuid();
        await app.Store.DecideAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(entity), new EventMetadata("tester"),
            policy => policy.Define(new AutomationPolicyDefined(entity, new AutomaticCharges(1, default)), first));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.Services
            .GetRequiredService<AutomaticFinanceCharges>()
            .BillAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None)));

        var memos = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"]
            .EnumerateArray().Select(memo => memo.GetProperty("id").GetGuid()).ToList();
        memos.Count.ShouldBe(2);
        memos.ShouldContain(byHand);
        var policy = await app.Client.ReadAsync($"/v1/legal-entities/{entity}/automation-policy");
        policy["runs"].EnumerateArray().Select(run => (
                run.GetProperty("period").GetString(), run.GetProperty("billed").GetInt32(),
                run.GetProperty("failed").GetInt32()))
            .ShouldBe([($"{first:yyyy-MM}", 1, 0), (Period, 1, 0)]);
        policy["version"].GetInt64().ShouldBe(3);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task A_policy_begins_with_the_month_that_goes_on_and_tries_again_the_next_day_whom_it_left_out()
    {
        var (entity, customer) = await LateCustomerAsync();
        var path = $"/v1/legal-entities/{entity}/automation-policy";
        (await app.Client.PutAsync(path, new { financeCharges = new { day = 29 } }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-automation-policy");
        (await app.Client.PutAsync(path, new { financeCharges = new { day = 5 } })).ShouldBe(HttpStatusCode.OK)
            ["financeCharges"].GetProperty("since").GetString().ShouldBe($"{TestApi.Today:yyyy-MM-dd}");
        await app.Client.RateAsync(entity, "EUR", 1.10m, Month.AddDays(-31));
        await LateCustomerAsync(entity, "EUR");
        var next = new DateTimeOffset(TestApi.Today.Year, TestApi.Today.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

        (await RunsAsync(next.AddDays(4).AddSeconds(-1))).ShouldBeEmpty();
        (await RunsAsync(next.AddDays(4))).ShouldBe([(1, 1)]);
        await app.Client.RateAsync(entity, "EUR", 1.10m, DateOnly.FromDateTime(next.UtcDateTime));
        (await RunsAsync(next.AddDays(4).AddHours(20))).ShouldBe([(1, 1)]);
        (await RunsAsync(next.AddDays(5))).ShouldBe([(2, 0)]);

        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(1);
        (await app.Client.PutAsync(path, new { })).ShouldBe(HttpStatusCode.OK);
        (await RunsAsync(next.AddMonths(3))).Count.ShouldBe(1);

        async Task<List<(int Billed, int Failed)>> RunsAsync(DateTimeOffset now)
        {
            var clock = new StoppedClock(now);
            var billing = new FinanceChargeBilling(
                app.Store, app.Services.GetRequiredService<DocumentNumbers>(), clock,
                NullLogger<FinanceChargeBilling>.Instance);
            var log = NullLogger<AutomaticFinanceCharges>.Instance;
            await new AutomaticFinanceCharges(app.Store, billing, clock, log)
                .BillAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None);
            return
            [
                .. (await app.Client.ReadAsync(path))["runs"].EnumerateArray().Select(run => (
                    run.GetProperty("billed").GetInt32(), run.GetProperty("failed").GetInt32())),
            ];
        }
    }

    /// <summary>D-40: what counts is when the money was there, and what bounces never was.</summary>
    [Fact]
    public async Task Are_none_on_money_that_came_in_time_however_late_it_was_applied()
    {
        var (entity, customer) = await LateCustomerAsync();
        var invoice = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0]
            .GetProperty("id").GetGuid();
        var preview = new { legalEntity = entity, period = Period, preview = true };
        var whole = Interest(await RunAsync(preview));
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(
            Messages.Requested(allocation, invoice, 1_000) with { ValueDate = Month.AddDays(-1) });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        (await RunAsync(preview))["debitMemos"].GetArrayLength().ShouldBe(0);

        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 1_000));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentReversed>(allocation).Count == 1, "it bounces");
        Interest(await RunAsync(preview)).ShouldBe(whole);
    }

    [Fact]
    public async Task Are_none_on_what_was_void_billed_anew_or_disputed_rightly()
    {
        var (entity, kept) = await LateCustomerAsync();
        var (gone, wrong) = (await LateCustomerAsync(entity), await LateCustomerAsync(entity));
        object[] lines = [new { description = "Widget", quantity = "1", unitPrice = "900" }];
        object[] less = [new { description = "Widget", quantity = "1", unitPrice = "400" }];

        (await app.Client.PostAsync($"{await InvoiceAsync(gone)}/void", new { reason = "a duplicate" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{await InvoiceAsync(wrong)}/correct", new { reason = "price", lines }))
            .ShouldBe(HttpStatusCode.Created);
        var preview = new { legalEntity = entity, period = Period, preview = true };
        var run = await RunAsync(preview);
        run["debitMemos"].EnumerateArray().ShouldHaveSingleItem().GetProperty("customerId").GetGuid().ShouldBe(kept);
        var whole = Interest(run);

        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = kept,
            reason = "dispute",
            invoiceId = (await InvoiceAsync(kept)).Split('/')[^1],
            lines = less,
        })).ShouldBe(HttpStatusCode.Created);
        Interest(await RunAsync(preview)).ShouldBe(whole * 0.6m, 0.02m);
    }

    [Fact]
    public async Task On_what_was_disputed_in_vain_are_billed_once_it_is_disputed_no_more()
    {
        var (entity, customer) = await LateCustomerAsync();
        var run = new { legalEntity = entity, period = Period };
        var whole = Interest(await RunAsync(new { legalEntity = entity, period = Period, preview = true }));
        var dispute = $"{await InvoiceAsync(customer)}/installments/1/dispute";
        await app.Client.PutAsync(dispute, new { amount = "400", reason = "broken" });

        var first = await RunAsync(run);
        first["heldBack"].GetInt32().ShouldBe(1);
        Billed(await RunAsync(run)).ShouldBe((true, Billed(first).Number, Billed(first).Total));
        await app.Client.PutAsync(dispute, new { amount = "0", reason = "it was not" });
        var rest = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(run)));

        rest.Select(answer => Billed(answer).Number).Distinct().ShouldBe([$"DM-{entity}-{TestApi.Today.Year}-000002"]);
        rest.Count(answer => !Billed(answer).Already).ShouldBe(1);
        (Billed(first).Total + Billed(rest[0]).Total).ShouldBe(25 + whole);
        (await RunAsync(run))["heldBack"].GetInt32().ShouldBe(0);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(2);
        await TiesAsync(entity);

        static (bool Already, string? Number, decimal Total) Billed(Answer run)
        {
            var memo = run["debitMemos"].EnumerateArray().ShouldHaveSingleItem();
            return (
                memo.GetProperty("alreadyBilled").GetBoolean(), memo.GetProperty("number").GetString(),
                decimal.Parse(
                    memo.GetProperty("total").GetProperty("amount").GetString()!,
                    System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Bill_everybody_else_where_the_debit_memo_of_one_cannot_be_written()
    {
        var entity = await app.EntityAsync();
        var customers = new[] { await LateCustomerAsync(entity), await LateCustomerAsync(entity) }.Order().ToList();

        // The first one's place is taken by something else.
        var taken = Ids.From("finance-charges", customers[0].ToString("D"), Period);
        (await app.Store.DecideAsync(
            AutomationPolicyStream.Type, taken, new EventMetadata("tester"),
            policy => policy.Define(new AutomationPolicyDefined(entity, null), Month))).Events.Count.ShouldBe(1);

        var memos = (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"].EnumerateArray()
            .ToDictionary(memo => memo.GetProperty("customerId").GetGuid());

        memos[customers[0]].GetProperty("problem").GetProperty("code").GetString().ShouldBe("not-billed");
        memos[customers[1]].GetProperty("number").GetString().ShouldBe($"DM-{entity}-{TestApi.Today.Year}-000001");
    }

    /// <summary>1,000 × (2.15 + 8) % ÷ 365 × the days of the month, and 40.</summary>
    [Fact]
    public async Task Interest_by_law_waits_for_the_rate_of_its_half_year()
    {
        var (entity, customer) = await LateCustomerAsync();
        object[] sums = [new { from = 0, amount = 40 }];
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { statutory = new { referenceRate = "ecb", points = 8, sums } },
        })).ShouldBe(HttpStatusCode.OK);
        var run = new { legalEntity = entity, period = Period };
        var rates = $"/v1/legal-entities/{entity}/reference-rates";
        var half = ReferenceRate.HalfYearOf(Month);
        (await app.Client.PutAsync($"{rates}/ecb/{half.AddMonths(-6):O}", new { percent = "5" }))
            .ShouldBe(HttpStatusCode.OK);

        var before = (await RunAsync(run))["debitMemos"][0];
        (await app.Client.PutAsync($"{rates}/ecb/{half:O}", new { percent = "2.15" })).ShouldBe(HttpStatusCode.OK);
        var after = await RunAsync(run);

        before.GetProperty("problem").GetProperty("code").GetString().ShouldBe("no-reference-rate");
        before.GetProperty("number").ValueKind.ShouldBe(JsonValueKind.Null);
        var days = DateTime.DaysInMonth(Month.Year, Month.Month);
        Interest(after).ShouldBe(decimal.Round(1_000m * 10.15m / 100 / 365 * days, 2, MidpointRounding.AwayFromZero));
        after["debitMemos"][0].GetProperty("charges").EnumerateArray()
            .Select(charge => charge.GetProperty("kind").GetString()).ShouldBe(["statutory-sum", "interest"]);
        (await app.Client.ReadAsync(rates))["rates"].EnumerateArray()
            .Select(rate => rate.GetProperty("percent").GetString()).ShouldBe(["2.15", "5"]);
        (await app.Client.PutAsync($"{rates}/ecb/{half.AddMonths(1):O}", new { percent = "2" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-reference-rate");
        using var reader = app.ClientWith("invoicing:read invoicing:write", entity);
        (await reader.PutAsync($"{rates}/ecb/{half:O}", new { percent = "1" })).Status
            .ShouldBe(HttpStatusCode.Forbidden);
        await TiesAsync(entity);
    }

    private async Task<string> InvoiceAsync(Guid customer)
    {
        var list = await app.Client.ReadAsync($"/v1/invoices?customerId={customer}");
        return $"/v1/invoices/{list["items"][0].GetProperty("id").GetGuid()}";
    }

    private static decimal Interest(Answer run) => decimal.Parse(
        run["debitMemos"][0].GetProperty("charges").EnumerateArray()
            .Single(charge => charge.GetProperty("kind").GetString() == "interest").GetProperty("amount")
            .GetProperty("amount").GetString()!,
        System.Globalization.CultureInfo.InvariantCulture);

    private async Task<Answer> RunAsync(object body) =>
        (await app.Client.PostAsync("/v1/finance-charge-runs", body)).ShouldBe(HttpStatusCode.OK);

    /// <summary>1,000.00 due on the day before the month.</summary>
    private async Task<(string Entity, Guid Customer)> LateCustomerAsync()
    {
        var entity = await app.EntityAsync();
        return (entity, await LateCustomerAsync(entity));
    }

    private async Task<Guid> LateCustomerAsync(string entity, string currency = "USD", DateOnly? due = null)
    {
        var customer = await app.Client.RegisterAsync(entity, currency: currency);
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { lateFee = "25", interestPercent = "9" },
        })).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 1_000, (due ?? Month.AddDays(-1)).AddDays(-30));
        return customer;
    }

    private async Task TiesAsync(string entity)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
    }
}
