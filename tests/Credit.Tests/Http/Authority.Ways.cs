using System.Net;
using System.Net.Http.Json;
using OrderToCash.Approvals;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.UseCases;
using OrderToCash.EventSourcing;
using Matrix = OrderToCash.Approvals.ApprovalMatrixDefined;
using Rule = OrderToCash.Approvals.ApprovalRule;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>I-19: ways to more credit that look like something else.</summary>
public sealed partial class Authority
{
    private const string Banded = "AU02";
    private const string Unsaid = "AU03";

    [Fact]
    public async Task a_lower_limit_for_some_days_is_not_lifted_by_who_may_not_give_what_comes_back()
    {
        var customer = await CustomerAsync();
        await ApproveAsync(await AskAsync("limit", customer, 9_000));
        var today = TimeProvider.System.Today("America/Chicago");
        var path = $"/v1/credit/accounts/{customer}/temporary-limit";
        await (await SetAsync(today.AddDays(30))).ShouldBeAsync(HttpStatusCode.OK);

        await (await SetAsync(today)).ShouldBeAsync(HttpStatusCode.Accepted);
        var asked = await bed.Client.DeleteAsync($"{path}?reason=they%20paid");
        await asked.ShouldBeAsync(HttpStatusCode.Accepted);
        (await bed.AccountAsync(customer)).Amount("available").ShouldBe(0);
        await ApproveAsync(asked);
        (await bed.AccountAsync(customer)).Amount("available").ShouldBe(9_000);

        Task<HttpResponseMessage> SetAsync(DateOnly until) => bed.Client.PutAsJsonAsync(
            path, new { limit = new { amount = "0", currency = "USD" }, from = today, until, reason = "stop" });
    }

