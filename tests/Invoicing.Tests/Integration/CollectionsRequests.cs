using System.Net;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Integration;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>What Collections says and asks for, carried out once whatever comes twice or in another order.</summary>
public partial class CollectionsRequests(InvoicingApp app)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_disputes_hold_back_is_marked_in_whatever_order_the_words_come(bool inOrder)
    {
        var (_, customer, invoice) = await InvoiceAsync(100);
        var (one, other) = (Some.NewId(), Some.NewId());
        (object Message, long Version)[] words =
        [
            (new DisputeOpened(Dispute(one, customer, invoice, 30), null, null), 1),
            (new DisputeChanged(Dispute(one, customer, invoice, 20)), 2),
            (new DisputeOpened(Dispute(other, customer, invoice, 50), null, null), 1),
            (new DisputeResolved(Dispute(other, customer, invoice, 0), "rejected"), 4),
        ];

        foreach (var (message, version) in inOrder ? words : words.Reverse())
            await app.Bus.PublishAsync(message, version: version);

        // Words that are overtaken are nothing, so it is by the queue that one knows they are all heard.
        await Eventually.Passes(async () => (await app.Bus.CountAsync(DisputesConsumer.Queue)).ShouldBe(0u));
        await Eventually.Becomes(
            () => DisputedAsync(invoice), disputed => disputed == "20.00", "20.00 of it is disputed");
    }

    [Fact]
    public async Task Due_dates_move_with_a_plan_and_return_with_its_end_and_a_late_request_changes_nothing()
    {
        var (entity, customer, invoice) = await InvoiceAsync(100);
        var (plan, first, planned) = (Some.NewId(), await DueDateAsync(invoice), TestApi.Today.AddDays(90));
        var activated = Reschedule(plan, entity, customer, invoice, planned);

        await app.Bus.PublishAsync(activated, version: 2);
        await AnsweredAsync(activated.RequestId, "carried-out");
        (await DueDateAsync(invoice)).ShouldBe(planned);
        var ended = Reschedule(plan, entity, customer, invoice, null);
        await app.Bus.PublishAsync(ended, version: 3);
        await AnsweredAsync(ended.RequestId, "carried-out");
        (await DueDateAsync(invoice)).ShouldBe(first);
        await app.Bus.PublishAsync(activated, version: 2);
        var late = Reschedule(plan, entity, customer, invoice, planned);
        await app.Bus.PublishAsync(late, version: 2);

        (await AnsweredAsync(late.RequestId, "refused")).Code.ShouldBe("overtaken");
        (await DueDateAsync(invoice)).ShouldBe(first);
        app.Bus.Heard<CollectionsRequestAnswered>(activated.RequestId).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_written_off_is_what_is_still_open()
    {
        var (entity, customer, invoice) = await InvoiceAsync(100);
        var asked = new WriteOffRequested(
            Some.NewId(), Some.NewId(), entity, customer,
            [new WriteOffItem(invoice, 1, new MoneyAmount(250, "USD"))], "ana", "Insolvent.");

        await app.Bus.PublishAsync(asked);

        await AnsweredAsync(asked.RequestId, "carried-out");
        var written = await app.Client.ReadAsync($"/v1/invoices/{invoice}");
        written["status"].GetString().ShouldBe("written-off");
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}/history"))["items"].EnumerateArray().Last()
            .GetProperty("by").GetString().ShouldBe("ana");
    }

    [Fact]
    public async Task Service_is_suspended_and_reinstated_and_what_cannot_be_is_answered_so()
    {
        var (entity, customer, _) = await InvoiceAsync(100);
        var recommendation = Some.NewId();
        var suspended = new ServiceChangeRequested(
            Some.NewId(), recommendation, entity, customer, "suspend", "ana", "Sixty days overdue.");
        await app.Bus.PublishAsync(suspended, version: 3);
        await AnsweredAsync(suspended.RequestId, "carried-out");
        (await StatusAsync(customer)).ShouldBe("suspended");
        (await app.Client.PostAsync($"/v1/customers/{customer}/terminate", new { reason = "over" }))
            .ShouldBe(HttpStatusCode.OK);

        var again = suspended with { RequestId = Some.NewId(), RecommendationId = Some.NewId() };
        await app.Bus.PublishAsync(again);

        (await AnsweredAsync(again.RequestId, "refused")).Code.ShouldNotBeNull();
        (await StatusAsync(customer)).ShouldBe("terminated");
        var cured = suspended with { RequestId = Some.NewId(), Change = "reinstate" };
        await app.Bus.PublishAsync(cured, version: 5);

        (await AnsweredAsync(cured.RequestId, "refused")).Code.ShouldNotBeNull();
        (await StatusAsync(customer)).ShouldBe("terminated");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terms_that_Credit_has_agreed_on_hold_in_whatever_order_the_words_come(bool inOrder)
    {
        var (_, customer, _) = await InvoiceAsync(100);
        (string Terms, long Version)[] words = [("NET 45", 4), ("NET 60", 9)];

        foreach (var (terms, version) in inOrder ? words : words.Reverse())
            await app.Bus.PublishAsync(Agreed(customer, terms), version: version);
        await Eventually.Passes(async () => (await app.Bus.CountAsync(AgreedTermsConsumer.Queue)).ShouldBe(0u));

        await Eventually.Becomes(
            async () => (await app.Client.ReadAsync($"/v1/customers/{customer}"))["terms"].GetString(),
            terms => terms == "NET 60", "the last agreement holds");
    }

    [Fact]
    public async Task An_accepted_dispute_is_credited_to_the_cent_once()
    {
        var (entity, customer, invoice) = await InvoiceAsync(0, taxed: true);
        var asked = Credit(entity, customer, invoice, 77.77m);

        await app.Bus.PublishAsync(asked, version: 2);
        await app.Bus.PublishAsync(asked, version: 2);

        var answer = await AnsweredAsync(asked.RequestId, "carried-out");
        (await BalanceAsync(invoice)).ShouldBe("138.23");
        var memo = await app.Client.ReadAsync($"/v1/credit-memos/{answer.DocumentId}");
        memo["number"].GetString().ShouldBe(answer.DocumentNumber);
        memo["total"].GetProperty("amount").GetString().ShouldBe("77.77");
        (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<OpenItemsChanged>(answer.ApplicationId!)),
            heard => heard.Count > 0, "the lower balance is told under the application of the answer"))[0]
            .Items.ShouldHaveSingleItem().Balance.Amount.ShouldBe(138.23m);
        var more = Credit(entity, customer, invoice, 1000) with { DisputeId = asked.DisputeId };
        await app.Bus.PublishAsync(more, version: 3);
        await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<CollectionsRequestAnswered>(asked.DisputeId)),
            heard => heard.Count == 2 && heard[1].Code == "exceeds-creditable", "too much is refused");
        (await app.Client.ReadAsync($"/v1/credit-memos?invoiceId={invoice}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task I06_a_request_that_comes_many_times_at_once_is_credited_once()
    {
        var (entity, customer, invoice) = await InvoiceAsync(1_000);
        var asked = Enumerable.Range(0, 8).Select(_ => Credit(entity, customer, invoice, 1)).ToList();

        foreach (var request in asked)
        {
            for (var copy = 0; copy < 8; copy++)
                await app.Bus.PublishAsync(request, version: 2);
        }

        foreach (var request in asked)
            await AnsweredAsync(request.RequestId, "carried-out");
        await Eventually.Passes(async () =>
            (await app.Bus.CountAsync(DisputeCreditsConsumer.Queue)).ShouldBe(0u));
        (await BalanceAsync(invoice)).ShouldBe("992.00");
        (await HandledAsync(DisputeCreditsConsumer.Queue)).ShouldBeGreaterThanOrEqualTo(asked.Count);
        (await app.Client.ReadAsync($"/v1/credit-memos?invoiceId={invoice}&limit=100"))["items"].GetArrayLength()
            .ShouldBe(asked.Count);
    }

    [Fact]
    public async Task I19_a_credit_above_the_free_band_waits_for_somebody_else_than_who_accepted_the_dispute()
    {
        var (entity, customer, invoice) = await InvoiceAsync(1_000);
        object[] rules =
        [
            new { kind = "credit-memo", upTo = "100", approvals = 0 },
            new { kind = "credit-memo", upTo = (string?)null, approvals = 1, role = "controller" },
        ];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        var (granted, rejected) = (Credit(entity, customer, invoice, 400), Credit(entity, customer, invoice, 300));

        await app.Bus.PublishAsync(granted);
        await app.Bus.PublishAsync(rejected);

        await AnsweredAsync(granted.RequestId, "waiting");
        await AnsweredAsync(rejected.RequestId, "waiting");
        (await BalanceAsync(invoice)).ShouldBe("1000.00");
        var waiting = (await app.Client.ReadAsync($"/v1/approvals?legalEntity={entity}&status=waiting"))["items"]
            .EnumerateArray().ToDictionary(
                item => item.GetProperty("amount").GetProperty("amount").GetString()!,
                item => item.GetProperty("id").GetGuid());
        using var accepter = app.Approver("cora", "controller");
        using var controller = app.Approver("con", "controller");
        (await accepter.PostAsync($"/v1/approvals/{waiting["400.00"]}/approve", new { reason = "mine" }))
            .ShouldBe(HttpStatusCode.Forbidden, "own-request");
        (await controller.PostAsync($"/v1/approvals/{waiting["400.00"]}/approve", new { reason = "true" }))
            .ShouldBe(HttpStatusCode.OK);
        (await controller.PostAsync($"/v1/approvals/{waiting["300.00"]}/reject", new { reason = "no" }))
            .ShouldBe(HttpStatusCode.OK);

        await AnsweredAsync(granted.RequestId, "carried-out");
        (await AnsweredAsync(rejected.RequestId, "refused")).Code.ShouldBe("not-approved");
        (await BalanceAsync(invoice)).ShouldBe("600.00");
    }

    [Fact]
    public async Task INV08_the_fee_of_a_notice_is_charged_once_and_never_more_than_the_contract_allows()
    {
        var (entity, customer, _) = await InvoiceAsync(100);
        var (notice, request) = (Some.NewId(), Some.NewId());
        var asked = new ReminderFeeRequested(
            request, notice, entity, customer, new MoneyAmount(9, "USD"), TestApi.Today, "second-notice",
            "collections");
        var before = asked with { RequestId = Some.NewId(), NoticeId = Some.NewId() };
        await app.Bus.PublishAsync(before);
        (await AnsweredAsync(before.RequestId, "refused")).Code.ShouldBe("no-reminder-fee");
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            clauses = new { reminderFee = "5" },
        })).ShouldBe(HttpStatusCode.OK);

        for (var copy = 0; copy < 8; copy++)
            await app.Bus.PublishAsync(asked, version: 2);
        var answer = await AnsweredAsync(request, "carried-out");
        await app.Bus.PublishAsync(asked with { RequestId = Some.NewId() }, version: 5);

        await Eventually.Passes(async () => (await app.Bus.CountAsync(ReminderFeesConsumer.Queue)).ShouldBe(0u));
        var memo = await app.Client.ReadAsync($"/v1/invoices/{answer.DocumentId}");
        (memo["number"].GetString(), memo["total"].GetProperty("amount").GetString(), memo["kind"].GetString())
            .ShouldBe((answer.DocumentNumber, "5.00", "debit-memo"));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(2);
        app.Bus.Heard<CollectionsRequestAnswered>(notice).Count.ShouldBe(1);
        (await HandledAsync(ReminderFeesConsumer.Queue)).ShouldBeGreaterThan(0);
    }

    /// <summary>A refusal would be for ever, and the customer was told of the fee.</summary>
    [Fact]
    public async Task A_fee_that_cannot_be_charged_yet_waits_in_the_error_queue_and_is_charged_when_it_is_played_again()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            clauses = new { reminderFee = "5" },
        })).ShouldBe(HttpStatusCode.OK);
        var message = Some.NewId();
        var asked = new ReminderFeeRequested(
            Some.NewId(), Some.NewId(), entity, customer, new MoneyAmount(4, "EUR"), TestApi.Today, "second-notice",
            "collections");

        await app.Bus.PublishAsync(asked, message, version: 2);

        await Eventually.Passes(async () =>
            (await app.Bus.CountAsync($"{ReminderFeesConsumer.Queue}_error")).ShouldBe(1u));
        app.Bus.Heard<CollectionsRequestAnswered>(asked.RequestId).ShouldBeEmpty();
        await app.Client.RateAsync(entity, "EUR", 1.1m, TestApi.Today);
        await app.Bus.PublishAsync(asked, message, version: 2);
        var answer = await AnsweredAsync(asked.RequestId, "carried-out");
        (await app.Client.ReadAsync($"/v1/invoices/{answer.DocumentId}"))["total"].GetProperty("amount").GetString()
            .ShouldBe("4.00");
    }

    [Fact]
    public async Task A_caller_cannot_credit_in_the_name_of_a_dispute()
    {
        var (_, customer, invoice) = await InvoiceAsync(100);
        var request = new { requestId = Some.NewId(), subjectId = Some.NewId(), kind = "dispute-credit", version = 1 };
        object[] lines = [];

        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "dispute",
            lines,
            invoiceId = invoice,
            dispute = new
            {
                request,
                installment = 1,
                amount = new MoneyAmount(10, "USD"),
                reasonCode = "price",
                reason = "x",
            },
        })).ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private async Task<(string Entity, Guid Customer, Guid Invoice)> InvoiceAsync(decimal amount, bool taxed = false)
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        if (!taxed)
            return (entity, customer, (await app.Client.IssueAsync(customer, amount)).Id);
        object[] lines =
        [
            new { description = "Widget", quantity = "1", unitPrice = "100", taxRate = "0.08", taxCode = "TX" },
            new { description = "Book", quantity = "3", unitPrice = "36", taxRate = "0" },
        ];
        var invoice = await app.Client.PostAsync("/v1/invoices", new { customerId = customer, lines });
        return (entity, customer, invoice.ShouldBe(HttpStatusCode.Created).Id);
    }

    private static CustomerTermsAgreed Agreed(Guid customer, string terms) =>
        new(customer, Some.NewId(), terms, null, "They buy more.");

    private static Dispute Dispute(Guid id, Guid customer, Guid invoice, decimal disputed) => new(
        id, "US01", customer, invoice, 1, "price", new MoneyAmount(disputed, "USD"), new MoneyAmount(0, "USD"),
        new MoneyAmount(disputed, "USD"), "open", "sales", null, TestApi.Today);

    private static RescheduleRequested Reschedule(
        Guid plan, string entity, Guid customer, Guid invoice, DateOnly? dueDate) =>
        new(Some.NewId(), plan, entity, customer, "ana", [new RescheduledItem(invoice, 1, dueDate)]);

    private static DisputeCreditRequested Credit(string entity, Guid customer, Guid invoice, decimal amount) => new(
        Some.NewId(), Some.NewId(), entity, customer, invoice, 1, new MoneyAmount(amount, "USD"), "price", "cora",
        "Agreed otherwise.");

    private Task<CollectionsRequestAnswered> AnsweredAsync(Guid requestId, string outcome) => Eventually.Becomes(
        () => Task.FromResult(app.Bus.Heard<CollectionsRequestAnswered>(requestId)
            .LastOrDefault(answer => answer.Outcome == outcome)!),
        answer => answer is not null, $"{requestId} is {outcome}");

    private async Task<DateOnly> DueDateAsync(Guid invoice) => DateOnly.Parse(
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["installments"][0].GetProperty("dueDate").GetString()!,
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How many messages of a queue the inbox knows.</summary>
    private async Task<long> HandledAsync(string queue)
    {
        await using var command = app.Store.Database.CreateCommand(
            "select count(*) from otc_inbox where consumer = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = queue });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string?> DisputedAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["installments"][0].GetProperty("disputed")
            is { ValueKind: System.Text.Json.JsonValueKind.Object } disputed
            ? disputed.GetProperty("amount").GetString()
            : null;

    private async Task<string?> BalanceAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString();

    private async Task<string?> StatusAsync(Guid customer) =>
        (await app.Client.ReadAsync($"/v1/customers/{customer}"))["status"].GetString();
}
