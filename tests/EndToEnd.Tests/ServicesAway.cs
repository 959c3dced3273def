using System.Net;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>A service is killed: the others go on, and it catches up when it is back.</summary>
public sealed class ServicesAway(RunningSystem system) : IAsyncLifetime
{
    private readonly Api _api = system.Controller;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Whatever happened in a test, the next one finds everything running.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var instance in system.System.Instances.Where(instance => instance.HasExited))
            await instance.StartAgainAsync();
    }

    [Fact]
    public async Task without_credit_the_rest_works_and_credit_catches_up()
    {
        var seller = await Seller.OpenAsync(_api, "AWAYCR");
        var credit = await KillAsync("credit");

        var invoice = await seller.InvoiceAsync(100m, daysAgo: 0);
        var answer = await _api.TryAsync(HttpMethod.Get, $"/v1/credit/accounts/{seller.Customer}");
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Problem.ShouldBe("unavailable");
        answer.Message.Headers.RetryAfter.ShouldNotBeNull();

        var account = await _api.GetAsync($"/v1/customers/{seller.Customer}/account");
        account["credit"].ShouldBeNull();
        Names(account["unavailable"]).ShouldBe(["credit"]);
        account["invoices"]!["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<Guid>()
            .ShouldBe(Seller.Id(invoice));

        await credit.StartAgainAsync();
        await Eventually.Becomes(
            () => _api.TryAsync(HttpMethod.Get, $"/v1/credit/accounts/{seller.Customer}"),
            now => now.Status == HttpStatusCode.OK
                && Api.Amount(now.Body["exposure"]!["openReceivables"]) == 108m,
            "credit learns of the invoice that was issued while it was away");
        await Eventually.BecomesTrue(
            async () => (await _api.GetAsync($"/v1/customers/{seller.Customer}/account"))["unavailable"]!
                .AsArray().Count == 0,
            "the composed account is whole again");
    }

    [Fact]
    public async Task one_instance_of_two_that_is_away_leaves_no_gap_in_what_is_composed()
    {
        // Nobody listens on port 9, where the first instance of Credit should be.
        await using var own = await system.AnotherAsync(
            new Dictionary<string, string>
            {
                ["ReverseProxy__Clusters__credit__Destinations__0__Address"] = "http://127.0.0.1:9",
            },
            [.. ServiceProgram.All.Select(program => program.Name)]);
        using var api = own.As("controller");

        for (var time = 0; time < 20; time++)
            Names((await api.GetAsync("/v1/approvals"))["unavailable"]).ShouldNotContain("credit");
    }

    [Fact]
    public async Task without_invoicing_money_is_taken_stays_pending_and_is_not_asked_for()
    {
        var seller = await Seller.OpenAsync(_api, "AWAYIN");
        var invoice = await seller.InvoiceAsync(100m, daysAgo: 60);
        await seller.OpenItemIsAsync(Seller.Number(invoice), 108m);
        await OverdueIsAsync(seller, 108m);
        var invoicing = await KillAsync("invoicing");

        var receipt = await seller.ReceiptAsync(108m, Seller.Number(invoice));
        Api.Amount(receipt["pending"]).ShouldBe(108m);
        (await _api.TryAsync(HttpMethod.Get, $"/v1/invoices/{Seller.Id(invoice)}")).Status
            .ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Eventually.BecomesTrue(
            async () => (await PreviewAsync(seller)).Count == 0, "collections knows that money is on its way");
        var run = await _api.PostAsync("/v1/collections/dunning-runs", new { legalEntity = seller.Code });
        run["notices"]!.AsArray().ShouldBeEmpty();

        await invoicing.StartAgainAsync();
        await Eventually.Becomes(
            () => _api.GetAsync($"/v1/receipts/{Seller.Id(receipt)}"),
            now => now["status"]!.GetValue<string>() == "applied", "the payment is confirmed");
        (await seller.BalanceIsAsync(invoice, 0m))["status"]!.GetValue<string>().ShouldBe("paid");
    }

    private async Task<ServiceInstance> KillAsync(string name)
    {
        var instance = system.System.Instance(name);
        await instance.KillAsync();
        return instance;
    }

    private Task OverdueIsAsync(Seller seller, decimal amount) => Eventually.Becomes(
        () => _api.ListAsync($"/v1/collections/worklist?legalEntity={seller.Code}"),
        rows => rows.Sum(row => Api.Amount(row["overdue"])) == amount, $"{amount} is overdue");

    private async Task<JsonArray> PreviewAsync(Seller seller) =>
        (await _api.PostAsync("/v1/collections/dunning-runs", new { legalEntity = seller.Code, preview = true }))
        ["notices"]!.AsArray();

    private static List<string> Names(JsonNode? list) => [.. list!.AsArray().Select(name => name!.GetValue<string>())];
}
