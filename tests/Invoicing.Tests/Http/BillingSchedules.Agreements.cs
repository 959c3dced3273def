using System.Net;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>What Credit has agreed on is set up as a billing schedule: by its plan, at prices given here.</summary>
public partial class BillingSchedules
{
    private static readonly AgreedBillingPlan Quarterly =
        new("quarterly", TestApi.Today.AddMonths(1), TestApi.Today.AddMonths(3), true, null);

    [Fact]
    public async Task An_agreed_plan_is_set_up_once_by_however_many_at_once_and_Credit_hears_of_it()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var agreed = await AgreedAsync(customer, Quarterly);
        var wish = new
        {
            customerId = customer,
            name = "Hosting",
            agreement = agreed,
            agreedLines = new { lines = Lines },
        };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => app.Client.PostAsync("/v1/billing-schedules", wish)));

        var schedule = answers.Where(answer => answer.Status == HttpStatusCode.Created).ShouldHaveSingleItem();
        foreach (var answer in answers.Where(answer => answer != schedule))
            answer.ShouldBe(HttpStatusCode.Conflict, "agreement-set-up");
        var plan = schedule["plan"].GetProperty("recurring");
        (plan.GetProperty("interval").GetString(), plan.GetProperty("timing").GetString(),
            plan.GetProperty("start").GetString()).ShouldBe(("quarterly", "arrears", $"{Quarterly.From:yyyy-MM-dd}"));
        schedule["agreement"].GetGuid().ShouldBe(agreed);
        (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<BillingAgreementSetUp>(agreed)), heard => heard.Count > 0,
            "Credit hears of it"))
            .ShouldBe([new BillingAgreementSetUp(schedule.Id, agreed, customer, entity)]);
        (await ListedAsync($"customerId={customer}&setUp=true")).ShouldBe([agreed]);
        (await ListedAsync($"legalEntity={entity}&setUp=false")).ShouldBeEmpty();
        (await app.ClientWith("invoicing:read", "US99").ReadAsync($"/v1/billing-agreements?customerId={customer}"))
            ["items"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_agreement_in_words_is_set_up_with_a_plan_and_no_plan_is_set_up_otherwise_than_agreed()
    {
        var entity = await app.EntityAsync();
        var (customer, other) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        var (words, planned) = (await AgreedAsync(customer, null), await AgreedAsync(customer, Quarterly));
        var plan = new
        {
            recurring = new { interval = "monthly", timing = "advance", start = TestApi.Today, lines = Lines },
        };
        foreach (var wish in new[] { Wish(other, words, plan, null), Wish(customer, Some.NewId(), plan, null) })
            (await app.Client.PostAsync("/v1/billing-schedules", wish)).ShouldBe(HttpStatusCode.NotFound, "not-found");
        object[] invalid =
        [
            Wish(customer, words, null, new { lines = Lines }), Wish(customer, planned, plan, null),
            Wish(customer, planned, null, null), Wish(customer, null, null, null),
        ];
        foreach (var wish in invalid)
        {
            (await app.Client.PostAsync("/v1/billing-schedules", wish))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-schedule");
        }

        (await app.Client.PostAsync("/v1/billing-schedules", Wish(customer, words, plan, null)))
            .ShouldBe(HttpStatusCode.Created)["agreement"].GetGuid().ShouldBe(words);
        (await ListedAsync($"customerId={customer}&setUp=false")).ShouldBe([planned]);
    }

    [Fact]
    public async Task What_is_agreed_with_a_duplicate_is_set_up_for_the_customer_that_is_billed_in_its_place()
    {
        var entity = await app.EntityAsync();
        var (duplicate, survivor) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        var merge = new { survivorId = survivor, reason = "registered twice" };
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge)).ShouldBe(HttpStatusCode.OK);
        var agreed = await AgreedAsync(duplicate, Quarterly);
        (await ListedAsync($"customerId={survivor}&setUp=false")).ShouldBe([agreed]);

        var schedule = await app.Client.PostAsync(
            "/v1/billing-schedules", Wish(survivor, agreed, null, new { lines = Lines }));

        schedule.ShouldBe(HttpStatusCode.Created)["customerId"].GetGuid().ShouldBe(survivor);
    }

    /// <summary>What is past may be billed already: nobody bills it without saying so.</summary>
    [Fact]
    public async Task An_agreed_plan_of_the_past_bills_from_a_named_day_on_and_once_more_where_it_was_ended_unbilled()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var (from, tomorrow) = (TestApi.Today.AddMonths(-5), TestApi.Today.AddDays(1));
        var agreed = await AgreedAsync(customer, new AgreedBillingPlan("monthly", from, null, false, null));

        (await SetUpAsync(null)).ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-schedule");
        (await SetUpAsync(from.AddDays(-1))).ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-schedule");
        var wrong = await SetUpAsync(tomorrow);
        wrong.ShouldBe(HttpStatusCode.Created)["nextBillOn"].GetString().ShouldBe($"{tomorrow:yyyy-MM-dd}");
        (await SetUpAsync(tomorrow)).ShouldBe(HttpStatusCode.Conflict, "agreement-set-up");
        (await app.Client.PostAsync(
            $"/v1/billing-schedules/{wrong.Id}/end", new { lastDay = TestApi.Today, reason = "another price" }))
            .ShouldBe(HttpStatusCode.OK);
        (await ListedAsync($"customerId={customer}&setUp=false")).ShouldBe([agreed]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SetUpAsync(tomorrow)));

        var right = answers.Where(answer => answer.Status == HttpStatusCode.Created).ShouldHaveSingleItem();
        foreach (var answer in answers.Where(answer => answer != right))
            answer.ShouldBe(HttpStatusCode.Conflict, "agreement-set-up");
        (await app.Client.ReadAsync($"/v1/billing-agreements?customerId={customer}&setUp=true"))["items"]
            .EnumerateArray().ShouldHaveSingleItem().GetProperty("scheduleId").GetGuid().ShouldBe(right.Id);

        Task<Answer> SetUpAsync(DateOnly? billFrom) => app.Client.PostAsync(
            "/v1/billing-schedules",
            new
            {
                customerId = customer,
                name = "Hosting",
                agreement = agreed,
                billFrom,
                agreedLines = new { lines = Lines },
            });
    }

    [Fact]
    public async Task A_later_agreement_with_a_customer_holds_in_place_of_an_earlier_one_whichever_is_told_first()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var later = await AgreedAsync(customer, Quarterly, version: 5);
        var earlier = await AgreedAsync(customer, Quarterly, version: 3);

        (await app.Client.PostAsync("/v1/billing-schedules", Wish(customer, earlier, null, new { lines = Lines })))
            .ShouldBe(HttpStatusCode.Conflict, "agreement-superseded");
        (await ListedAsync($"customerId={customer}&setUp=false")).ShouldBe([later]);
        (await app.Client.ReadAsync($"/v1/billing-agreements?customerId={customer}"))["items"].EnumerateArray()
            .Single(item => item.GetProperty("id").GetGuid() == earlier).GetProperty("supersededBy").GetGuid()
            .ShouldBe(later);
        (await app.Client.PostAsync("/v1/billing-schedules", Wish(customer, later, null, new { lines = Lines })))
            .ShouldBe(HttpStatusCode.Created);
    }

    /// <summary>Credit tells of it, and it is listed.</summary>
    private async Task<Guid> AgreedAsync(Guid customer, AgreedBillingPlan? plan, long version = 1)
    {
        var id = Some.NewId();
        await app.Bus.PublishAsync(
            new CustomerTermsAgreed(customer, id, "NET 30", "on the first of each quarter", "They ask for it.", plan),
            version: version);
        await Eventually.Becomes(() => ListedAsync($"customerId={customer}"), ids => ids.Contains(id), "it is known");
        return id;
    }

    private async Task<List<Guid>> ListedAsync(string filter) =>
    [
        .. (await app.Client.ReadAsync($"/v1/billing-agreements?{filter}"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("id").GetGuid()),
    ];

    private static object Wish(Guid customerId, Guid? agreement, object? plan, object? agreedLines) =>
        new { customerId, name = "Hosting", agreement, plan, agreedLines };
}
