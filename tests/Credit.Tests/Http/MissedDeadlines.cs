using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-05: a case that nobody decides in time does not lie there unseen.</summary>
public sealed class MissedDeadlines(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task a_case_that_nobody_decided_in_time_is_told_once_and_goes_to_whom_the_policy_names()
    {
        const string entity = "DL01";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Applications = policy.Applications with { ReviewHours = 24, EscalateTo = "cleo" },
        });
        var customer = await bed.CustomerAsync(entity: entity);
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "1000000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await StatusBecomesAsync(path, "in-review");
        await (await bed.Client.PostAsJsonAsync($"{path}/assign", new { to = "ben" })).ShouldBeAsync(HttpStatusCode.OK);
        await using var other = await bed.StartAnotherAsync();
        await MeetAsync(other, TimeSpan.Zero);
        (await AlertsAsync(customer)).ShouldBeEmpty();

        await MeetAsync(other, TimeSpan.FromHours(25));

        var alert = (await AlertsAsync(customer)).ShouldHaveSingleItem();
        (alert.Text("kind"), alert.Text("legalEntity")).ShouldBe(("review-overdue", entity));
        alert.Text("detail")!.ShouldContain("cleo");
        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("assignedTo").ShouldBe("cleo");
        var queue = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/reviews?assignedTo=cleo");
        queue.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().Text("id").ShouldBe(applied.Text("id"));

        // Decided anew it has another deadline.
        using var reviewer = bed.App.ClientFor("credit:read credit:write", "cleo");
        await (await reviewer.PostAsJsonAsync($"{path}/decline", new { reason = "too much" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await (await reviewer.PostAsJsonAsync($"{path}/reopen", new { reason = "they ask again" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await StatusBecomesAsync(path, "in-review");
        await MeetAsync(other, TimeSpan.FromHours(26));
        (await AlertsAsync(customer)).Count.ShouldBe(2);
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/alerts/{alert.Text("id")}/acknowledge", new { reason = "seen" }))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>The list and the deadlines agree with the case.</summary>
    [Fact]
    public async Task nobody_is_late_while_the_applicant_is_asked_and_the_time_begins_anew_after_it()
    {
        const string entity = "DL02";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Applications = policy.Applications with { ReviewHours = 24 },
        });
        var customer = await bed.CustomerAsync(entity: entity);
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "1000000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await StatusBecomesAsync(path, "in-review");
        await (await bed.Client.PostAsJsonAsync($"{path}/request-information", new { what = "figures" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        bed.App.Clock.Advance(TimeSpan.FromHours(30));
        try
        {
            await bed.App.Services.GetRequiredService<ReviewDeadlines>().MeetAsync(default);
            (await IsOverdueAsync(true), await IsOverdueAsync(false)).ShouldBe((false, true));
            await (await bed.Client.PostAsJsonAsync($"{path}/information", new { text = "here" }))
                .ShouldBeAsync(HttpStatusCode.OK);
            await StatusBecomesAsync(path, "in-review");
            await bed.App.Services.GetRequiredService<ReviewDeadlines>().MeetAsync(default);
            (await IsOverdueAsync(true), await IsOverdueAsync(false)).ShouldBe((false, true));
            (await AlertsAsync(customer)).ShouldBeEmpty();
            bed.App.Clock.Advance(TimeSpan.FromHours(25));
            await bed.App.Services.GetRequiredService<ReviewDeadlines>().MeetAsync(default);
            (await AlertsAsync(customer)).ShouldHaveSingleItem();
            (await IsOverdueAsync(true)).ShouldBeTrue();
            bed.App.Clock.Advance(TimeSpan.FromHours(-25));
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromHours(-30));
        }

        async Task<bool> IsOverdueAsync(bool overdue) => (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/reviews?legalEntity={entity}&overdue={overdue}")).GetProperty("items").GetArrayLength() == 1;
    }

    /// <summary>Both instances look, and look again; it is told once.</summary>
    private async Task MeetAsync(CreditApp other, TimeSpan later)
    {
        CreditApp[] apps = [bed.App, other];
        foreach (var app in apps)
            app.Clock.Advance(later);
        try
        {
            for (var n = 0; n < 2; n++)
            {
                await Task.WhenAll(apps.Select(
                    app => app.Services.GetRequiredService<ReviewDeadlines>().MeetAsync(default)));
            }
        }
        finally
        {
            foreach (var app in apps)
                app.Clock.Advance(-later);
        }
    }

    private Task StatusBecomesAsync(string path, string status) => Eventually.BecomesTrue(
        async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") == status,
        $"the case is {status}");

    private async Task<List<JsonElement>> AlertsAsync(Guid customer) =>
        [.. (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/alerts?kind=review-overdue&customerId={customer}")).GetProperty("items").EnumerateArray()];
}
