using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>I-19: a decision on a case that ends a limit is for those who may give it.</summary>
public sealed partial class Authority
{
    [Fact]
    public async Task a_review_is_declined_by_those_who_may_give_its_limit()
    {
        var customer = await CustomerAsync();
        await ApproveAsync(await AskAsync("limit", customer, 9_000));
        var path = await ReviewAsync(customer, 9_000);

        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/decline", new { reason = "no more" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        asked.Text("status").ShouldBe("awaiting-approval");
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(9_000);
        await (await DecideAsync(asked.Text("approvalId")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(0);
        var declined = await bed.Client.GetFromJsonAsync<JsonElement>(path);
        (declined.Text("status"), declined.Codes("reasons")[0]).ShouldBe(("declined", "declined"));
    }

    [Fact]
    public async Task a_review_of_a_small_limit_is_declined_at_once()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 5_000)).ShouldBeAsync(HttpStatusCode.OK);

        await (await bed.Client.PostAsJsonAsync(
            $"{await ReviewAsync(customer, 5_000)}/decline", new { reason = "no more" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(0);
    }

    /// <summary>I-19: a no is a decision as well, within the authority of who says it or else above.</summary>
    [Fact]
    public async Task an_application_is_declined_by_those_who_may_grant_it_and_a_small_one_at_once()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 5_000)).ShouldBeAsync(HttpStatusCode.OK);
        var path = await CaseAsync(customer, new { amount = "900000", currency = "USD" });

        var asked = await DeclineAsync(bed.Client, path, HttpStatusCode.Accepted);
        asked.Text("status").ShouldBe("awaiting-approval");
        using (var above = Decider("max", "credit-manager"))
        {
            var approval = await above.GetFromJsonAsync<JsonElement>($"/v1/approvals/{asked.Text("approvalId")}");
            (approval.Text("kind"), approval.Amount("amount")).ShouldBe((ApprovalKinds.CreditLimit, 900_000));
            await (await above.PostAsJsonAsync(
                $"/v1/approvals/{asked.Text("approvalId")}/reject", new { reason = "look again" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }

        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("in-review");
        asked = await DeclineAsync(bed.Client, path, HttpStatusCode.Accepted);
        await (await AskAsync("limit", customer, 4_000)).ShouldBeAsync(HttpStatusCode.OK);
        await (await DecideAsync(asked.Text("approvalId")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("declined");
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(4_000, "an application ends no limit");

        await DeclineAsync(bed.Client, await CaseAsync(customer, new { amount = "5000", currency = "USD" }));
    }

    /// <summary>Before a matrix is defined a controller decides, on a no as well.</summary>
    [Fact]
    public async Task who_may_grant_an_application_alone_declines_it_alone()
    {
        await UnsaidAsync();
        var customer = await bed.CustomerAsync(entity: Unsaid);
        using var controller = bed.App.ClientWith("credit:read credit:write", "cleo", "controller");

        await DeclineAsync(
            bed.Client, await CaseAsync(customer, new { amount = "1", currency = "USD" }), HttpStatusCode.Accepted);
        await DeclineAsync(controller, await CaseAsync(customer, new { amount = "900000", currency = "USD" }));
    }

    /// <summary>I-19, CRD-13: a case is no way round the matrix for terms, and goes up it.</summary>
    [Fact]
    public async Task other_terms_are_granted_with_a_case_by_those_alone_who_may_grant_any_or_else_approved()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "10", currency = "USD" });
        using var manager = bed.App.ClientWith("credit:read credit:write", "max", "credit-manager");
        await (await manager.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "LATER" }))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-terms");
        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("in-review");

        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "NET 180" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        asked.Text("status").ShouldBe("awaiting-approval");
        (await bed.AccountAsync(customer)).GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
        using (var above = Decider("max", "credit-manager"))
        {
            (await above.GetFromJsonAsync<JsonElement>($"/v1/approvals/{asked.Text("approvalId")}")).Text("kind")
                .ShouldBe("terms");
            await (await above.PostAsJsonAsync(
                $"/v1/approvals/{asked.Text("approvalId")}/reject", new { reason = "too long" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }

        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("in-review");
        var granted = await (await manager.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "net 45" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        granted.GetProperty("granted").Text("terms").ShouldBe("NET 45");
        var agreed = await CaseAsync(customer, new { amount = "10", currency = "USD" });
        await (await bed.Client.PostAsJsonAsync($"{agreed}/approve", new { reason = "x", terms = "NET 30" }))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>I-19: a limit and terms of one case are two authorities; nothing is granted before both have agreed.
    /// </summary>
    [Fact]
    public async Task a_case_with_a_limit_and_terms_above_ones_authority_goes_up_for_both_one_after_the_other()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "9000", currency = "USD" });
        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "NET 60" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        var limit = asked.Text("approvalId")!;

        await (await DecideAsync(limit, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        var waiting = await bed.Client.GetFromJsonAsync<JsonElement>(path);
        (waiting.Text("status"), waiting.Text("approvalId") == limit).ShouldBe(("awaiting-approval", false));
        (await bed.AccountAsync(customer)).GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
        await (await DecideAsync(waiting.Text("approvalId")!, "ana", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "own-request");
        await (await DecideAsync(waiting.Text("approvalId")!, "max", "credit-manager"))
            .ShouldBeAsync(HttpStatusCode.OK);
        var granted = (await bed.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("granted");
        (granted.Amount("limit"), granted.Text("terms")).ShouldBe((9_000, "NET 60"));
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(9_000);
    }

    /// <summary>CRD-13: who may give terms to a good customer does not give them to one that has become a bad one.
    /// </summary>
    [Fact]
    public async Task terms_of_a_case_take_the_authority_that_the_class_of_the_day_takes()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "10", currency = "USD" });
        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "NET 60" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name),
            account => Decision.Of(new RiskAssessed(5, "E", 1, "rescoring", null, null, account.Risk?.RiskClass)));

        await (await DecideAsync(asked.Text("approvalId")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "terms-outdated");

        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("awaiting-approval");
        (await bed.AccountAsync(customer)).GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>CRD-13: who approves terms does not give a limit with them that they may not give by now.</summary>
    [Fact]
    public async Task a_limit_that_waits_for_terms_takes_the_authority_that_the_class_of_the_day_takes()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "9000", currency = "USD" });
        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "x", terms = "NET 60" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(asked.Text("approvalId")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        var terms = (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("approvalId")!;
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name),
            account => Decision.Of(new RiskAssessed(20, "D", 1, "rescoring", null, null, account.Risk?.RiskClass)));

