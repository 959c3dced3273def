using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// A customer from the application to the bankruptcy, through the gateway, with a bureau that is away at first. The
/// clock of Credit goes through the year; what the others report bears the dates of that year.
/// </summary>
public sealed class CreditStory(RunningSystem system) : IAsyncLifetime
{
    private const string Bureau = "bureau-unavailable";
    private const string Sales = "sales@acme.example";

    private OwnSystem _own = null!;
    private Api _controller = null!;
    private Api _analyst = null!;
    private Seller _seller = null!;

    public async ValueTask InitializeAsync()
    {
        _own = await system.AnotherAsync("invoicing", "cash-application", "collections", "credit", "gateway");
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
    public async Task from_the_application_to_the_bankruptcy()
    {
        await TheDayIsAsync(-200);
        _seller = await Seller.OpenAsync(_controller, "CREDIT");
        await SalesWantsToKnowAsync();
        await ApplicationAsync();
        await OrderIsAsync("C-1", "approved");
        var invoice = await _seller.InvoiceAsync(10_000m, daysAgo: 199, order: "C-1");
        await ExposureIsAsync(receivables: 10_800m, orders: 2_000m);

        await TheDayIsAsync(-100);
        await CheckAsync("C-2", 1_000m, "held", "days-overdue");
        await _seller.OpenItemIsAsync(Seller.Number(invoice), 10_800m);
        await _seller.ReceiptAsync(10_800m, $"for {Seller.Number(invoice)}");
        await _seller.BalanceIsAsync(invoice, 0m);
        await OrderIsAsync("C-2", "approved");

        // Before the day comes: the new day itself may ask for a new report, and that one would be fresh.
        _own.System.Bureau.Tell("Globex Corporation", BureauCase.Bankrupt);
        await TheDayIsAsync(0);
        await BankruptcyAsync();
        await ItIsAllWrittenDownAsync();
        await Eventually.Becomes(
            () => Task.FromResult(_own.System.Mail.Mails.Where(mail => mail.To.Contains(Sales)).ToList()),
            mails => mails.Count == 2, "sales is told of the approval and of the decline");
    }

    private async Task SalesWantsToKnowAsync()
    {
        var path = $"/v1/credit/policies/{_seller.Code}";
        var policy = (await _controller.GetAsync(path))["policy"]!.DeepClone();
        policy["applications"]!["sales"] = new JsonObject { ["address"] = Sales };
        using var operators = _own.As("operator");
        await operators.PutAsync(path, new { reason = "Sales wants to know.", policy });
    }

    /// <summary>Nobody is granted credit while the bureau is away, and what waited goes on when it is back.</summary>
    private async Task ApplicationAsync()
    {
        _own.System.Bureau.Tell("Globex Corporation", BureauCase.Failing);
        await CheckAsync("C-1", 12_800m, "held", "no-limit");
        var application = await _analyst.PostAsync("/v1/credit/applications", new
        {
            customerId = _seller.Customer,
            requestedLimit = Seller.Usd(30_000m),
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
        var path = $"/v1/credit/applications/{Seller.Id(application)}";
        var referred = await BecomesAsync(path, "in-review");
        Codes(referred["reasons"]).ShouldContain(Bureau);
        (await AccountAsync())["limit"].ShouldBeNull();

        _own.System.Bureau.Tell("Globex Corporation", BureauCase.Good);
        await _controller.PostAsync($"{path}/reassess", new { reason = "The bureau is back." });
        await BecomesAsync(path, "approved");
        Api.Amount((await AccountAsync())["limit"]).ShouldBe(30_000m);
    }

    /// <summary>The next report says it; from then on there is no credit at all.</summary>
    private async Task BankruptcyAsync()
    {
        var application = await _analyst.PostAsync("/v1/credit/applications", new
        {
            customerId = _seller.Customer,
            requestedLimit = Seller.Usd(40_000m),
        });
        var path = $"/v1/credit/applications/{Seller.Id(application)}";
        var declined = await BecomesAsync(path, "declined");
        Codes(declined["reasons"]).ShouldContain("bankruptcy");
        (await _analyst.GetAsync($"{path}/explanation"))["isReproduced"]!.GetValue<bool>().ShouldBeTrue();
        Codes((await AccountAsync())["placedHolds"]).ShouldBe(["bankruptcy"]);
        await CheckAsync("C-3", 1m, "declined", "bankruptcy");
        await Eventually.BecomesTrue(
            async () => (await _controller.ListAsync($"/v1/credit/alerts?customerId={_seller.Customer}")).Count > 0,
            "somebody is told");
    }

    /// <summary>Each thing on the day it happened on.</summary>
    private async Task ItIsAllWrittenDownAsync()
    {
        var history = await _controller.ListAsync($"/v1/credit/accounts/{_seller.Customer}/history?order=asc");
        var days = history.Select(one => DateTimeOffset.Parse(
            one["at"]!.GetValue<string>(), CultureInfo.InvariantCulture)).ToList();
        days.ShouldBeInOrder();
        (days[^1] - days[0]).ShouldBeGreaterThan(TimeSpan.FromDays(190));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', history.Select(one =>
            $"{one["at"]!.GetValue<string>()[..10]} {one["type"]!.GetValue<string>()}")));
    }

    /// <summary>Credit is stopped and started on another day.</summary>
    private Task TheDayIsAsync(int offset) => _own.TravelAsync(TimeSpan.FromDays(offset), "credit");

    private async Task CheckAsync(string order, decimal amount, string decision, string reason)
    {
        var check = await _seller.CheckOrderAsync(order, amount);
        check["decision"]!.GetValue<string>().ShouldBe(decision, check.ToJsonString());
        Codes(check["reasons"]).ShouldContain(reason);
    }

    private Task OrderIsAsync(string order, string decision) => Eventually.Becomes(
        () => _controller.GetAsync($"/v1/credit/order-checks/{order}"),
        check => check["decision"]!.GetValue<string>() == decision, $"{order} is {decision}");

    private Task ExposureIsAsync(decimal receivables, decimal orders) => Eventually.Becomes(
        AccountAsync,
        account => Api.Amount(account["exposure"]!["openReceivables"]) == receivables
            && Api.Amount(account["exposure"]!["openOrders"]) == orders,
        $"{receivables} is open and {orders} ordered");

    private Task<JsonNode> AccountAsync() => _controller.GetAsync($"/v1/credit/accounts/{_seller.Customer}");

    private Task<JsonNode> BecomesAsync(string path, string status) => Eventually.Becomes(
        () => _analyst.GetAsync(path), now => now["status"]!.GetValue<string>() == status, $"the case is {status}");

    private static string[] Codes(JsonNode? list) =>
        [.. list!.AsArray().Select(one => one!["code"]!.GetValue<string>())];
}
