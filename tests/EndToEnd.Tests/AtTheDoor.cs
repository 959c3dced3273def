using System.Net;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>What the gateway lets in and how it says no.</summary>
public sealed class AtTheDoor(RunningSystem system)
{
    private readonly Api _api = system.Controller;

    [Theory]
    [InlineData("/v1/invoices")]
    [InlineData("/v1/receipts")]
    [InlineData("/v1/credit/accounts")]
    [InlineData("/v1/collections/worklist")]
    [InlineData("/v1/customers/0198f0a0-0000-7000-8000-000000000000/account")]
    [InlineData("/admin/invoicing/projections")]
    public async Task without_a_token_everything_is_401(string path)
    {
        using var nobody = system.WithToken(null);

        var answer = await nobody.TryAsync(HttpMethod.Get, path);

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Problem.ShouldBe("unauthenticated");
        answer.Message.Headers.WwwAuthenticate.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task a_token_signed_by_somebody_else_is_401()
    {
        using var issuer = new TestTokens();
        using var stranger = system.WithToken(issuer.For("invoicing:read"));

        (await stranger.TryAsync(HttpMethod.Get, "/v1/invoices")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("auditor", "POST", "/v1/invoices", "invoicing:write")]
    [InlineData("auditor", "POST", "/v1/receipts", "cash:write")]
    [InlineData("auditor", "POST", "/v1/credit/order-checks", "credit:orders")]
    [InlineData("order-management", "POST", "/v1/credit/order-checks/X-1/release", "credit:write")]
    [InlineData("order-management", "POST", "/v1/credit/applications", "credit:write")]
    [InlineData("auditor", "POST", "/v1/collections/dunning-runs", "collections:write")]
    [InlineData("collector", "PUT", "/v1/collections/policies/US01", "admin")]
    [InlineData("collector", "PUT", "/v1/collections/portfolios/US01", "admin")]
    [InlineData("collector", "PUT", "/v1/collections/targets/US01/2026-10", "admin")]
    [InlineData("controller", "GET", "/admin/credit/projections", "admin")]
    public async Task without_the_scope_it_is_403_that_names_it(string role, string method, string path, string scope)
    {
        using var caller = system.As(role);

        var answer = await caller.TryAsync(new HttpMethod(method), path, method == "GET" ? null : new { });

        answer.Status.ShouldBe(HttpStatusCode.Forbidden);
        answer.Problem.ShouldBe("scope-missing");
        answer.Body["detail"]!.GetValue<string>().ShouldContain(scope);
    }

    [Fact]
    public async Task another_companys_customer_is_403_in_every_service()
    {
        var seller = await Seller.OpenAsync(_api, "DOOR");
        var invoice = await seller.InvoiceAsync(10m, daysAgo: 0);
        using var other = system.WithToken(system.System.Key.Token(
            "eve", "invoicing:read invoicing:write credit:read cash:read cash:write collections:read collections:write",
            ["ar-specialist"], ["OTHER"], TimeSpan.FromHours(1)));

        string[] reads =
        [
            $"/v1/customers/{seller.Customer}", $"/v1/invoices/{Seller.Id(invoice)}",
            $"/v1/credit/accounts/{seller.Customer}", $"/v1/reports/cash-tie-out?legalEntity={seller.Code}",
        ];
        foreach (var path in reads)
        {
            var answer = await other.TryAsync(HttpMethod.Get, path);
            answer.Status.ShouldBe(HttpStatusCode.Forbidden, $"{path}: {answer.Text}");
            answer.Problem.ShouldNotBe("scope-missing");
        }

        (await other.TryAsync(HttpMethod.Post, "/v1/invoices", seller.Wish(10m, 0), key: "not-mine")).Status
            .ShouldBe(HttpStatusCode.Forbidden);
        var run = new { legalEntity = seller.Code };
        (await other.TryAsync(HttpMethod.Post, "/v1/collections/dunning-runs", run)).Status
            .ShouldBe(HttpStatusCode.Forbidden);
        (await other.ListAsync($"/v1/invoices?customerId={seller.Customer}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task too_many_requests_are_429_with_the_time_to_wait_and_others_are_not_held_up()
    {
        var gateway = await system.System.AddAsync(
            ServiceProgram.All.Single(program => program.Name == ServiceProgram.Gateway),
            settings: new Dictionary<string, string>
            {
                ["CallerLimits__PerSecond"] = "1",
                ["CallerLimits__Burst"] = "3",
            });
        await gateway.ReadyAsync();
        using var hasty = new Api(gateway.Address, system.System.Key.TokenOf("auditor"));
        using var calm = new Api(gateway.Address, system.System.Key.TokenOf("operator"));

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => hasty.TryAsync(HttpMethod.Get, "/v1/legal-entities")));

        answers.ShouldContain(answer => answer.Status == HttpStatusCode.OK);
        var refused = answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests);
        refused.Problem.ShouldBe("too-many-requests");
        refused.Message.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (await calm.TryAsync(HttpMethod.Get, "/v1/legal-entities")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_body_beyond_the_limit_is_413()
    {
        var body = $$"""{"name":"{{new string('x', 11 * 1024 * 1024)}}"}""";

        var answer = await _api.AskFirstAsync("/v1/invoices", body);

        answer.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.Problem.ShouldBe("body-too-large");
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing")]
    public async Task an_unknown_address_is_404(string path)
    {
        var answer = await _api.TryAsync(HttpMethod.Get, path);

        answer.Status.ShouldBe(HttpStatusCode.NotFound);
        answer.Problem.ShouldBe("not-found");
    }
}