        await (await DecideAsync(terms, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "limit-outdated");

        (await bed.AccountAsync(customer)).GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>CRD-05: nobody is late with what the applicant is still asked for, in list and case.</summary>
    [Fact]
    public async Task what_is_not_approved_above_still_waits_for_what_was_asked_for()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "900000", currency = "USD" });
        await (await bed.Client.PostAsJsonAsync($"{path}/request-information", new { what = "figures" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        var asked = await DeclineAsync(bed.Client, path, HttpStatusCode.Accepted);
        using var above = Decider("max", "credit-manager");
        await (await above.PostAsJsonAsync(
            $"/v1/approvals/{asked.Text("approvalId")}/reject", new { reason = "wait for them" }))
            .ShouldBeAsync(HttpStatusCode.OK);

        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status").ShouldBe("information-needed");
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/applications?customerId={customer}"))
            .GetProperty("items").EnumerateArray().ShouldHaveSingleItem().Text("status").ShouldBe("information-needed");
    }

    /// <summary>I-19: to withdraw is no way round the authority to decline.</summary>
    [Fact]
    public async Task an_application_is_withdrawn_by_who_asked_or_by_who_may_decline_it()
    {
        var customer = await CustomerAsync();
        var path = await CaseAsync(customer, new { amount = "900000", currency = "USD" });
        await (await bed.Client.PostAsJsonAsync($"{path}/withdraw", new { reason = "too much" }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "above-authority");
        using var sales = bed.App.ClientFor("credit:read credit:write", "sales");
        (await (await sales.PostAsJsonAsync($"{path}/withdraw", new { reason = "not any more" }))
            .ShouldBeAsync(HttpStatusCode.OK)).Text("status").ShouldBe("withdrawn");

        var small = await CaseAsync(customer, new { amount = "4000", currency = "USD" });
        await (await bed.Client.PostAsJsonAsync($"{small}/withdraw", new { reason = "not any more" }))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> DeclineAsync(
        HttpClient who, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        var answer = await (await who.PostAsJsonAsync($"{path}/decline", new { reason = "too much" }))
            .ShouldBeAsync(status);
        if (status == HttpStatusCode.OK)
            answer.Text("status").ShouldBe("declined");
        return answer;
    }

    /// <summary>The path of a review that waits for a person.</summary>
    private async Task<string> ReviewAsync(Guid customer, decimal limit)
    {
        var review = CreditBed.NewId();
        await bed.App.Store.DecideAsync(
            ApplicationStream.Type, review, new EventMetadata(CreditService.Name),
            application => ApplicationDecider.Submit(application, new ApplicationSubmitted(
                Assessor.Review, customer, Entity, "Globex Corporation", Money.Of(limit, "USD"), null, null,
                "It is due.", CreditService.Name)));
        var path = $"/v1/credit/applications/{review}";
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync(path)) is { IsSuccessStatusCode: true } answer
                && (await answer.BodyAsync()).Text("status") == "in-review",
            "the review is a person's");
        return path;
    }
}
