using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class ReopenedPeriods(InvoicingApp app)
{
    private static readonly Period Last = Period.Of(TestApi.Today).Previous;

    /// <summary>I-19: who wants a closed period open never opens it alone.</summary>
    [Fact]
    public async Task I19_a_period_is_opened_by_another_person_than_the_one_who_asks()
    {
        var entity = await GuardedAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = TestApi.Invoice(customer, 70, Last.LastDay);
        await CloseAsync(entity, Last);

        var waiting = (await ReopenAsync(entity, Last)).ShouldBe(HttpStatusCode.Accepted);

        waiting["kind"].GetString().ShouldBe("period-reopening");
        var approve = $"/v1/approvals/{waiting.Id}/approve";
        using var ana = app.Approver("ana", "controller");
        using var con = app.Approver("con", "controller");
        (await ana.PostAsync(approve, new { reason = "mine" })).ShouldBe(HttpStatusCode.Forbidden, "own-request");
        (await app.Client.PostAsync("/v1/invoices", invoice)).ShouldBe(HttpStatusCode.Conflict, "period-closed");
        (await con.PostAsync(approve, new { reason = "auditor's entry" })).ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync($"/v1/periods/{entity}/{Last}"))["status"].GetString().ShouldBe("open");
        (await app.Client.PostAsync("/v1/invoices", invoice)).ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, 70, Last.Previous.LastDay)))
            .ShouldBe(HttpStatusCode.Conflict, "period-closed");
        var step = (await app.Client.ReadAsync($"/v1/periods/{entity}/history"))["items"].EnumerateArray().Last();
        (step.GetProperty("type").GetString(), step.GetProperty("by").GetString(),
                step.GetProperty("reason").GetString(), step.GetProperty("data").GetProperty("approvalId").GetGuid())
            .ShouldBe(("period-reopened", "con", "auditor's entry", waiting.Id));
        var heard = (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<AccountingPeriodChanged>(entity)), all => all.Count == 2,
            "the others hear of it"))[1];
        (heard.Kind, heard.ClosedThrough, heard.FirstOpenDay)
            .ShouldBe(("reopened", Last.Previous.LastDay, Last.FirstDay));
    }

    [Fact]
    public async Task What_was_approved_too_late_is_not_carried_out()
    {
        var entity = await GuardedAsync();
        await CloseAsync(entity, Last.Previous);
        var waiting = (await ReopenAsync(entity, Last.Previous)).ShouldBe(HttpStatusCode.Accepted);
        await CloseAsync(entity, Last);
        using var con = app.Approver("con", "controller");

        (await con.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.Conflict, "later-period-closed");

        (await app.Client.ReadAsync($"/v1/periods/{entity}/{Last.Previous}"))["status"].GetString().ShouldBe("closed");
        (await ReopenAsync(entity, Last.Previous)).ShouldBe(HttpStatusCode.Conflict, "later-period-closed");
        (await con.PostAsync($"/v1/approvals/{waiting.Id}/reject", new { reason = "too late" }))
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_no_matrix_says_who_approves_only_who_runs_the_system_opens_a_period()
    {
        var entity = await app.EntityAsync();
        await CloseAsync(entity, Last);
        var path = $"/v1/periods/{entity}/{Last}/reopen";
        using var clerk = app.ClientWith("invoicing:books", entity);
        using var other = app.ClientWith("invoicing:write admin", "ELSEWHERE");
        using var reader = app.ClientWith("invoicing:read", entity);

        (await clerk.PostAsync(path, new { reason = "forgot one" }))
            .ShouldBe(HttpStatusCode.Forbidden, "above-authority");
        (await other.PostAsync(path, new { reason = "x" })).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await reader.PostAsync(path, new { reason = "x" })).ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        (await app.Client.PostAsync(path, new { reason = " " }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        (await app.Client.PostAsync($"/v1/periods/{entity}/soon/reopen", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
        (await ReopenAsync(entity, Last)).ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("open");
        (await ReopenAsync(entity, Last)).ShouldBe(HttpStatusCode.Conflict, "period-not-closed");
    }

    /// <summary>
    /// B-08, I-05: books that were opened again show something new; what was printed before is printed again
    /// byte for byte.
    /// </summary>
    [Fact]
    public async Task I05_what_was_known_before_a_period_was_opened_again_stays_as_it_was_printed()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100, Last.FirstDay);
        await CloseAsync(entity, Last);
        var known = TimeProvider.System.GetUtcNow();
        var printed = await PrintedAsync(known);

        (await ReopenAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 40, Last.LastDay);
        (await app.Client.PostAsync(
            $"/v1/invoices/{invoice.Id}/write-offs", new { reason = "x", amount = "30", postingDate = Last.LastDay }))
            .ShouldBe(HttpStatusCode.OK);
        await CloseAsync(entity, Last);

        (await PrintedAsync(known)).ShouldBe(printed);
        (await PrintedAsync(TimeProvider.System.GetUtcNow())).ShouldNotBe(printed);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&asOf={Last.LastDay:O}"))["totals"]
            .GetProperty("total").GetString().ShouldBe("110.00");
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}&asOf={Last.LastDay:O}"))["ties"]
            .GetBoolean().ShouldBeTrue();

        async Task<string> PrintedAsync(DateTimeOffset at)
        {
            var moment = Uri.EscapeDataString($"{at:O}");
            var aging = await app.Client.ReadAsync(
                $"/v1/reports/aging?legalEntity={entity}&asOf={Last.LastDay:O}&knownAt={moment}", "text/csv");
            var statement = await app.Client.ReadAsync(
                $"/v1/customers/{customer}/statement?from={Last.FirstDay:O}&to={Last.LastDay:O}&knownAt={moment}",
                "text/csv");
            return aging.ShouldBe(HttpStatusCode.OK).Text + statement.ShouldBe(HttpStatusCode.OK).Text;
        }
    }

    private async Task<string> GuardedAsync()
    {
        var entity = await app.EntityAsync();
        object rule = new { kind = "period-reopening", upTo = (string?)null, approvals = 1, role = "controller" };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules = new[] { rule } }))
            .ShouldBe(HttpStatusCode.OK);
        return entity;
    }

    private async Task CloseAsync(string entity, Period period) =>
        (await app.Client.PostAsync($"/v1/periods/{entity}/{period}/close", new { reason = "month end" }))
            .ShouldBe(HttpStatusCode.OK);

    private Task<Answer> ReopenAsync(string entity, Period period) =>
        app.Client.PostAsync($"/v1/periods/{entity}/{period}/reopen", new { reason = "an invoice was forgotten" });
}
