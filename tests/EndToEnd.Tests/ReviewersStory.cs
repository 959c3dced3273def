using System.Net;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// What only persons decide on a customer's credit, through the gateway: sales asks, an analyst works on it, and what
/// is above the analyst's authority by the matrix of the legal entity is approved by somebody else.
/// </summary>
public sealed class ReviewersStory(RunningSystem system) : IAsyncLifetime
{
    private const string Code = "REVIEWERS";
    private const string SalesAddress = "sales@reviewers.example";
    private const string Quarterly = "on the first of each quarter, a quarter ahead";

    private readonly Api _analyst = system.As("credit-analyst");
    private readonly Api _sales = Person(system, "sales", "credit:read credit:write");
    private readonly Api _cfo = Person(system, "cfo", "credit:read approvals:decide");

    private Seller _seller = null!;
    private Guid _sister;

    private string Account => $"/v1/credit/accounts/{_seller.Customer}";

    public async ValueTask InitializeAsync()
    {
        _seller = await Seller.OpenAsync(system.Controller, Code);
        await OperatorsSayWhoDecidesAsync();
        _sister = await SisterAsync();
    }

    public ValueTask DisposeAsync()
    {
        _analyst.Dispose();
        _sales.Dispose();
        _cfo.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task from_the_application_to_the_limit_of_the_group()
    {
        await ASmallLimitNeedsNobodyElseAsync();
        await AnotherLimitThanWasAskedForAsync();
        await AnOrderOverItAsync();
        await OtherTermsThanWereAskedForAsync();
        await ASistersOrderAsync();
    }

    /// <summary>Once it works credit has heard of the matrix; until then even this must be approved.</summary>
    private Task ASmallLimitNeedsNobodyElseAsync() => Eventually.Becomes(
        () => _analyst.TryAsync(
            HttpMethod.Put, $"/v1/credit/accounts/{_sister}/limit",
            new { limit = Seller.Usd(20_000m), reason = "Within my authority." }),
        answer => answer.Status == HttpStatusCode.OK, "the analyst grants a small limit alone");

    /// <summary>Assigned, asked for more, granted otherwise, approved above, and told to sales.</summary>
    private async Task AnotherLimitThanWasAskedForAsync()
    {
        var path = $"/v1/credit/applications/{Seller.Id(await _sales.PostAsync("/v1/credit/applications", new
        {
            customerId = _seller.Customer,
            requestedLimit = Seller.Usd(80_000m),
        }))}";
        await CaseBecomesAsync(path, "in-review");
        await _analyst.PostAsync($"{path}/assign", new { to = "credit-analyst" });
        var mine = await _analyst.ListAsync($"/v1/credit/reviews?assignedTo=credit-analyst&legalEntity={Code}");
        mine.Select(Seller.Id).ShouldBe([Seller.Id(await _analyst.GetAsync(path))]);
        (await _analyst.PostAsync($"{path}/request-information", new { what = "The last annual report." }))["status"]!
            .GetValue<string>().ShouldBe("information-needed");
        await _sales.PostAsync($"{path}/information", new
        {
            text = "As published.",
            financials = new { currency = "USD", netWorth = "800000", revenue = "3000000", netIncome = "300000" },
        });
        await CaseBecomesAsync(path, "in-review");

        var decision = new { limit = Seller.Usd(60_000m), reason = "Not all at once." };
        (await _sales.TryAsync(HttpMethod.Post, $"{path}/approve", decision)).Problem
            .ShouldBe("own-request");
        var waiting = await SentUpAsync($"{path}/approve", decision);
        waiting["status"]!.GetValue<string>().ShouldBe("awaiting-approval");
        (await _analyst.GetAsync(Account))["limit"].ShouldBeNull("nothing is granted yet");
        await ApproveAsync(waiting["approvalId"]!);

        Api.Amount((await _analyst.GetAsync(path))["granted"]!["limit"]).ShouldBe(60_000m);
        Api.Amount((await _analyst.GetAsync(Account))["limit"]).ShouldBe(60_000m);
        await SalesIsToldAsync("60,000.00", "Asked for: 80,000.00");
    }

    /// <summary>Let go by the one who may, until a day, and kept as an override of the limit.</summary>
    private async Task AnOrderOverItAsync()
    {
        (await _seller.CheckOrderAsync("REV-1", 50_000m))["decision"]!.GetValue<string>().ShouldBe("approved");
        var held = await _seller.CheckOrderAsync("REV-2", 20_000m);
        Codes(held).ShouldBe(["over-limit"]);
        var until = _seller.Today.AddDays(10);

        var waiting = await SentUpAsync(
            "/v1/credit/order-checks/REV-2/release", new { reason = "They pay next week.", until });
        (await _analyst.GetAsync("/v1/credit/order-checks/REV-2"))["releaseApprovalId"]!.GetValue<Guid>()
            .ShouldBe(Seller.Id(waiting));
        await ApproveAsync(waiting["id"]!);

        var released = await _analyst.GetAsync("/v1/credit/order-checks/REV-2");
        Texts(released, "decision", "status", "reservedUntil")
            .ShouldBe(["approved", "released", $"{until:yyyy-MM-dd}"]);
        var overrides = await _analyst.ListAsync($"/v1/credit/portfolio/overrides?legalEntity={Code}");
        var overridden = overrides.ShouldHaveSingleItem();
        Texts(overridden, "orderId", "overridden", "releasedBy", "requestedBy", "until")
            .ShouldBe(["REV-2", "over-limit", "cfo", "credit-analyst", $"{until:yyyy-MM-dd}"]);
        Api.Amount(overridden["available"]).ShouldBe(60_000m - 70_000m);
    }

    /// <summary>Countered, accepted, approved above, and in force where it is billed.</summary>
    private async Task OtherTermsThanWereAskedForAsync()
    {
        var path = $"/v1/credit/terms-requests/{Seller.Id(await _sales.PostAsync("/v1/credit/terms-requests", new
        {
            customerId = _seller.Customer,
            terms = "NET 90",
            annualBilling = Seller.Usd(500_000m),
            reason = "Their competitor offers it.",
        }))}";
        await _analyst.PostAsync($"{path}/counter-offer", new
        {
            terms = "NET 45",
            billingSchedule = Quarterly,
            billingPlan = new { interval = "quarterly", from = _seller.Today.AddMonths(1) },
            reason = "90 is too long.",
        });
        var reason = new { reason = "A good customer." };
        (await _analyst.TryAsync(HttpMethod.Post, $"{path}/approve", reason)).Problem
            .ShouldBe("offer-is-open");
        await _sales.PostAsync($"{path}/accept", new { });
        var waiting = await SentUpAsync($"{path}/approve", reason);
        await ApproveAsync(waiting["approvalId"]!);

        (await _analyst.GetAsync(path))["status"]!.GetValue<string>().ShouldBe("approved");
        await Eventually.Becomes(
            () => system.Controller.GetAsync($"/v1/customers/{_seller.Customer}"),
            customer => Texts(customer, "terms", "termsOrigin", "agreedBilling")
                .SequenceEqual(["NET 45", "approved-request", Quarterly]),
            "invoicing bills by what was agreed");
        await SalesIsToldAsync("terms NET 45 are offered", "90 is too long.");
        await SalesIsToldAsync("terms NET 45 are approved", Quarterly, "Decided by: cfo");
        await ItIsBilledSoAsync();
    }

    /// <summary>Set up where the prices are, and nobody is reminded of it any more.</summary>
    private async Task ItIsBilledSoAsync()
    {
        var alerts = $"/v1/credit/alerts?kind=billing-schedule-agreed&customerId={_seller.Customer}";
        (await _analyst.ListAsync(alerts)).ShouldHaveSingleItem();
        var agreement = await Eventually.Becomes(
            async () => (await system.Controller.ListAsync($"/v1/billing-agreements?legalEntity={Code}&setUp=false"))
                .SingleOrDefault()!,
            one => one is not null, "invoicing lists what is to be set up");
        var line = new { description = "Hosting", quantity = "1", unitPrice = "900.00", taxRate = "0" };
        var schedule = await system.Controller.PostAsync("/v1/billing-schedules", new
        {
            customerId = _seller.Customer,
            name = "Hosting",
            agreement = Seller.Id(agreement),
            agreedLines = new { lines = new[] { line } },
        });
        schedule["plan"]!["recurring"]!["interval"]!.GetValue<string>().ShouldBe("quarterly");
        await Eventually.BecomesTrue(async () => (await _analyst.ListAsync(alerts)).Count == 0, "it is done");
    }

    /// <summary>What one has reserved is not left for the other, until those above give them more together.</summary>
    private async Task ASistersOrderAsync()
    {
        var path = $"/v1/credit/groups/{_seller.Customer}/limit";
        await _analyst.PutAsync(path, new { limit = Seller.Usd(72_000m), reason = "One roof." });
        var held = await _sales.PostAsync(
            "/v1/credit/order-checks", new { customerId = _sister, orderId = "REV-3", amount = Seller.Usd(5_000m) });
        held["decision"]!.GetValue<string>().ShouldBe("held");
        Codes(held).ShouldBe(["over-group-limit"], "it has 20,000 of its own, and the group 2,000 more");

        var waiting = await SentUpAsync(
            path, new { limit = Seller.Usd(75_000m), reason = "They pay well." }, HttpMethod.Put);
        await ApproveAsync(waiting["id"]!);

        await Eventually.Becomes(
            () => _sales.GetAsync("/v1/credit/order-checks/REV-3"),
            order => order["decision"]!.GetValue<string>() == "approved", "there is room for the sister's order");
    }

    private async Task OperatorsSayWhoDecidesAsync()
    {
        using var operators = system.As("operator");
        await operators.PutAsync($"/v1/legal-entities/{Code}/approval-matrix", new
        {
            rules = new[] { ("credit-limit", "25000"), ("order-release", "5000"), ("terms", "100000") }
                .SelectMany(kind => new object[]
                {
                    new { kind = kind.Item1, upTo = kind.Item2, approvals = 0 },
                    new { kind = kind.Item1, upTo = (string?)null, approvals = 1, role = "cfo" },
                }),
        });
        var path = $"/v1/credit/policies/{Code}";
        var policy = (await operators.GetAsync(path))["policy"]!.DeepClone();
        policy["applications"]!["sales"] = new JsonObject { ["address"] = SalesAddress };
        await operators.PutAsync(path, new { reason = "Sales wants to know.", policy });
    }

    private async Task<Guid> SisterAsync()
    {
        var sister = Seller.Id(await system.Controller.PostAsync("/v1/customers", new
        {
            legalEntity = Code,
            name = "Globex Retail",
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
            parentId = _seller.Customer,
        }));
        await _seller.IsKnownToAsync($"/v1/credit/accounts/{sister}");
        return sister;
    }

    /// <summary>What the analyst asks for is above the analyst.</summary>
    private async Task<JsonNode> SentUpAsync(string path, object body, HttpMethod? method = null)
    {
        var answer = await _analyst.TryAsync(method ?? HttpMethod.Post, path, body);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer.Body;
    }

    /// <summary>By the list of who may, for the analyst cannot.</summary>
    private async Task ApproveAsync(JsonNode approvalId)
    {
        var id = approvalId.GetValue<Guid>();
        var (path, reason) = ($"/v1/approvals/{id}/approve", new { reason = "Agreed." });
        (await _analyst.TryAsync(HttpMethod.Post, path, reason)).Problem.ShouldBe("scope-missing");
        (await _cfo.ListAsync($"/v1/approvals?legalEntity={Code}&forMe=true")).Select(Seller.Id).ShouldContain(id);
        (await _cfo.PostAsync(path, reason))["status"]!.GetValue<string>().ShouldBe("granted");
    }

    private Task CaseBecomesAsync(string path, string status) => Eventually.Becomes(
        () => _analyst.GetAsync(path), now => now["status"]!.GetValue<string>() == status, $"the case is {status}");

    /// <summary>One mail in the sink says all of it; amounts are written with a space that does not break.</summary>
    private Task SalesIsToldAsync(params string[] words) => Eventually.Becomes(
        () => Task.FromResult(system.System.Mail.Mails
            .Where(mail => mail.To.Contains(SalesAddress)).Select(mail => MailText.Of(mail.Content)).ToList()),
        mails => mails.Any(mail => words.All(word => mail.Contains(word, StringComparison.Ordinal))),
        $"sales is told of {string.Join(" and ", words)}");

    private static string[] Texts(JsonNode of, params string[] names) =>
        [.. names.Select(name => of[name]?.GetValue<string>() ?? "")];

    private static string[] Codes(JsonNode check) =>
        [.. check["reasons"]!.AsArray().Select(one => one!["code"]!.GetValue<string>())];

    private static Api Person(RunningSystem system, string name, string scopes) =>
        system.WithToken(system.System.Key.Token(name, scopes, [name], ["*"], TimeSpan.FromHours(1)));
}
