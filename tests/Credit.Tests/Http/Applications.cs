using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Policies;
using OrderToCash.Local.Servers;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>From the application to the decision, with a bureau that answers, or does not.</summary>
public sealed partial class Applications(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly object Figures = new
    {
        currency = "USD",
        currentAssets = "900000",
        currentLiabilities = "400000",
        totalLiabilities = "600000",
        netWorth = "800000",
        revenue = "3000000",
        netIncome = "300000",
        foundedYear = 1998,
    };

    [Fact]
    public async Task a_good_company_gets_its_limit_without_a_person_and_the_decision_can_be_explained()
    {
        var customer = await NamedAsync("Good Fortune Inc");
        var applied = await ApplyAsync(customer, 20_000);
        applied.Text("status").ShouldBe("assessing");

        var decided = await BecomesAsync(applied, "approved");

        (decided.Text("bureau"), decided.Text("recommendation"), decided.GetProperty("granted").Amount("limit"))
            .ShouldBe(("found", "approve", 20_000m));
        var account = await bed.AccountAsync(customer);
        (account.Amount("limit"), account.Text("riskClass"), account.GetProperty("score").GetInt32() >= 80)
            .ShouldBe((20_000m, "A", true));
        var explained = await GetAsync($"{Path(applied)}/explanation");
        explained.GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
        explained.GetProperty("assessment").GetProperty("score").GetProperty("factors").GetArrayLength().ShouldBe(13);
        (await GetAsync($"{Path(applied)}/bureau-report")).Text("raw")!.ShouldContain("nationalPercentile");
    }

    /// <summary>What a bureau says under another name is said of somebody else.</summary>
    [Fact]
    public async Task the_bureau_is_asked_again_once_the_name_is_put_right()
    {
        var customer = await NamedAsync("Missing Letters Ltd");
        var first = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");
        first.Codes("reasons").ShouldContain("bureau-no-match");
        await (await bed.Client.PostAsJsonAsync($"{Path(first)}/withdraw", new { reason = "misspelt" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        var now = Registered(customer);
        await bed.PublishAsync(
            new CustomerChanged(
                customer, now.Number, now.LegalEntity, "Good Letters Ltd", null, now.Currency, now.Country,
                now.Language, null, now.Terms, null, [], "active", null, false),
            version: 2);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(customer)).Text("name") == "Good Letters Ltd", "the name is known");

        await BecomesAsync(await ApplyAsync(customer, 20_000), "approved");
    }

    /// <summary>A bureau failure or a thin file refers the case, never approves it.</summary>
    [Theory]
    [InlineData("Thin Air Ltd", "bureau-thin-file")]
    [InlineData("Missing Link Ltd", "bureau-no-match")]
    [InlineData("Failing Grades Ltd", "bureau-unavailable")]
    [InlineData("Slow Food Ltd", "bureau-unavailable")]
    [InlineData("Garbled Speech Ltd", "bureau-unavailable")]
    [InlineData("Foreign Trade Ltd", "bureau-unavailable")]
    [InlineData("Cloaked Dagger Ltd", "cloaking")]
    public async Task what_the_bureau_cannot_vouch_for_is_referred(string name, string reason)
    {
        var customer = await NamedAsync(name);

        var referred = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");

        referred.Codes("reasons").ShouldContain(reason);
        (await bed.AccountAsync(customer)).GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
        (await GetAsync($"/v1/credit/reviews?legalEntity=US01&limit=500")).GetProperty("items").EnumerateArray()
            .Select(item => item.Text("id")).ShouldContain(referred.Text("id"));
    }

    [Fact]
    public async Task what_waits_for_a_bureau_that_was_away_goes_on_when_it_is_back()
    {
        var customer = await NamedAsync("Failing Patience Ltd");
        var referred = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");
        bed.Bureau.Tell("Failing Patience Ltd", BureauCase.Good);

        await PostAsync(bed.Client, $"{Path(referred)}/reassess", new { reason = "The bureau is back." });

        (await BecomesAsync(referred, "approved")).Text("bureau").ShouldBe("found");
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(20_000);
        await (await bed.Client.PostAsJsonAsync($"{Path(referred)}/reassess", new { reason = "again" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "not-in-review");
    }

    [Fact]
    public async Task a_bankrupt_company_is_declined_and_held_though_its_scores_are_zero()
    {
        var customer = await NamedAsync("Bankrupt and Sons");

        var declined = await BecomesAsync(await ApplyAsync(customer, 20_000), "declined");

        declined.Codes("reasons").ShouldBe(["bankruptcy"]);
        declined.GetProperty("score").ValueKind.ShouldBe(JsonValueKind.Null, "no score is not the worst score");
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["bankruptcy"]);
        (await (await bed.CheckAsync(customer, "AP-1", 1)).BodyAsync()).Text("decision").ShouldBe("declined");
    }

    [Fact]
    public async Task a_company_that_was_bankrupt_once_is_for_a_person_and_not_held()
    {
        var customer = await NamedAsync("Discharged Debts Inc");

        var referred = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");

        referred.Codes("reasons").ShouldContain("past-bankruptcy");
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBeEmpty();
    }

    [Fact]
    public async Task an_answer_is_used_again_while_it_is_fresh_and_asked_anew_after_that()
    {
        var customer = await NamedAsync("Good Neighbours Inc");
        await BecomesAsync(await ApplyAsync(customer, 10_000), "approved");
        var asked = bed.Bureau.Asked;
        await BecomesAsync(await ApplyAsync(customer, 11_000), "approved");
        bed.Bureau.Asked.ShouldBe(asked);

        bed.App.Clock.Advance(TimeSpan.FromDays(31));
        try
        {
            await BecomesAsync(await ApplyAsync(customer, 12_000), "approved");
            bed.Bureau.Asked.ShouldBe(asked + 1);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-31));
        }
    }

    [Fact]
    public async Task whoever_wants_the_bureau_asked_anew_says_so()
    {
        var referred = await BecomesAsync(await ApplyAsync(await NamedAsync("Thin Books Ltd"), 20_000), "in-review");
        var asked = bed.Bureau.Asked;
        await PostAsync(bed.Client, $"{Path(referred)}/reassess", new { reason = "the policy has changed" });
        await BecomesAsync(referred, "in-review");
        bed.Bureau.Asked.ShouldBe(asked);

        bed.Bureau.Tell("Thin Books Ltd", BureauCase.Good);
        await PostAsync(bed.Client, $"{Path(referred)}/reassess", new { reason = "they filed", askBureau = true });
        await BecomesAsync(referred, "approved");
        bed.Bureau.Asked.ShouldBe(asked + 1);
    }

    /// <summary>To have asked anew leaves nobody with less than was known.</summary>
    [Fact]
    public async Task where_the_bureau_is_asked_anew_and_is_away_its_fresh_answer_of_before_counts()
    {
        const string name = "Thin Paper Ltd";
        var referred = await BecomesAsync(await ApplyAsync(await NamedAsync(name), 20_000), "in-review");
        bed.Bureau.Tell(name, BureauCase.Failing);

        await PostAsync(bed.Client, $"{Path(referred)}/reassess", new { reason = "they filed", askBureau = true });

        (await Eventually.Becomes(
            async () => (await GetAsync($"{Path(referred)}/explanation")).GetProperty("assessment")
                .GetProperty("consultation"),
            consultation => consultation.Text("detail")!.StartsWith(
                "The bureau did not answer in time or in order. Answer of", StringComparison.Ordinal),
            "the file's answer counts")).Text("status").ShouldBe("thin");
    }

    [Fact]
    public async Task a_bureau_in_trouble_is_tried_again_and_the_case_is_referred()
    {
        var customer = await NamedAsync("Broken Arrow Inc");
        var asked = bed.Bureau.Asked;
        (await BecomesAsync(await ApplyAsync(customer, 10_000), "in-review")).Text("bureau").ShouldBe("unavailable");
        bed.Bureau.Asked.ShouldBe(asked + 2);
    }

    [Fact]
    public async Task a_token_that_the_bureau_took_back_before_its_time_is_asked_for_again()
    {
        await BecomesAsync(await ApplyAsync(await NamedAsync("Good Manners Inc"), 10_000), "approved");
        bed.Bureau.WithdrawTokens();
        var tokens = bed.Bureau.Tokens;

        var decided = await BecomesAsync(await ApplyAsync(await NamedAsync("Good Tempers Inc"), 10_000), "approved");

        (decided.Text("bureau"), bed.Bureau.Tokens).ShouldBe(("found", tokens + 1));
    }

    [Fact]
    public async Task a_referred_case_is_worked_on_and_granted_with_another_limit_by_another_person()
    {
        var customer = await NamedAsync("Thin Ice Ltd");
        var referred = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");
        using var reviewer = bed.App.ClientFor("credit:read credit:write", "ben");
        var path = Path(referred);
        await PostAsync(reviewer, $"{path}/assign", new { to = "ben" });
        await PostAsync(reviewer, $"{path}/folder", new { text = "Met the owner." });
        await PostAsync(reviewer, $"{path}/folder", new { text = "Balance sheet", reference = "dms://4711" });
        (await PostAsync(reviewer, $"{path}/request-information", new { what = "The figures of last year" }))
            .Text("status").ShouldBe("information-needed");
        await PostAsync(bed.Client, $"{path}/information", new { text = "Here they are.", financials = Figures });
        var again = await BecomesAsync(referred, "in-review");
        (again.Text("needed"), again.Text("assignedTo"), again.GetProperty("folder").GetArrayLength())
            .ShouldBe((null, "ben", 2));
        await (await bed.Client.PostAsJsonAsync($"{path}/approve", new { reason = "mine" }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "own-request");

        var granted = await PostAsync(reviewer, $"{path}/approve", new
        {
            reason = "Half of it to begin with.",
            limit = new { amount = "10000", currency = "USD" },
        });

        granted.Text("status").ShouldBe("approved");
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(10_000);
        await (await reviewer.PostAsJsonAsync($"{path}/decline", new { reason = "no" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "not-in-review");
        (await PostAsync(reviewer, $"{path}/reopen", new { reason = "They want more." }))
            .GetProperty("round").GetInt32().ShouldBe(2);
        await BecomesAsync(referred, "in-review");
    }

    /// <summary>CRD-18: another policy is tried on what was decided, and decides nothing.</summary>
    [Fact]
    public async Task another_policy_is_tried_on_past_decisions_and_the_differences_are_listed()
    {
        var customer = await NamedAsync("Good Old Times Inc");
        var approved = await BecomesAsync(await ApplyAsync(customer, 20_000), "approved");
        var strict = StandardPolicy.Value with
        {
            Applications = StandardPolicy.Value.Applications with { ApproveUpTo = 100 },
        };

        var trial = await TryAsync(strict);

        var difference = trial.GetProperty("differences").EnumerateArray()
            .Single(one => one.Text("applicationId") == approved.Text("id"));
        difference.GetProperty("before").Text("recommendation").ShouldBe("approve");
        difference.GetProperty("after").Text("recommendation").ShouldBe("refer");
        difference.GetProperty("after").GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())
            .ShouldBe(["above-automatic-limit"]);
        var same = await TryAsync(StandardPolicy.Value);
        same.GetProperty("differences").GetArrayLength().ShouldBe(0);
        same.GetProperty("cases").GetInt32().ShouldBe(same.GetProperty("same").GetInt32());
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(20_000, "nothing was decided");
        (await (await bed.CheckAsync(customer, "TR-1", 15_000)).BodyAsync()).Text("decision").ShouldBe("approved");
        var orders = (await TryAsync(strict with
        {
            Orders = strict.Orders with { Rules = [new BlockingRule(RuleCodes.OrderAmount, Amount: 10_000)] },
        })).GetProperty("orders");
        var order = orders.GetProperty("differences").EnumerateArray().Single(one => one.Text("orderId") == "TR-1");
        (order.GetProperty("before").Text("answer"), order.GetProperty("after").Text("answer"),
            order.GetProperty("after").GetProperty("reasons")[0].GetString())
            .ShouldBe(("approve", "hold", "order-amount"));
        (await TryAsync(StandardPolicy.Value)).GetProperty("orders").GetProperty("differences").GetArrayLength()
            .ShouldBe(0, "the policy of then comes to the same");
        await (await bed.Client.PostAsJsonAsync("/v1/credit/policies/US01/trials", new
        {
            policy = strict with { Orders = strict.Orders with { ReleaseDays = -1 } },
        }, Json.Wire)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "invalid-policy");
    }

    [Fact]
    public async Task nonsense_is_refused()
    {
        var customer = await bed.CustomerAsync();
        await (await ApplyAnyAsync(customer, 0)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
        await (await ApplyAnyAsync(NewId(), 5)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "5", currency = "EUR" },
        })).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "other-currency");
        await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "5", currency = "USD" },
            requestedTerms = "LATER",
        })).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-terms");
        await (await bed.Client.GetAsync($"/v1/credit/applications/{NewId()}"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.Client.GetAsync("/v1/credit/applications?status=lost"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-status");
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");
        var applied = await ApplyAsync(customer, 5);
        await (await stranger.GetAsync(Path(applied)))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await stranger.PostAsJsonAsync($"{Path(applied)}/approve", new { reason = "x" }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private async Task<JsonElement> TryAsync(CreditPolicy policy) =>
        await (await bed.Client.PostAsJsonAsync("/v1/credit/policies/US01/trials", new { policy }, Json.Wire))
            .ShouldBeAsync(HttpStatusCode.OK);

    private async Task<Guid> NamedAsync(string name)
    {
        var id = NewId();
        await bed.PublishAsync(Registered(id) with { Name = name });
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{id}")).StatusCode == HttpStatusCode.OK,
            "the account opens");
        return id;
    }

    private async Task<JsonElement> ApplyAsync(Guid customer, decimal limit) =>
        await (await ApplyAnyAsync(customer, limit)).ShouldBeAsync(HttpStatusCode.Created);

    private Task<HttpResponseMessage> ApplyAnyAsync(Guid customer, decimal limit) =>
        bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = $"{limit}", currency = "USD" },
            financials = Figures,
        });

    private Task<JsonElement> BecomesAsync(JsonElement application, string status) => Eventually.Becomes(
        () => GetAsync(Path(application)), now => now.Text("status") == status, $"the case is {status}");

    private Task<JsonElement> GetAsync(string path) => bed.Client.GetFromJsonAsync<JsonElement>(path);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body) =>
        await (await client.PostAsJsonAsync(path, body)).ShouldBeAsync(HttpStatusCode.OK);

    private static string Path(JsonElement application) => $"/v1/credit/applications/{application.Text("id")}";
}
