using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>From the wish of a customer to terms that hold, within authority or up the matrix.</summary>
public sealed partial class AgreeingOnTerms(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "TM01";

    [Fact]
    public async Task a_counter_offer_is_taken_and_approved_by_somebody_with_more_authority()
    {
        var customer = await CustomerAsync();
        var asked = await AskAsync(customer, "NET 60", 365_000);
        asked.GetProperty("cost").Amount("receivables").ShouldBe(30_000);
        asked.GetProperty("cost").Amount("capitalPerYear").ShouldBe(2_400);
        var path = Path(asked);
        using var sales = Sales();
        await (await sales.PostAsJsonAsync($"{path}/approve", new { reason = "mine" }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "own-request");
        await OkAsync(bed.Client, $"{path}/counter-offer", new { terms = "net 45", reason = "60 is too long" });
        await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "well" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "offer-is-open");
        await OkAsync(sales, $"{path}/accept", new { });

        var waiting = await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "a good name" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        waiting.Text("status").ShouldBe("awaiting-approval");
        var queue = await bed.ListenAsync();
        await DecideAsync(waiting, "approve");

        var agreed = await bed.Client.GetFromJsonAsync<JsonElement>(path);
        (agreed.Text("status"), agreed.GetProperty("agreed").Text("terms")).ShouldBe(("approved", "NET 45"));
        var told = await Eventually.Becomes(
            async () => await bed.TakeAsync(queue), message => message?.RoutingKey.EndsWith(
                "customer-terms-agreed", StringComparison.Ordinal) == true, "the terms are announced");
        JsonSerializer.Deserialize<CustomerTermsAgreed>(told!.Body.Span, Json.Wire)!.Terms.ShouldBe("NET 45");
    }

    [Fact]
    public async Task what_is_not_approved_above_is_the_reviewers_again_and_can_be_rejected()
    {
        var asked = await AskAsync(await CustomerAsync(), "NET 90", 500_000);
        var waiting = await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/approve", new { reason = "why not" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);

        await DecideAsync(waiting, "reject");

        (await QueueAsync()).ShouldContain(asked.Text("id"));
        (await OkAsync(bed.Client, $"{Path(asked)}/reject", new { reason = "too long" })).Text("status")
            .ShouldBe("rejected");
        (await QueueAsync()).ShouldNotContain(asked.Text("id"));
    }

    /// <summary>I-19: another way of billing does not open a way round the authority for terms.</summary>
    [Fact]
    public async Task small_wishes_and_schedules_are_agreed_at_once_and_longer_terms_with_a_schedule_are_not()
    {
        var customer = await CustomerAsync();
        var small = await AskAsync(customer, "NET 45", 1_000);
        (await OkAsync(bed.Client, $"{Path(small)}/approve", new { reason = "small" })).Text("status")
            .ShouldBe("approved");
        var schedule = await AskAsync(customer, "NET 30", 500_000, "on the first of each quarter");
        (await OkAsync(bed.Client, $"{Path(schedule)}/approve", new { reason = "fine" })).GetProperty("agreed")
            .Text("billingSchedule").ShouldBe("on the first of each quarter");
        var toDo = (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/alerts?kind=billing-schedule-agreed&customerId={customer}")).GetProperty("items")
            .EnumerateArray().ShouldHaveSingleItem();
        toDo.Text("detail")!.ShouldContain("on the first of each quarter");
        await OkAsync(bed.Client, $"/v1/credit/alerts/{toDo.Text("id")}/acknowledge", new { reason = "is set up" });
        var both = await AskAsync(customer, "NET 90", 500_000, "on the first of each quarter");
        await (await bed.Client.PostAsJsonAsync($"{Path(both)}/approve", new { reason = "fine" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
    }

    /// <summary>I-19: the class counts that the customer is in when its terms are approved, and how long they may be.
    /// </summary>
    [Fact]
    public async Task terms_are_judged_by_the_class_of_the_day_and_by_the_highest_band_where_they_are_too_long()
    {
        var customer = await CustomerAsync();
        var asked = await AskAsync(customer, "NET 45", 1_000);
        asked.GetProperty("cost").GetProperty("isWithinPolicy").GetBoolean().ShouldBeTrue();
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata("test"),
            _ => Decision.Of(new RiskAssessed(20, "D", 1, "rescoring", null, null, null)));

        (await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/approve", new { reason = "small" }))
            .ShouldBeAsync(HttpStatusCode.Accepted)).Text("status").ShouldBe("awaiting-approval");
        var schedule = await AskAsync(customer, "NET 30", 1_000, "each quarter");
        await OkAsync(bed.Client, $"{Path(schedule)}/approve", new { reason = "small" });
    }

    /// <summary>Who approves, approves what it comes to then: a class may have worsened while it waited.</summary>
    [Fact]
    public async Task an_approval_is_outdated_where_the_class_of_the_day_asks_for_more()
    {
        var customer = await CustomerAsync(
            new ApprovalRule(ApprovalKinds.Terms, 500_000, 1, "reviewer"),
            new ApprovalRule(ApprovalKinds.Terms, null, 1, "credit-manager"));
        var asked = await AskAsync(customer, "NET 45", 1_000);
        var waiting = await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/approve", new { reason = "small" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata("test"),
            _ => Decision.Of(new RiskAssessed(20, "D", 1, "rescoring", null, null, null)));

        await (await TryDecideAsync(waiting, "approve", "reviewer")).ShouldBeProblemAsync(
            HttpStatusCode.Conflict, "terms-outdated");

        await (await TryDecideAsync(waiting, "reject", "reviewer")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.Client.GetFromJsonAsync<JsonElement>(Path(asked))).Text("status").ShouldBe("initial-review");
    }

    /// <summary>A billing schedule that was asked for with NET 30 does not bring NET 30 back.</summary>
    [Fact]
    public async Task a_request_is_outdated_where_the_customer_has_other_terms_by_now()
    {
        var customer = await CustomerAsync();
        var schedule = await AskAsync(customer, "NET 30", 1_000, "each quarter");
        var longer = await AskAsync(customer, "NET 90", 500_000);
        var waiting = await (await bed.Client.PostAsJsonAsync($"{Path(longer)}/approve", new { reason = "big" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata("test"),
            account => Decision.Of(account.Customer! with { Terms = "NET 10" }));

        await (await bed.Client.PostAsJsonAsync($"{Path(schedule)}/approve", new { reason = "fine" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "terms-outdated");
        await (await TryDecideAsync(waiting, "approve")).ShouldBeProblemAsync(
            HttpStatusCode.Conflict, "terms-outdated");
    }

    /// <summary>I-19: who asks does not say how little is at stake.</summary>
    [Fact]
    public async Task terms_are_judged_by_what_is_billed_where_that_is_more_than_is_declared()
    {
        var customer = await CustomerAsync();
        var issued = CreditBed.Issued(customer, CreditBed.NewId(), 365_000);
        var day = TimeProvider.System.Today("America/Chicago").AddDays(-5);
        await bed.PublishAsync(issued with
        {
            InvoiceDate = day,
            Items = [issued.Items[0] with { InvoiceDate = day }],
        });
        await bed.ExposureBecomesAsync(customer, 365_000, 0, 0);

        var asked = await AskAsync(customer, "NET 60", 1_000);

        (asked.Amount("billed"), asked.GetProperty("cost").Amount("receivables")).ShouldBe((365_000.04m, 30_000));
        await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/approve", new { reason = "small" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task nonsense_is_refused()
    {
        var customer = await CustomerAsync();
        await (await TryAsync(customer, "LATER", 1)).ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "unknown-terms");
        await (await TryAsync(customer, "NET 30", 1)).ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "terms-agreed-already");
        await (await TryAsync(customer, "NET 45", -1)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "validation-failed");
        await (await TryAsync(CreditBed.NewId(), "NET 45", 1)).ShouldBeProblemAsync(
            HttpStatusCode.NotFound, "not-found");
        await (await bed.Client.GetAsync("/v1/credit/terms-requests?status=lost")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "bad-status");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/terms-requests/{CreditBed.NewId()}/counter-offer", new { terms = "NET 45", reason = "x" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");
        await (await stranger.GetAsync(Path(await AskAsync(customer, "NET 45", 1)))).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private async Task<Guid> CustomerAsync(params ApprovalRule[] rules)
    {
        await bed.EntityAsync(Entity);
        var matrix = new ApprovalMatrixDefined(
            Entity,
            rules.Length > 0 ? rules :
            [
                new ApprovalRule(ApprovalKinds.Terms, 100_000, 0),
                new ApprovalRule(ApprovalKinds.Terms, null, 1, "credit-manager"),
            ],
            "USD");
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(Entity), new EventMetadata("test"),
            before => before.Define(matrix));
        return await bed.CustomerAsync(entity: Entity);
    }

    private HttpClient Sales() => bed.App.ClientFor("credit:read credit:write", "sales");

    private async Task<JsonElement> AskAsync(Guid customer, string terms, decimal billing, string? schedule = null) =>
        await (await TryAsync(customer, terms, billing, schedule)).ShouldBeAsync(HttpStatusCode.Created);

    private async Task<HttpResponseMessage> TryAsync(
        Guid customer, string terms, decimal billing, string? schedule = null)
    {
        using var sales = Sales();
        return await sales.PostAsJsonAsync("/v1/credit/terms-requests", new
        {
            customerId = customer,
            terms,
            annualBilling = new { amount = $"{billing}", currency = "USD" },
            billingSchedule = schedule,
            reason = "They would buy more.",
        });
    }

    private async Task<IEnumerable<string?>> QueueAsync() =>
        (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/terms-requests?legalEntity={Entity}&status=initial-review&limit=500"))
        .GetProperty("items").EnumerateArray().Select(item => item.Text("id"));

    private async Task DecideAsync(JsonElement waiting, string step) =>
        await (await TryDecideAsync(waiting, step)).ShouldBeAsync(HttpStatusCode.OK);

    private async Task<HttpResponseMessage> TryDecideAsync(
        JsonElement waiting, string step, string role = "credit-manager")
    {
        using var above = bed.App.ClientWith("approvals:decide credit:read", "max", role);
        return await above.PostAsJsonAsync(
            $"/v1/approvals/{waiting.Text("approvalId")}/{step}", new { reason = "seen" });
    }

    private static async Task<JsonElement> OkAsync(HttpClient client, string path, object body) =>
        await (await client.PostAsJsonAsync(path, body)).ShouldBeAsync(HttpStatusCode.OK);

    private static string Path(JsonElement request) => $"/v1/credit/terms-requests/{request.Text("id")}";
}
