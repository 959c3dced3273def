using System.Net;
using Dapper;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Periods;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.Invoicing.Tests.WriteOffRuns;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// CASH-13, B-09: what is left of many invoices, up to 5.00 each, written off together: up to 20.00 alone, above it
/// with a controller.
/// </summary>
public class SmallBalances(InvoicingApp app)
{
    [Fact]
    public async Task Are_shown_first_and_written_off_with_a_word_about_each()
    {
        var (entity, customer) = await app.SmallBalancesAsync();
        var (one, two, kept) =
            (await RestAsync(customer, 0.37m), await RestAsync(customer, 5), await RestAsync(customer, 2));
        await app.Client.IssueAsync(customer, 3);
        await RestAsync(customer, 5.01m);

        var preview = (await app.Client.PostAsync(Runs, Wish(entity, preview: true, skip: kept)))
            .ShouldBe(HttpStatusCode.OK);
        preview["items"].EnumerateArray().Select(item => item.GetProperty("invoiceId").GetGuid())
            .ShouldBe([one, two], ignoreOrder: true);
        (preview.Amount("total"), preview["hasMore"].GetBoolean()).ShouldBe(("5.37", false));
        (await app.Client.ReadAsync($"{Runs}?legalEntity={entity}"))["items"].GetArrayLength().ShouldBe(0);
        await app.TiesAsync(entity, "15.38");

        (await app.Client.PostAsync(Runs, Wish(entity, total: "5.38", skip: kept)))
            .ShouldBe(HttpStatusCode.Conflict, "total-changed");
        (await app.Client.PostAsync(Runs, Wish(entity, fingerprint: Some.NewId(), skip: kept)))
            .ShouldBe(HttpStatusCode.Conflict, "total-changed");
        var wish = Wish(entity, total: "5.37", fingerprint: preview["fingerprint"].GetGuid(), skip: kept);
        var run = (await app.Client.PostAsync(Runs, wish, entity)).ShouldBe(HttpStatusCode.Accepted);
        (await app.Client.PostAsync(Runs, wish, entity)).Id.ShouldBe(run.Id);
        run.Headers.Location!.ToString().ShouldBe($"{Runs}/{run.Id}");
        var finished = await app.FinishedAsync(run.Id);

        (finished["writtenOffCount"].GetInt32(), finished.Amount("writtenOff"), finished["leftCount"].GetInt32())
            .ShouldBe((2, "5.37", 0));
        (await OutcomesAsync(run.Id)).ShouldBe(
            [(one, "written-off", null), (two, "written-off", null)], ignoreOrder: true);
        (await BalanceAsync(one), await BalanceAsync(two), await BalanceAsync(kept))
            .ShouldBe(("0.00", "0.00", "2.00"));
        await app.TiesAsync(entity, "10.01");
        (await app.Client.PostAsync(Runs, Wish(entity, skip: kept)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "nothing-to-write-off");

        // Others hear of each as of any write-off, with the run as its reason; and each comes back by itself.
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<OpenItemsChanged>(two)),
            heard => heard.Any(change => change.Kind == "written-off"), "it is told");
        told.Single(change => change.Kind == "written-off").Reason.ShouldBe($"too small (write-off run {run.Id})");
        (await app.Client.PostAsync($"/v1/invoices/{two}/recoveries", new { reason = "paid after all" }))
            .ShouldBe(HttpStatusCode.OK);
        await app.TiesAsync(entity, "15.01");
        (await app.Client.ReadAsync($"{Runs}?legalEntity={entity}&status=finished"))["items"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(run.Id);
    }

