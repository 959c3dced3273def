using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.Approvals;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>CRD-06: authority is delegated with dates, and what nobody decides goes up.</summary>
public class StandingIn(InvoicingApp app)
{
    [Fact]
    public async Task Who_was_named_decides_on_behalf_of_somebody_who_is_away_until_that_is_taken_back()
    {
        var (entity, invoice) = await GuardedAsync();
        var waiting = await AskAsync(invoice);
        using var manager = app.Approver("mia", "ar-manager");
        using var deputy = app.Approver("dan");
        using var cfo = app.Approver("cleo", "cfo");
        var absence = Absence(entity);
        (await MineAsync(deputy, entity)).ShouldBeEmpty();
        (await ApproveAsync(deputy, waiting)).ShouldBe(HttpStatusCode.Forbidden, "above-authority");
        (await cfo.PostAsync("/v1/approval-delegations", absence)).ShouldBe(HttpStatusCode.Forbidden, "role-not-held");

        var delegation = (await manager.PostAsync("/v1/approval-delegations", absence))
            .ShouldBe(HttpStatusCode.Created);

        (await MineAsync(deputy, entity)).ShouldBe([waiting]);
        (await ApproveAsync(deputy, waiting)).ShouldBe(HttpStatusCode.OK)
            ["onBehalfOf"].EnumerateArray().Select(who => who.GetString()).ShouldBe(["mia"]);
        (await BalanceAsync(invoice)).ShouldBe("900.00");
        (await manager.PostAsync($"/v1/approval-delegations/{delegation.Id}/revoke", new { reason = "back" }))
            .ShouldBe(HttpStatusCode.OK)["isRevoked"].GetBoolean().ShouldBeTrue();
        (await ApproveAsync(deputy, await AskAsync(invoice))).ShouldBe(HttpStatusCode.Forbidden, "above-authority");
        (await app.Client.ReadAsync($"/v1/approval-delegations?legalEntity={entity}&active=true"))["items"]
            .GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync($"/v1/approval-delegations?to=dan&legalEntity={entity}"))["items"]
            .GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_too_long_is_shown_to_others_who_may_decide_it()
    {
        var (entity, invoice) = await GuardedAsync();
        var waiting = await AskAsync(invoice);
        using var cfo = app.Approver("cleo", "cfo");
        (await MineAsync(cfo, entity)).ShouldBeEmpty();
        (await ApproveAsync(cfo, waiting)).ShouldBe(HttpStatusCode.Forbidden, "above-authority");

        using var deadlines = new ApprovalDeadlines(
            app.Store, app.Services.GetRequiredService<ApprovalOptions>(),
            app.Services.GetRequiredService<IServiceScopeFactory>(),
            new StoppedClock(TimeProvider.System.GetUtcNow().AddHours(2)), NullLogger<ApprovalDeadlines>.Instance);
        await deadlines.MeetAsync();

        (await MineAsync(cfo, entity)).ShouldBe([waiting]);
        (await app.Client.ReadAsync($"/v1/approvals?escalated=true&legalEntity={entity}"))["items"].GetArrayLength()
            .ShouldBe(1);
        (await ApproveAsync(cfo, waiting)).ShouldBe(HttpStatusCode.OK)["isEscalated"].GetBoolean().ShouldBeTrue();
        (await BalanceAsync(invoice)).ShouldBe("900.00");
    }

    [Fact]
    public async Task INV09_who_may_decide_may_say_first_that_more_must_be_known_and_it_waits_on()
    {
        var (entity, invoice) = await GuardedAsync();
        var waiting = await AskAsync(invoice);
        var (research, question) = ($"/v1/approvals/{waiting}/research", new { reason = "what does the estate say?" });
        using var clerk = app.Approver("cid", "clerk");
        using var manager = app.Approver("mia", "ar-manager");
        (await clerk.PostAsync(research, question)).ShouldBe(HttpStatusCode.Forbidden, "above-authority");
        for (var time = 0; time < 2; time++)
        {
            var asked = (await manager.PostAsync(research, question)).ShouldBe(HttpStatusCode.OK);
            (asked["status"].GetString(), asked["researchRequiredBy"].GetString()).ShouldBe(("waiting", "mia"));
        }

        (await app.Client.ReadAsync($"/v1/approvals?researchRequired=true&legalEntity={entity}"))["items"]
            .GetArrayLength().ShouldBe(1);
        (await ApproveAsync(manager, waiting)).ShouldBe(HttpStatusCode.OK);
        (await BalanceAsync(invoice)).ShouldBe("900.00");
        (await app.Client.ReadAsync($"/v1/approvals/{waiting}/history"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("type").GetString()).ShouldBe(
                ["approval-requested", "approval-research-required", "approval-given", "approval-granted"]);
    }

    private static object Absence(string entity)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return new
        {
            legalEntity = entity,
            to = "dan",
            roles = new[] { "ar-manager" },
            from = today,
            until = today.AddDays(14),
            reason = "holiday",
        };
    }

    private static Task<Answer> ApproveAsync(HttpClient client, Guid approval) =>
        client.PostAsync($"/v1/approvals/{approval}/approve", new { reason = "ok" });

    private static async Task<Guid[]> MineAsync(HttpClient client, string entity) =>
    [
        .. (await client.ReadAsync($"/v1/approvals?forMe=true&legalEntity={entity}"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("id").GetGuid()),
    ];

    private async Task<Guid> AskAsync(Guid invoice) => (await app.Client.PostAsync(
        $"/v1/invoices/{invoice}/write-offs", new { reason = "insolvent", amount = "100" }))
        .ShouldBe(HttpStatusCode.Accepted).Id;

    private async Task<string?> BalanceAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString();

    private async Task<(string Entity, Guid Invoice)> GuardedAsync()
    {
        var entity = await app.EntityAsync();
        var rule = new
        {
            kind = "write-off",
            upTo = (string?)null,
            approvals = 1,
            role = "ar-manager",
            escalation = new { to = "cfo", afterHours = 1 },
        };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules = new[] { rule } }))
            .ShouldBe(HttpStatusCode.OK)["rules"][0].GetProperty("escalation").GetProperty("afterHours").GetInt32()
            .ShouldBe(1);
        return (entity, (await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 1_000)).Id);
    }
}
