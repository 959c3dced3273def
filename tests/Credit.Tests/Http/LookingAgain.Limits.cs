using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Local.Servers;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>I-19, CRD-07: a limit that somebody changed is not given back by a case of before.</summary>
public sealed partial class LookingAgain
{
    /// <summary>Figures by which a good company gets what it asks for.</summary>
    private static readonly Financials Sound = new(
        "USD", CurrentAssets: 900_000, CurrentLiabilities: 400_000, TotalLiabilities: 600_000, NetWorth: 800_000,
        Revenue: 3_000_000, NetIncome: 300_000, FoundedYear: 1998);

    [Fact]
    public async Task a_limit_that_was_lowered_since_its_review_was_opened_is_for_a_person_and_stays_lowered()
    {
        const string name = "Thin Lanterns Ltd";
        var customer = await NamedAsync(name, "US01");
        await (await bed.SetLimitAsync(customer, 20_000)).ShouldBeAsync(HttpStatusCode.OK);
        var path = await ReviewAsync(customer, name, 20_000);
        await StatusBecomesAsync(path, "in-review");
        await (await bed.SetLimitAsync(customer, 5_000)).ShouldBeAsync(HttpStatusCode.OK);
        bed.Bureau.Tell(name, BureauCase.Good);

        await PostAsync($"{path}/reassess", new { reason = "they filed", askBureau = true });
        await RestsOnLimitAsync(path, 5_000);
        await PostAsync($"{path}/information", new { text = "Their figures" });
        await RestsOnLimitAsync(path, 5_000);
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(5_000);

        // What the review found is settled by a person; a next round of it begins with the same question.
        var same = new { amount = "5000", currency = "USD" };
        await PostAsync($"{path}/approve", new { reason = "so be it", limit = same });
        await PostAsync($"{path}/reopen", new { reason = "once more" });
        await RestsOnLimitAsync(path, 5_000);
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(5_000);
    }

    [Fact]
    public async Task a_limit_that_was_let_end_since_its_review_was_opened_is_for_a_person_and_still_ends()
    {
        const string name = "Thin Candles Ltd";
        var customer = await NamedAsync(name, "US01");
        await (await bed.SetLimitAsync(customer, 20_000)).ShouldBeAsync(HttpStatusCode.OK);
        var path = await ReviewAsync(customer, name, 20_000);
        await StatusBecomesAsync(path, "in-review");
        var last = $"{Now.AddDays(1):yyyy-MM-dd}";
        await (await bed.SetLimitAsync(customer, 20_000, expiresOn: last)).ShouldBeAsync(HttpStatusCode.OK);
        bed.Bureau.Tell(name, BureauCase.Good);

        await PostAsync($"{path}/reassess", new { reason = "they filed", askBureau = true });

        await RestsOnLimitAsync(path, 20_000);
        (await bed.AccountAsync(customer)).Text("expiresOn").ShouldBe(last);
    }

    [Fact]
    public async Task what_was_lowered_since_an_application_was_granted_is_not_granted_again_by_reopening_it()
    {
        var customer = await NamedAsync("Good Lampshades Inc", "US01");
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "20000", currency = "USD" },
            financials = Sound,
        }, Json.Wire)).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await StatusBecomesAsync(path, "approved");
        await (await bed.SetLimitAsync(customer, 5_000)).ShouldBeAsync(HttpStatusCode.OK);

        await PostAsync($"{path}/reopen", new { reason = "once more" });

        await RestsOnLimitAsync(path, 5_000);
        (await bed.AccountAsync(customer)).Amount("limit").ShouldBe(5_000);
    }

    /// <summary>The path of a review as the daily run opens it.</summary>
    private async Task<string> ReviewAsync(Guid customer, string name, decimal limit)
    {
        var review = CreditBed.NewId();
        await bed.App.Store.DecideAsync(
            ApplicationStream.Type, review, new EventMetadata(CreditService.Name),
            application => ApplicationDecider.Submit(application, new ApplicationSubmitted(
                Assessor.Review, customer, "US01", name, Money.Of(limit, "USD"), null, Sound, "It is due.",
                CreditService.Name, Money.Of(limit, "USD"))));
        return $"/v1/credit/applications/{review}";
    }

    /// <summary>Waits until a case is a person's for nothing but the limit, which is this one by now.</summary>
    private async Task RestsOnLimitAsync(string path, decimal limit)
    {
        var referred = await StatusBecomesAsync(path, "in-review");
        referred.Codes("reasons").ShouldBe(["limit-changed"]);
        var explained = await bed.Client.GetFromJsonAsync<JsonElement>($"{path}/explanation");
        explained.GetProperty("assessment").GetProperty("case").Amount("limit").ShouldBe(limit);
        explained.GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
    }

    private Task<JsonElement> StatusBecomesAsync(string path, string status) => Eventually.Becomes(
        () => bed.Client.GetFromJsonAsync<JsonElement>(path), now => now.Text("status") == status,
        $"the case is {status}");

    private async Task PostAsync(string path, object body) =>
        await (await bed.Client.PostAsJsonAsync(path, body)).ShouldBeAsync(HttpStatusCode.OK);
}