    /// <summary>Nobody gives up what is disputed, about to be paid, credited and not applied, or not delivered.
    /// </summary>
    [Fact]
    public async Task Are_what_is_left_and_nothing_that_may_still_be_settled_otherwise()
    {
        var (entity, customer) = await app.SmallBalancesAsync();
        var (free, lost) = (await RestAsync(customer, 2), await RestAsync(customer, 5));
        var (disputed, awaited, credited) =
            (await RestAsync(customer, 2), await RestAsync(customer, 2), await RestAsync(customer, 4));
        object ahead = new { description = "Ahead", quantity = "1", unitPrice = "12" };
        var deposit = await app.Client.PostAsync(
            "/v1/deposits", new { customerId = customer, lines = new[] { ahead } });
        await CreditAsync(customer, deposit.ShouldBe(HttpStatusCode.Created).Id, 10);
        var whole = (await app.Client.IssueAsync(customer, 3)).Id;
        await DisputeAsync(disputed);
        await app.Client.PostAsync($"/v1/invoices/{lost}/write-offs", new { reason = "x", amount = "1" });
        var memo = await CreditAsync(customer, credited, 2);
        var application = memo["applications"][0].GetProperty("id").GetGuid();
        (await app.Client.PostAsync(
            $"/v1/credit-memos/{memo.Id}/applications/{application}/reverse", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        (await BalanceAsync(credited)).ShouldBe("4.00");
        await IsToBePaidAsync(entity, awaited);

        (await FoundAsync("5.00")).ShouldBe([free, lost], ignoreOrder: true);
        (await FoundAsync("4.99")).ShouldBe([free]);
        (await FoundAsync("5.00", all: true)).ShouldBe([free, lost, whole], ignoreOrder: true);

        async Task<List<Guid>> FoundAsync(string limit, bool all = false) =>
        [
            .. (await app.Client.PostAsync(Runs, Wish(entity, limit, preview: true, all: all)))
                .ShouldBe(HttpStatusCode.OK)["items"].EnumerateArray()
                .Select(item => item.GetProperty("invoiceId").GetGuid()),
        ];
    }

    /// <summary>
    /// I-19, D-64: many small balances are no way around an authority; what was touched meanwhile is left alone.
    /// </summary>
    [Fact]
    public async Task I19_need_the_authority_for_their_sum_whoever_may_write_off_each()
    {
        var (entity, customer) = await app.SmallBalancesAsync();
        var invoices = new List<Guid>();
        foreach (var rest in new[] { 4.00m, 4.10m, 4.20m, 4.30m, 4.40m })
            invoices.Add(await RestAsync(customer, rest));
        var refused = (await app.Client.PostAsync(Runs, Wish(entity))).ShouldBe(HttpStatusCode.Accepted);
        refused["status"].GetString().ShouldBe("waiting");
        var approval = $"/v1/approvals/{refused["approvalId"].GetGuid()}";
        using var ana = app.Approver("ana", "controller");
        using var controller = app.Approver("con", "controller");
        (await ana.PostAsync($"{approval}/approve", new { reason = "mine" }))
            .ShouldBe(HttpStatusCode.Forbidden, "own-request");
        (await controller.PostAsync($"{approval}/reject", new { reason = "not now" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"{Runs}/{refused.Id}"))["status"].GetString().ShouldBe("dropped");
        await app.TiesAsync(entity, "21.00");

        var run = (await app.Client.PostAsync(Runs, Wish(entity))).ShouldBe(HttpStatusCode.Accepted);
        await DisputeAsync(invoices[2]);
        await IsToBePaidAsync(entity, invoices[3]);
        await CreditAsync(customer, invoices[1], 1);
        await BecomesOverdueAsync(invoices[0]);
        (await controller.PostAsync($"/v1/approvals/{run["approvalId"].GetGuid()}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);
        var finished = await app.FinishedAsync(run.Id);

        (finished.Amount("writtenOff"), finished["leftCount"].GetInt32()).ShouldBe(("8.40", 3));
        (await OutcomesAsync(run.Id, "left")).ShouldBe(
            [
                (invoices[1], "left", "invoice-changed"), (invoices[2], "left", "invoice-changed"),
                (invoices[3], "left", "payment-pending"),
            ],
            ignoreOrder: true);
        await app.TiesAsync(entity, "11.60");
    }

    /// <summary>D-64: with what was written off of them before, in the books' currency.</summary>
    [Fact]
    public async Task D64_are_judged_with_what_was_written_off_before_by_the_booked_rates()
    {
        var (entity, dollars) = await app.SmallBalancesAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        var euros = await app.Client.RegisterAsync(entity, currency: "EUR");
        var invoice = (await app.Client.IssueAsync(dollars, 24)).Id;
        var chargeback = (await app.Client.PostAsync(
            $"/v1/invoices/{invoice}/chargebacks", new { reason = "short", amount = "3" }))
            .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/write-offs", new { reason = "x", amount = "18" }))
            .ShouldBe(HttpStatusCode.OK);
        var other = (await app.Client.IssueAsync(dollars, 24)).Id;
        var touched = (await app.Client.PostAsync(
            $"/v1/invoices/{other}/chargebacks", new { reason = "short", amount = "3" }))
            .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid();
        for (var n = 0; n < 4; n++)
            await RestAsync(euros, 4.60m);

        var waiting = (await app.Client.PostAsync(Runs, Wish(entity, "3.00", all: true)))
            .ShouldBe(HttpStatusCode.Accepted);
        (waiting["status"].GetString(), waiting.Amount("total")).ShouldBe(("waiting", "6.00"));
        (await ApprovalAsync(waiting))["subject"].GetString()!.ShouldEndWith(", 24.00 USD in all");
        (await OutcomesAsync(waiting.Id)).ShouldBe(
            [(chargeback, "waiting", null), (touched, "waiting", null)], ignoreOrder: true);

        // 18.40 EUR are 20.24 USD.
        var foreign = (await app.Client.PostAsync(Runs, Wish(entity, currency: "EUR")))
            .ShouldBe(HttpStatusCode.Accepted);
        (foreign["status"].GetString(), foreign.Amount("total")).ShouldBe(("waiting", "18.40"));
        (await ApprovalAsync(foreign)).Amount("inBooks").ShouldBe("20.24");

        // What is written off meanwhile of the invoice that was charged back was judged with nothing.
        (await app.Client.PostAsync($"/v1/invoices/{other}/write-offs", new { reason = "x", amount = "19" }))
            .ShouldBe(HttpStatusCode.OK);
        using var controller = app.Approver("con", "controller");
        foreach (var run in new[] { waiting, foreign })
        {
            (await controller.PostAsync($"/v1/approvals/{run["approvalId"].GetGuid()}/approve", new { reason = "ok" }))
                .ShouldBe(HttpStatusCode.OK);
        }

        (await app.FinishedAsync(foreign.Id)).Amount("writtenOff").ShouldBe("18.40");
        await app.FinishedAsync(waiting.Id);
        (await OutcomesAsync(waiting.Id)).ShouldBe(
            [(chargeback, "written-off", null), (touched, "left", "invoice-changed")], ignoreOrder: true);
        await app.TiesAsync(entity, "8.00");

        Task<Answer> ApprovalAsync(Answer run) =>
            app.Client.ReadAsync($"/v1/approvals/{run["approvalId"].GetGuid()}");
    }

    /// <summary>I-18: what is about to be credited is not lost beside it.</summary>
    [Fact]
    public async Task I18_are_left_while_a_credit_waits_for_its_approval()
    {
        var (entity, customer) = await app.SmallBalancesAsync(guarded: false);
        var (free, before, meanwhile) =
            (await RestAsync(customer, 2), await RestAsync(customer, 4), await RestAsync(customer, 3));
        object[] rules =
        [
            .. new[] { "credit-memo", "write-off" }.Select(kind =>
                new { kind, upTo = (string?)null, approvals = 1, role = "controller" }),
        ];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        await AskForCreditAsync(before, 4);
        var run = (await app.Client.PostAsync(Runs, Wish(entity))).ShouldBe(HttpStatusCode.Accepted);
        run["postingDate"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        await AskForCreditAsync(meanwhile, 3);

        using var controller = app.Approver("con", "controller");
        (await controller.PostAsync($"/v1/approvals/{run["approvalId"].GetGuid()}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);

        await app.FinishedAsync(run.Id);
        (await OutcomesAsync(run.Id)).ShouldBe(
            [(free, "written-off", null), (meanwhile, "left", "credit-pending")], ignoreOrder: true);

        async Task AskForCreditAsync(Guid invoiceId, decimal amount)
        {
            object line = new { description = "x", quantity = "1", unitPrice = $"{amount}" };
            (await app.Client.PostAsync(
                "/v1/credit-memos",
                new { customerId = customer, reason = "price", invoiceId, lines = new[] { line } }))
                .ShouldBe(HttpStatusCode.Accepted);
        }
    }

    /// <summary>I-10: nothing goes into a period that was closed while the run waited.</summary>
    [Fact]
    public async Task I10_are_posted_on_their_day_or_today_where_that_was_closed_meanwhile()
    {
        var (entity, customer) = await app.SmallBalancesAsync();
        var last = Period.Of(TestApi.Today).Previous;
        var day = last.LastDay;
        for (var n = 0; n < 5; n++)
            await app.Client.IssueAsync(customer, 4.50m, last.FirstDay);
        var run = (await app.Client.PostAsync(Runs, Wish(entity, day: day, all: true)))
            .ShouldBe(HttpStatusCode.Accepted);
        await app.Client.IssueAsync(customer, 1, last.FirstDay);
        var open = (await app.Client.PostAsync(Runs, Wish(entity, "1.00", day: day, all: true)))
            .ShouldBe(HttpStatusCode.Accepted);
        await app.FinishedAsync(open.Id);
        (await app.Client.PostAsync($"/v1/periods/{entity}/{last}/close", new { reason = "month end" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(Runs, Wish(entity, day: day, all: true)))
            .ShouldBe(HttpStatusCode.Conflict, "period-closed");
        using var controller = app.Approver("con", "controller");
        (await controller.PostAsync($"/v1/approvals/{run["approvalId"].GetGuid()}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);

        (await app.FinishedAsync(run.Id))["writtenOffCount"].GetInt32().ShouldBe(5);
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        (await connection.QueryAsync<(DateOnly Day, long Count)>(
            "select posting_date, count(*) from journal_entries where legal_entity = @entity " +
            "and kind = 'written-off' group by posting_date order by posting_date", new { entity }))
            .ShouldBe([(day, 1L), (TestApi.Today, 5L)]);
        await app.TiesAsync(entity, "0.00");
    }

    [Fact]
    public async Task Are_refused_with_the_reason()
    {
        var (entity, customer) = await app.SmallBalancesAsync();
        var invoice = await RestAsync(customer, 1);
        (string Code, object Wish)[] wrong =
        [
            ("exceeds-write-off-limit", Wish(entity, "5.01")),
            ("exceeds-write-off-limit", Wish(entity, currency: "CHF")),
            ("amount-not-positive", Wish(entity, "0")), ("reason-required", Wish(entity, reason: " ")),
            ("unknown-legal-entity", Wish("NOBODY")),
            ("posting-date-out-of-range", Wish(entity, day: TestApi.Today.AddDays(2))),

            // On a day before it was touched last, its rest was another one.
            ("nothing-to-write-off", Wish(entity, day: TestApi.Today.AddDays(-1))),
        ];
        foreach (var (code, wish) in wrong)
            (await app.Client.PostAsync(Runs, wish)).ShouldBe(HttpStatusCode.UnprocessableEntity, code);

        using var other = app.ClientWith($"{Scopes.InvoicingRead} {Scopes.InvoicingWrite}", "OTHER");
        (await other.PostAsync(Runs, Wish(entity, preview: true)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        using var reader = app.ClientWith(Scopes.InvoicingRead, entity);
        (await reader.PostAsync(Runs, Wish(entity))).ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        var run = (await app.Client.PostAsync(Runs, Wish(entity))).ShouldBe(HttpStatusCode.Accepted);
        await app.FinishedAsync(run.Id);
        (await reader.ReadAsync($"{Runs}/{run.Id}/items"))["items"].GetArrayLength().ShouldBe(1);
        foreach (var path in new[] { $"{Runs}/{run.Id}", $"{Runs}/{run.Id}/items", $"{Runs}/{run.Id}/history" })
            (await other.ReadAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await other.ReadAsync(Runs))["items"].GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync($"{Runs}/{Guid.Empty}/items")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.ReadAsync($"{Runs}/{run.Id}/items?outcome=lost"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-outcome");
        (await BalanceAsync(invoice)).ShouldBe("0.00");
    }

    /// <summary>An invoice of which this is left: 10.00 more are credited.</summary>
    private async Task<Guid> RestAsync(Guid customer, decimal rest)
    {
        var invoice = (await app.Client.IssueAsync(customer, rest + 10)).Id;
        await CreditAsync(customer, invoice, 10);
        return invoice;
    }

    private async Task<Answer> CreditAsync(Guid customerId, Guid invoiceId, decimal amount)
    {
        object line = new { description = "x", quantity = "1", unitPrice = $"{amount}" };
        return (await app.Client.PostAsync(
            "/v1/credit-memos", new { customerId, reason = "price", invoiceId, lines = new[] { line } }))
            .ShouldBe(HttpStatusCode.Created);
    }

    private async Task DisputeAsync(Guid invoice) => (await app.Client.PutAsync(
        $"/v1/invoices/{invoice}/installments/1/dispute", new { amount = "1", reason = "x" }))
        .ShouldBe(HttpStatusCode.OK);

    private async Task BecomesOverdueAsync(Guid id)
    {
        var (invoice, version) = await app.Store.LoadAsync(InvoiceStream.Type, id, CancellationToken.None);
        var batch = new WriteBatch(new EventMetadata("test")).Append(
            InvoiceStream.Type, id, version, OverdueDecider.Mark(invoice, TestApi.Today.AddDays(400)).Events);
        (await app.Store.CommitAsync(batch, CancellationToken.None)).IsCommitted.ShouldBeTrue();
    }

    /// <summary>A payment is on its way to it.</summary>
    private async Task IsToBePaidAsync(string entity, Guid invoice)
    {
        var amount = new MoneyAmount(1, "USD");
        await app.Bus.PublishAsync(new PendingPaymentRecorded(
            Some.NewId(), entity, "ach", "initiated", null, amount, TestApi.Today, TestApi.Today.AddDays(5),
            [new PendingPaymentItem(Some.NewId(), invoice, 1, "INV-1", amount)]));
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await Eventually.BecomesTrue(
            () => connection.ExecuteScalarAsync<bool>(
                "select exists (select from pending_payments where pending and invoice_id = @invoice)",
                new { invoice }),
            "it is known");
    }

    private async Task<List<(Guid Invoice, string? Outcome, string? Code)>> OutcomesAsync(
        Guid run, string? outcome = null) =>
    [
        .. (await app.Client.ReadAsync($"{Runs}/{run}/items{(outcome is null ? "" : $"?outcome={outcome}")}"))["items"]
            .EnumerateArray().Select(item => (
                item.GetProperty("invoiceId").GetGuid(), item.GetProperty("outcome").GetString(),
                item.GetProperty("code").GetString())),
    ];

    private async Task<string?> BalanceAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}")).Amount("balance");
}