    [Fact]
    public async Task a_limit_that_was_asked_for_before_credit_was_stopped_is_not_set_after_it()
    {
        var customer = await CustomerAsync(segment: "stopped");
        foreach (var way in new[] { "limit", "temporary-limit" })
        {
            var asked = await (await AskAsync(way, customer, 9_000)).ShouldBeAsync(HttpStatusCode.Accepted);
            await (await AskAsync("limit", customer, 0)).ShouldBeAsync(HttpStatusCode.OK);
            await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
                .ShouldBeProblemAsync(HttpStatusCode.Conflict, "limit-outdated");
            (await bed.AccountAsync(customer)).Amount("available").ShouldBe(0);
            await (await AskAsync("limit", customer, 1)).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task a_hold_for_fraud_takes_the_highest_band_whatever_is_owed()
    {
        var customer = await BandedCustomerAsync();
        await (await LetGoAsync("manual")).ShouldBeAsync(HttpStatusCode.OK);
        await (await LetGoAsync("fraud")).ShouldBeAsync(HttpStatusCode.Accepted);

        async Task<HttpResponseMessage> LetGoAsync(string code)
        {
            var path = $"/v1/credit/accounts/{customer}/holds";
            var hold = await (await bed.Client.PostAsJsonAsync(path, new { code, reason = "wait" }))
                .ShouldBeAsync(HttpStatusCode.Created);
            return await bed.Client.PostAsJsonAsync(
                $"{path}/{hold.Text("holdId")}/release", new { reason = "all is well" });
        }
    }

    [Fact]
    public async Task many_small_releases_over_the_limit_take_the_authority_of_a_large_one()
    {
        var customer = await BandedCustomerAsync();
        await (await bed.SetLimitAsync(customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var (order, amount) in new[] { ("AU-S1", 700m), ("AU-S2", 450m), ("AU-S3", 450m) })
            await (await bed.CheckAsync(customer, order, amount)).ShouldBeAsync(HttpStatusCode.Created);

        var large = await (await bed.ReleaseAsync("AU-S1")).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await bed.ReleaseAsync("AU-S2")).ShouldBeAsync(HttpStatusCode.OK);
        var small = await (await bed.ReleaseAsync("AU-S3")).ShouldBeAsync(HttpStatusCode.Accepted);

        // By now it comes to more than those may approve who were asked.
        await (await DecideAsync(large.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "release-outdated");
        await (await DecideAsync(small.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).Amount("available").ShouldBe(100 - 900);
    }

    [Fact]
    public async Task cover_counts_with_all_there_is_already()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("cover", customer, 3_000)).ShouldBeAsync(HttpStatusCode.Created);
        await (await AskAsync("cover", customer, 2_001)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await AskAsync("cover", customer, 2_000)).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task cover_in_two_requests_takes_the_authority_of_both_when_the_second_is_approved()
    {
        var customer = await BandedCustomerAsync();
        var first = await (await AskAsync("cover", customer, 200_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        var second = await (await AskAsync("cover", customer, 200_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(first.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        await (await DecideAsync(second.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "limit-outdated");

        (await CreditAsync(customer, "cover")).ShouldBe(200_000);
        var together = await (await AskAsync("cover", customer, 200_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(together.Text("id")!, "cleo", "cfo")).ShouldBeAsync(HttpStatusCode.OK);
        (await CreditAsync(customer, "cover")).ShouldBe(400_000);
    }

    [Fact]
    public async Task a_limit_of_a_segment_is_set_by_what_it_comes_to_when_that_is_approved()
    {
        await BandedCustomerAsync("exporters");
        await (await SetAsync(500, "USD")).ShouldBeAsync(HttpStatusCode.OK);
        await RateAsync("2");
        var asked = await (await SetAsync(100_000, "ISK")).ShouldBeAsync(HttpStatusCode.Accepted);
        await RateAsync("3");

        // By now it comes to more than those may approve who were asked.
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "limit-outdated");
        await RateAsync("2.5");
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        var limit = await (await bed.Client.GetAsync($"/v1/credit/segments/{Banded}/exporters"))
            .ShouldBeAsync(HttpStatusCode.OK);
        limit.Amount("limit").ShouldBe(100_000);

        Task<HttpResponseMessage> SetAsync(decimal amount, string currency) => bed.Client.PutAsJsonAsync(
            $"/v1/credit/segments/{Banded}/exporters/limit",
            new { limit = new { amount = $"{amount}", currency }, reason = "one market" });

        async Task RateAsync(string rate) => await (await bed.App.Operator.PutAsJsonAsync(
            $"/v1/credit/exchange-rates/{TimeProvider.System.Today("America/Chicago"):yyyy-MM-dd}",
            new { @base = "USD", rates = new Dictionary<string, string> { ["ISK"] = rate } }))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_hold_is_let_go_by_all_that_is_at_stake_when_that_is_approved()
    {
        var customer = await BandedCustomerAsync();
        await OwesAsync(customer, 600, "USD");
        var path = await HeldAsync(customer);
        var asked = await (await bed.Client.PostAsJsonAsync($"{path}/release", new { reason = "they pay" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await OwesAsync(customer, 500, "USD");

        // By now it comes to more than those may approve who were asked.
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "release-outdated");

        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["manual"]);
        var again = await (await bed.Client.PostAsJsonAsync($"{path}/release", new { reason = "they pay" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(again.Text("id")!, "cleo", "cfo")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBeEmpty();
    }

    /// <summary>I-19: a rule gives all of its holds of a customer one id, and may give one reason for all.</summary>
    [Fact]
    public async Task an_approval_lets_the_hold_go_that_was_asked_for_and_none_that_came_later()
    {
        var customer = await CustomerAsync();
        var hold = new HoldPlaced(
            HoldDecider.Id(customer, "sanctions"), "sanctions", "The bureau reports sanctions.", ByRule: true, null);
        var gone = new HoldReleased(hold.HoldId, hold.Code);
        await WriteAsync(hold);
        var asked = await AskToLetGoAsync();
        await WriteAsync(gone, hold);

        await (await DecideAsync(asked, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "hold-outdated");

        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["sanctions"]);
        asked = await AskToLetGoAsync();
        await WriteAsync(gone);
        await (await DecideAsync(asked, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        Task WriteAsync(params object[] events) => bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name), _ => Decision.Of(events));

        async Task<string> AskToLetGoAsync() => (await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{hold.HoldId}/release", new { reason = "another firm" }))
            .ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")!;
    }

    /// <summary>COL-14, I-19: the state has become a worse one since.</summary>
    [Fact]
    public async Task an_approval_lets_no_hold_go_whose_overdue_state_is_another_by_now()
    {
        var customer = await BandedCustomerAsync();
        await bed.PolicyAsync(Banded, policy => policy with
        {
            Holds = policy.Holds with { OnBlockedChanges = true },
        });
        await OwesAsync(customer, 600, "USD");
        var hold = await HoldAsync("stopped", version: 3);
        var asked = await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{hold}/release", new { reason = "they pay tomorrow" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        (await HoldAsync("legal", version: 4)).ShouldBe(hold);

        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "hold-outdated");

        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["overdue-state"]);

        async Task<string> HoldAsync(string state, long version)
        {
            await bed.PublishAsync(
                new OverdueStateChanged(
                    customer, Banded, null, state, BlocksChanges: true, 1, [new MoneyAmount(600, "USD")], 31),
                version);
            var account = await Eventually.Becomes(
                () => bed.AccountAsync(customer),
                now => now.GetProperty("placedHolds").EnumerateArray()
                    .Any(one => one.Text("detail")!.Contains($"'{state}'", StringComparison.Ordinal)),
                $"it is held for {state}");
            return account.GetProperty("placedHolds")[0].Text("holdId")!;
        }
    }

    [Fact]
    public async Task a_hold_of_who_owes_what_nobody_knows_the_worth_of_takes_the_highest_band()
    {
        var customer = await BandedCustomerAsync();
        await OwesAsync(customer, 10, "SEK");

        var asked = await (await bed.Client.PostAsJsonAsync(
            $"{await HeldAsync(customer)}/release", new { reason = "all is well" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "above-authority");
        await (await DecideAsync(asked.Text("id")!, "cleo", "cfo")).ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>CRD-06, I-19: who may give a good customer so much does not give it to one that has become a bad one.
    /// </summary>
    [Fact]
    public async Task limits_releases_and_holds_take_the_authority_that_the_class_of_the_day_takes()
    {
        var customer = await BandedCustomerAsync();
        await (await bed.SetLimitAsync(customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await OwesAsync(customer, 600, "USD");
        await (await bed.CheckAsync(customer, "AU-C1", 50)).ShouldBeAsync(HttpStatusCode.Created);
        var held = await HeldAsync(customer);
        var asked = new List<(string Code, string? Id)>
        {
            ("limit-outdated", (await (await AskAsync("limit", customer, 2_000))
                .ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")),
            ("release-outdated", (await (await bed.ReleaseAsync("AU-C1"))
                .ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")),
            ("release-outdated", (await (await bed.Client.PostAsJsonAsync(
                $"{held}/release", new { reason = "they pay" })).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")),
        };
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name),
            account => Decision.Of(new RiskAssessed(5, "E", 1, "rescoring", null, null, account.Risk?.RiskClass)));

        foreach (var (code, id) in asked)
        {
            var refused = await (await DecideAsync(id!, "max", "credit-manager"))
                .ShouldBeProblemAsync(HttpStatusCode.Conflict, code);
            refused.Text("detail")!.ShouldContain("class E");
        }

        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(100);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["manual"]);
        var again = await (await AskAsync("limit", customer, 2_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(again.Text("id")!, "cleo", "cfo")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(2_000);
    }

    /// <summary>CRD-06: who may give it to a bad customer gives it to one that has become a better one, too.</summary>
    [Fact]
    public async Task who_was_asked_while_the_class_was_worse_still_approves()
    {
        var customer = await BandedCustomerAsync();
        await ClassAsync("D");
        var asked = await (await AskAsync("limit", customer, 2_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        await ClassAsync("C");

        await (await DecideAsync(asked.Text("id")!, "rita", "risk-officer")).ShouldBeAsync(HttpStatusCode.OK);

        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(2_000);

        Task ClassAsync(string risk) => bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name),
            account => Decision.Of(new RiskAssessed(5, risk, 1, "rescoring", null, null, account.Risk?.RiskClass)));
    }

    /// <summary>Where nothing is said, nobody gives credit but a controller, or who asks one.</summary>
    [Fact]
    public async Task before_a_matrix_is_defined_a_controller_decides()
    {
        await UnsaidAsync();
        var customer = await bed.CustomerAsync(entity: Unsaid);

        var asked = await (await bed.SetLimitAsync(customer, 1)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "above-authority");
        await (await DecideAsync(asked.Text("id")!, "max", "controller")).ShouldBeAsync(HttpStatusCode.OK);
        using var controller = bed.App.ClientWith("credit:read credit:write", "cleo", "controller");
        await (await controller.PutAsJsonAsync($"/v1/credit/accounts/{customer}/limit", new
        {
            limit = new { amount = "1000000", currency = "USD" },
            reason = "large",
        })).ShouldBeAsync(HttpStatusCode.OK);
    }

    private async Task ApproveAsync(HttpResponseMessage asked) => await (await DecideAsync(
        (await asked.ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")!, "max", "credit-manager"))
        .ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>An entity whose matrix nobody has defined.</summary>
    private async Task UnsaidAsync()
    {
        await bed.PublishAsync(new LegalEntityDefined(
            Unsaid, "Contoso", "USD", "US", "America/Chicago", new CashAccounts("2400", "2410", "1090")));
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetFromJsonAsync<PolicyView>(
                $"/v1/credit/policies/{Unsaid}", Json.Wire))!.Number > 0, "the entity is known");
    }

    /// <summary>The path of a hold by hand.</summary>
    private async Task<string> HeldAsync(Guid customer)
    {
        var path = $"/v1/credit/accounts/{customer}/holds";
        var hold = await (await bed.Client.PostAsJsonAsync(path, new { code = "manual", reason = "wait" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        return $"{path}/{hold.Text("holdId")}";
    }

    /// <summary>An invoice more.</summary>
    private async Task OwesAsync(Guid customer, decimal amount, string currency)
    {
        var before = await OwedAsync();
        var (money, none) = (new MoneyAmount(amount, currency), new MoneyAmount(0, currency));
        var issued = CreditBed.Issued(customer, CreditBed.NewId(), amount);
        await bed.PublishAsync(issued with
        {
            Net = money,
            Tax = none,
            Total = money,
            Items = [issued.Items[0] with { Amount = money, Balance = money }],
        });
        await Eventually.BecomesTrue(async () => await OwedAsync() > before, "the invoice is heard of");

        async Task<decimal> OwedAsync()
        {
            var account = await bed.AccountAsync(customer);
            return account.GetProperty("otherExposures").EnumerateArray().Append(account.GetProperty("exposure"))
                .Sum(exposure => exposure.Amount("openReceivables"));
        }
    }

    /// <summary>A customer of an entity whose matrix has bands for limits and releases.</summary>
    private async Task<Guid> BandedCustomerAsync(string? segment = null)
    {
        await bed.EntityAsync(Banded);
        var matrix = new Matrix(
            Banded,
            [
                new Rule(ApprovalKinds.OrderRelease, 500, 0),
                new Rule(ApprovalKinds.OrderRelease, 1_000, 1, "credit-manager"),
                new Rule(ApprovalKinds.OrderRelease, null, 1, "cfo"),
                new Rule(ApprovalKinds.HoldRelease, 500, 0),
                new Rule(ApprovalKinds.HoldRelease, 1_000, 1, "credit-manager"),
                new Rule(ApprovalKinds.HoldRelease, null, 1, "cfo"),
                new Rule(ApprovalKinds.CreditLimit, 1_000, 0),
                new Rule(ApprovalKinds.CreditLimit, 250_000, 1, "credit-manager"),
                new Rule(ApprovalKinds.CreditLimit, null, 1, "cfo"),
                new Rule(ApprovalKinds.OrderRelease, null, 1, "cfo", RiskClass: "E"),
                new Rule(ApprovalKinds.HoldRelease, null, 1, "cfo", RiskClass: "E"),
                new Rule(ApprovalKinds.CreditLimit, null, 1, "cfo", RiskClass: "E"),
                new Rule(ApprovalKinds.CreditLimit, null, 1, "risk-officer", RiskClass: "D"),
            ],
            "USD");
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(Banded), new EventMetadata("test"),
            before => before.Define(matrix));
        return await bed.CustomerAsync(entity: Banded, segment: segment);
    }
}
