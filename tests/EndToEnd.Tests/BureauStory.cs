using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// Customers about whom the bureau says too little, nothing, nonsense, or nothing in time, through the gateway: nobody
/// gets credit by that, a person sees why, and what waits for a bureau that was away goes on when it is back.
/// </summary>
public sealed class BureauStory(RunningSystem system) : IAsyncLifetime
{
    private const string Entity = "BUREAU";

    private const string Away = "bureau-unavailable";

    private static readonly (BureauCase Answer, string Reason)[] Doubts =
    [
        (BureauCase.Thin, "bureau-thin-file"),
        (BureauCase.Missing, "bureau-no-match"),
        (BureauCase.Garbled, Away),
        (BureauCase.Slow, Away),
        (BureauCase.Failing, Away),
    ];

    private OwnSystem _own = null!;
    private Api _controller = null!;
    private Api _analyst = null!;

    public async ValueTask InitializeAsync()
    {
        _own = await system.AnotherAsync(
            new Dictionary<string, string>
            {
                ["Bureau__AttemptSeconds"] = "1",
                ["Bureau__TotalSeconds"] = "3",
                ["Bureau__Retries"] = "1",
            },
            "invoicing", "cash-application", "collections", "credit", "gateway");
        (_controller, _analyst) = (_own.As("controller"), _own.As("credit-analyst"));
    }

    public async ValueTask DisposeAsync()
    {
        _controller?.Dispose();
        _analyst?.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    [Fact]
    public async Task what_the_bureau_cannot_vouch_for_waits_for_a_person()
    {
        await _controller.PutAsync($"/v1/legal-entities/{Entity}", new
        {
            name = "Acme Bureau",
            baseCurrency = "USD",
            country = "US",
            timeZone = "America/New_York",
        });
        foreach (var (answer, reason) in Doubts)
        {
            var name = $"{answer} Trading Ltd";
            var customer = await RegisterAsync(name);
            var order = await OrderAsync(customer, $"B-{answer}");
            order["decision"]!.GetValue<string>().ShouldBe("held");
            var path = await ApplyAsync(customer);

            var referred = await BecomesAsync(path, "in-review");

            Codes(referred["reasons"]).ShouldContain(reason, $"the bureau's answer is {answer}");
            (await _controller.GetAsync($"/v1/credit/accounts/{customer}"))["limit"].ShouldBeNull();
            (await _analyst.GetAsync($"{path}/explanation"))["isReproduced"]!.GetValue<bool>().ShouldBeTrue();
            if (reason == Away)
                await ItIsBackAsync(name, path, $"B-{answer}");
        }
    }

    /// <summary>The case is judged anew, and the order that waited has its limit.</summary>
    private async Task ItIsBackAsync(string name, string path, string order)
    {
        _own.System.Bureau.Tell(name, BureauCase.Good);
        await _controller.PostAsync($"{path}/reassess", new { reason = "The bureau is back." });
        await BecomesAsync(path, "approved");
        await Eventually.Becomes(
            () => _controller.GetAsync($"/v1/credit/order-checks/{order}"),
            check => check["decision"]!.GetValue<string>() == "approved", $"the order of {name} is approved");
    }

    private async Task<Guid> RegisterAsync(string name)
    {
        var customer = Seller.Id(await _controller.PostAsync("/v1/customers", new
        {
            legalEntity = Entity,
            name,
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
        }));
        await Eventually.BecomesTrue(
            async () => (await _controller.TryAsync(HttpMethod.Get, $"/v1/credit/accounts/{customer}"))
                .Message.IsSuccessStatusCode, $"the account of {name} opens");
        return customer;
    }

    private Task<JsonNode> OrderAsync(Guid customer, string order) => _controller.PostAsync(
        "/v1/credit/order-checks", new { customerId = customer, orderId = order, amount = Seller.Usd(5_000m) });

    private async Task<string> ApplyAsync(Guid customer)
    {
        var application = await _analyst.PostAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = Seller.Usd(20_000m),
            financials = new
            {
                currency = "USD",
                currentAssets = "900000",
                currentLiabilities = "400000",
                totalLiabilities = "600000",
                netWorth = "800000",
                revenue = "3000000",
                netIncome = "300000",
                foundedYear = 1998,
            },
        });
        return $"/v1/credit/applications/{Seller.Id(application)}";
    }

    private Task<JsonNode> BecomesAsync(string path, string status) => Eventually.Becomes(
        () => _analyst.GetAsync(path), now => now["status"]!.GetValue<string>() == status, $"the case is {status}");

    private static string[] Codes(JsonNode? list) =>
        [.. list!.AsArray().Select(one => one!["code"]!.GetValue<string>())];
}
