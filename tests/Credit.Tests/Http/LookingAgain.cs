using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Policies;
using OrderToCash.Local.Servers;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>Customers are scored anew and reviewed as time goes by; what got worse is told to somebody.</summary>
public sealed partial class LookingAgain(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly DateOnly Now = TimeProvider.System.Today("America/Chicago");

    [Fact]
    public async Task a_worsened_class_is_an_alert_until_somebody_has_looked_at_it()
    {
        const string entity = "LA01";
        await EntityAsync(entity, everyDays: 365);
        var customer = await bed.CustomerAsync(entity: entity);
        await PaysAsync(customer, 100, due: 0, paid: -5);
        await RescoreAsync(entity);
        (await bed.AccountAsync(customer)).Text("riskClass").ShouldBe("A");
        (await AlertsAsync(customer)).ShouldBeEmpty("nothing got worse");

        await PaysAsync(customer, 90_000, due: -200, paid: 0);
        await RescoreAsync(entity);
        await RescoreAsync(entity);

        (await bed.AccountAsync(customer)).Text("riskClass").ShouldBe("D");
        var alert = (await AlertsAsync(customer)).ShouldHaveSingleItem();
        (alert.Text("kind"), alert.Text("customerName")).ShouldBe(("worsened-class", "Globex Corporation"));
        alert.Text("detail")!.ShouldStartWith("From class A to D");
        var path = $"/v1/credit/alerts/{alert.Text("id")}/acknowledge";
        using (var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01"))
        {
            await (await stranger.PostAsJsonAsync(path, new { reason = "x" }))
                .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        }

        await (await bed.Client.PostAsJsonAsync(path, new { reason = "called them" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.Client.PostAsJsonAsync(path, new { reason = "again" })).ShouldBeAsync(HttpStatusCode.OK);
        (await AlertsAsync(customer)).ShouldBeEmpty();
        (await AlertsAsync(customer, "&acknowledged=true")).ShouldHaveSingleItem().Text("acknowledgedBy")
            .ShouldBe("ana");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/alerts/{NewId()}/acknowledge", new { reason = "x" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>CRD-15.</summary>
    [Fact]
    public async Task a_review_is_opened_once_when_it_falls_due()
    {
        const string entity = "LA02";
        await EntityAsync(entity, everyDays: 30);
        var customer = await bed.CustomerAsync(limit: 1_000, entity: entity);
        await RunDayAsync(entity);
        (await ReviewsAsync(customer)).ShouldBeEmpty("it was looked at when its account was opened");

        bed.App.Clock.Advance(TimeSpan.FromDays(31));
        try
        {
            await RunDayAsync(entity);
            await RunDayAsync(entity);
            (await ReviewsAsync(customer)).ShouldHaveSingleItem().Text("trigger")
                .ShouldBe("The review of every 30 days is due.");
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-31));
        }
    }

    [Fact]
    public async Task a_limit_that_is_nearly_used_up_is_reviewed()
    {
        const string entity = "LA03";
        await EntityAsync(entity, everyDays: 365);
        var (used, idle) = (
            await bed.CustomerAsync(limit: 1_000, entity: entity),
            await bed.CustomerAsync(limit: 1_000, entity: entity));
        await bed.PublishAsync(Issued(used, NewId(), 900));
        await bed.ExposureBecomesAsync(used, 900, 0, 0);

        bed.App.Clock.Advance(TimeSpan.FromDays(31));
        try
        {
            await RunDayAsync(entity);
            (await ReviewsAsync(used)).ShouldHaveSingleItem().Text("trigger").ShouldBe("90.0 % of the limit are used.");
            (await ReviewsAsync(idle)).ShouldBeEmpty();
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-31));
        }
    }

    /// <summary>I-19, CRD-07: what was given for some days is not given for ever by a review.</summary>
    [Fact]
    public async Task a_limit_for_some_days_is_reviewed_by_nobody_and_takes_the_place_of_no_other()
    {
        const string entity = "LA05";
        await EntityAsync(entity, everyDays: 365);
        var (lasting, ending) = (
            await bed.CustomerAsync(limit: 1_000, entity: entity), await bed.CustomerAsync(entity: entity));
        await (await bed.SetLimitAsync(ending, 1_000, expiresOn: $"{Now.AddDays(80):yyyy-MM-dd}"))
            .ShouldBeAsync(HttpStatusCode.OK);
        bed.App.Clock.Advance(TimeSpan.FromDays(60));
        try
        {
            foreach (var customer in new[] { lasting, ending })
            {
                await (await bed.Client.PutAsJsonAsync($"/v1/credit/accounts/{customer}/temporary-limit", new
                {
                    limit = new { amount = "40000", currency = "USD" },
                    from = Now.AddDays(59),
                    until = Now.AddDays(74),
                    reason = "season",
                })).ShouldBeAsync(HttpStatusCode.OK);
            }

            await RunDayAsync(entity);

            (await ReviewsAsync(lasting)).ShouldBeEmpty("its limit has no last day");
            var review = (await ReviewsAsync(ending)).ShouldHaveSingleItem();
            (review.Text("trigger"), review.Amount("requestedLimit"))
                .ShouldBe(($"The limit expires on {Now.AddDays(80):yyyy-MM-dd}.", 1_000));
            var (opened, _) = await bed.App.Store.LoadAsync(
                ApplicationStream.Type, Guid.Parse(review.Text("id")!), CancellationToken.None);
            (opened.Submitted!.LimitBefore, opened.Submitted.LimitUntil)
                .ShouldBe((Money.Of(1_000, "USD"), Now.AddDays(80)));
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-60));
        }
    }

    /// <summary>CRD-14, CRD-15: what covers a customer, or its class, is looked at before it matters.</summary>
    [Fact]
    public async Task what_falls_due_is_seen_before_it_does_and_cover_that_ends_is_a_reason()
    {
        const string entity = "LA07";
        await EntityAsync(entity, everyDays: 365);
        var customer = await bed.CustomerAsync(limit: 1_000, entity: entity);
        await (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{customer}/cover", new
        {
            kind = "guarantee",
            provider = "Bank",
            reference = "G-2",
            cover = new { amount = "600", currency = "USD" },
            from = Now,
            until = Now.AddDays(50),
        })).ShouldBeAsync(HttpStatusCode.Created);

        (await DueAsync(entity, 19)).ShouldBeEmpty();
        var due = (await DueAsync(entity, 366)).ShouldHaveSingleItem();
        (due.Text("customerId"), due.Text("dueOn"), due.Text("trigger")).ShouldBe((
            $"{customer}", $"{Now.AddDays(20):yyyy-MM-dd}", $"What covers it ends on {Now.AddDays(50):yyyy-MM-dd}."));
        await (await bed.Client.GetAsync("/v1/credit/portfolio/reviews-due?until=2099-01-01"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-day");
        Items(await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/cover?legalEntity={entity}&endsBy={Now.AddDays(50):yyyy-MM-dd}"))
            .ShouldHaveSingleItem().Text("reference").ShouldBe("G-2");
        Items(await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/cover?legalEntity={entity}&ended=true")).ShouldBeEmpty();

        bed.App.Clock.Advance(TimeSpan.FromDays(21));
        try
        {
            await RunDayAsync(entity);
            (await ReviewsAsync(customer)).ShouldHaveSingleItem().Text("trigger")!.ShouldStartWith("What covers it");
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-21));
        }

        bed.App.Clock.Advance(TimeSpan.FromDays(51));
        try
        {
            Items(await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/cover?legalEntity={entity}"))
                .ShouldBeEmpty("its last day is over");
            Items(await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/cover?legalEntity={entity}&ended=true"))
                .ShouldHaveSingleItem().Text("reference").ShouldBe("G-2");
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-51));
        }
    }

    /// <summary>CRD-05, CRD-15: a bankruptcy is seen before the customer asks for more.</summary>
    [Fact]
    public async Task a_case_is_granted_by_its_checklist_and_a_report_that_has_grown_old_since_is_refreshed()
    {
        const string entity = "LA08";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Applications = policy.Applications with
            {
                Checklists = new Dictionary<string, IReadOnlyList<ChecklistPoint>>
                {
                    ["application"] = [new ChecklistPoint("lawyer", "Ask the lawyers.")],
                },
            },
        });
        var customer = await NamedAsync("Refreshing Drinks Inc", entity);
        await GrantAsync(customer);
        bed.Bureau.Tell("Refreshing Drinks Inc", BureauCase.Bankrupt);
        (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(0, "the report is fresh");

        bed.App.Clock.Advance(TimeSpan.FromDays(91));
        try
        {
            (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(1);
            (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["bankruptcy"]);
            (await WritesAsync(customer)).ShouldBe(1, "the report and the hold stand or fall together");
            var run = await RunDayAsync(entity);
            (run.GetProperty("refreshed").GetInt32(), run.GetProperty("reviews").GetInt32()).ShouldBe((0, 1));
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-91));
        }

        (await AlertsAsync(customer, "&kind=bankruptcy")).ShouldHaveSingleItem();
        (await ReviewsAsync(customer)).ShouldHaveSingleItem().Text("trigger")
            .ShouldBe("Since it was looked at last: bankruptcy.");
    }

    /// <summary>CRD-15: who stops paying is later than who pays late.</summary>
    [Fact]
    public async Task who_does_not_pay_any_more_worsens_as_well()
    {
        const string entity = "LA06";
        await EntityAsync(entity, everyDays: 365);
        var customer = await bed.CustomerAsync(entity: entity);
        await PaysAsync(customer, 1_000, due: 0, paid: -5);
        await RescoreAsync(entity);
        (await bed.AccountAsync(customer)).Text("riskClass").ShouldBe("A");

        var (late, disputed) = (Issued(customer, NewId(), 50_000), Issued(customer, NewId(), 7_000));
        await bed.PublishAsync(disputed with
        {
            Items = [disputed.Items[0] with
            {
                DueDate = Now.AddDays(-300),
                Disputed = new MoneyAmount(7_000, "USD"),
            }],
        });
        await bed.ExposureBecomesAsync(customer, 7_000, 0, 0);
        await RescoreAsync(entity);
        (await bed.AccountAsync(customer)).Text("riskClass").ShouldBe("A", "nobody is late with what is disputed");
        await bed.PublishAsync(late with { Items = [late.Items[0] with { DueDate = Now.AddDays(-300) }] });
        await bed.ExposureBecomesAsync(customer, 57_000, 0, 0);
        await RescoreAsync(entity);

        (await bed.AccountAsync(customer)).Text("riskClass").ShouldBe("D");
        (await AlertsAsync(customer, "&kind=worsened-class")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task the_portfolio_adds_up_and_shows_with_whom_most_is_at_risk()
    {
        const string entity = "LA04";
        await EntityAsync(entity, everyDays: 365, coverage: 100);
        var (large, small) = (
            await bed.CustomerAsync(limit: 1_000, entity: entity),
            await bed.CustomerAsync(limit: 200, entity: entity));
        await bed.PublishAsync(Issued(large, NewId(), 750));
        await bed.PublishAsync(Issued(small, NewId(), 250));
        await bed.ExposureBecomesAsync(large, 750, 0, 0);
        await bed.ExposureBecomesAsync(small, 250, 0, 0);
        await (await bed.CheckAsync(small, "LA-1", 10)).ShouldBeAsync(HttpStatusCode.Created);
        foreach (var (customer, until) in new[] { (large, Now), (small, Now.AddDays(1)) })
        {
            await (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{customer}/holds", new
            {
                code = "manual",
                reason = "wait",
                until,
            })).ShouldBeAsync(HttpStatusCode.Created);
        }

        (await PortfolioAsync(entity)).GetProperty("onHold").GetInt32().ShouldBe(2);
        bed.App.Clock.Advance(TimeSpan.FromDays(1));
        try
        {
            (await PortfolioAsync(entity)).GetProperty("onHold").GetInt32().ShouldBe(1, "the last day of one is over");
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-1));
        }

        var row = await PortfolioAsync(entity);
        (row.GetProperty("customers").GetInt32(), row.Amount("granted"), row.Amount("exposure"),
            row.GetProperty("overLimit").GetInt32(), row.GetProperty("heldOrders").GetInt32())
            .ShouldBe((2, 1_200, 1_000, 1, 1));
        var shares = Items(await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/portfolio/concentration?legalEntity={entity}"));
        shares.Select(one => one.Text("customerId")).ShouldBe([$"{large}", $"{small}"]);
        shares.Select(one => decimal.Parse(
            one.GetProperty("cumulated").ToString(), System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe([0.75m, 1m]);
    }

    private async Task<Guid> NamedAsync(string name, string entity)
    {
        var id = NewId();
        await bed.PublishAsync(Registered(id, entity) with { Name = name });
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{id}")).IsSuccessStatusCode, "it opens");
        await Eventually.BecomesTrue(async () => await AreNumbersKnownAsync(id), "its numbers are told");
        return id;
    }

    /// <summary>An application that is too large for the policy alone is granted once its checklist is done.</summary>
    private async Task GrantAsync(Guid customer)
    {
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "60000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        var referred = await Eventually.Becomes(
            () => bed.Client.GetFromJsonAsync<JsonElement>(path), now => now.Text("status") == "in-review",
            "it is referred");
        referred.Codes("checklist").ShouldBe(["lawyer"]);
        using var ben = bed.App.ClientFor("credit:read credit:write", "ben");
        await (await ben.PostAsJsonAsync($"{path}/approve", new { reason = "a good name" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "checklist-open");
        var marked = await (await ben.PostAsJsonAsync($"{path}/checklist", new { code = "lawyer", note = "No case." }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (marked.GetProperty("checklist")[0].GetProperty("isDone").GetBoolean(),
            marked.GetProperty("checklist")[0].Text("by")).ShouldBe((true, "ben"));
        await (await ben.PostAsJsonAsync($"{path}/approve", new { reason = "a good name" }))
            .ShouldBeAsync(HttpStatusCode.OK);
    }

    private async Task EntityAsync(string entity, int everyDays, decimal coverage = 0)
    {
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Scorecard = policy.Scorecard with { MinimumCoverage = coverage },
            Reviews = policy.Reviews with { Days = new Dictionary<string, int> { ["*"] = everyDays } },
        });
    }

    private async Task PaysAsync(Guid customer, decimal amount, int due, int paid)
    {
        var (invoice, before) = (NewId(), await bed.HandledCountAsync());
        var item = Issued(customer, invoice, amount).Items[0] with
        {
            DueDate = Now.AddDays(due),
            Balance = new MoneyAmount(0, "USD"),
        };
        await bed.PublishAsync(
            new PaymentApplied(invoice, NewId(), NewId(), item.Amount, Now.AddDays(paid), Now, item), version: 2);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() > before, "the payment is heard of");
    }

    private async Task<List<JsonElement>> DueAsync(string entity, int days) => Items(
        await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/portfolio/reviews-due?legalEntity={entity}&until={Now.AddDays(days):yyyy-MM-dd}"));

    private async Task<JsonElement> PortfolioAsync(string entity) => Items(
        await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/portfolio?legalEntity={entity}"))
        .ShouldHaveSingleItem();

    private async Task RescoreAsync(string entity) =>
        (await (await bed.Client.PostAsJsonAsync("/v1/credit/rescoring-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.OK)).GetProperty("scored").GetInt32().ShouldBe(1);

    private async Task<JsonElement> RunDayAsync(string entity) =>
        await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.OK);

    private async Task<List<JsonElement>> AlertsAsync(Guid customer, string filter = "") => Items(
        await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/alerts?customerId={customer}{filter}"));

    private async Task<List<JsonElement>> ReviewsAsync(Guid customer) => Items(
        await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/applications?customerId={customer}&kind=review"));

    private static List<JsonElement> Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}
