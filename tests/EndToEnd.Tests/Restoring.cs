using System.Net;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>A service's database is lost and comes back from a backup, as deploy/BACKUP.md says.</summary>
public sealed class Restoring(RunningSystem system) : IAsyncLifetime
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
    public async Task a_service_restored_from_a_backup_catches_up_with_what_the_others_know()
    {
        var seller = await Seller.OpenAsync(_api, "BACKUP");
        var paid = await seller.InvoiceAsync(100m, daysAgo: 0);
        await LimitAsync(seller, 1_000m);
        await ReceivablesAreAsync(seller, 108m);
        await seller.OpenItemIsAsync(Seller.Number(paid), 108m);
        var credit = system.System.Instance("credit");

        // The backup is taken while the service works.
        var taking = DatabaseBackup.TakeAsync(system.System.DatabaseOf(credit.Program));
        for (var number = 0; number < 5; number++)
            await seller.InvoiceAsync(10m, daysAgo: 0);
        using var backup = await taking;

        // What comes now is in no backup: an invoice, a payment, a new customer, and a decision of Credit's own.
        await seller.InvoiceAsync(200m, daysAgo: 0);
        await seller.ReceiptAsync(108m, Seller.Number(paid));
        var late = await Seller.OpenAsync(_api, "BACKUPLATE");
        await late.InvoiceAsync(20m, daysAgo: 0);
        await LimitAsync(seller, 5_000m);
        await ReceivablesAreAsync(seller, (5 * 10.80m) + 216m);
        await ReceivablesAreAsync(late, 21.60m);

        await credit.KillAsync();
        await backup.LoseAsync();
        await seller.InvoiceAsync(50m, daysAgo: 0);
        await backup.RestoreAsync();
        await credit.StartAgainAsync();

        // The queue kept what came meanwhile; what had been taken from it after the backup is missing.
        (await TryAccountAsync(late)).Status.ShouldBe(HttpStatusCode.NotFound);
        await AskAgainAsync("credit");

        await ReceivablesAreAsync(seller, (5 * 10.80m) + 216m + 54m);
        await ReceivablesAreAsync(late, 21.60m);
        await ReceivablesAreInvoicingsAsync(seller);
        await ReceivablesAreInvoicingsAsync(late);

        // Its own decision after the backup is nobody else's to repeat.
        Api.Amount((await AccountAsync(seller))["limit"]).ShouldBe(1_000m);
    }

    private async Task AskAgainAsync(string service)
    {
        using var operations = system.As("operator");
        var answer = await operations.TryAsync(HttpMethod.Post, $"/admin/{service}/catch-up");
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
    }

    private Task LimitAsync(Seller seller, decimal limit) => _api.PutAsync(
        $"/v1/credit/accounts/{seller.Customer}/limit", new { limit = Seller.Usd(limit), reason = "agreed" });

    private Task<Answer> TryAccountAsync(Seller seller) =>
        _api.TryAsync(HttpMethod.Get, $"/v1/credit/accounts/{seller.Customer}");

    private Task<JsonNode> AccountAsync(Seller seller) => _api.GetAsync($"/v1/credit/accounts/{seller.Customer}");

    private async Task ReceivablesAreAsync(Seller seller, decimal amount) => await Eventually.Becomes(
        async () => await TryAccountAsync(seller),
        answer => answer.Status == HttpStatusCode.OK && Receivables(answer.Body) == amount,
        $"{seller.Code}'s customer owes {amount} as far as credit knows");

    /// <summary>The replica equals its source.</summary>
    private async Task ReceivablesAreInvoicingsAsync(Seller seller)
    {
        var invoices = await _api.ListAsync($"/v1/invoices?customerId={seller.Customer}");
        Receivables(await AccountAsync(seller)).ShouldBe(invoices.Sum(invoice => Api.Amount(invoice["balance"])));
    }

    private static decimal Receivables(JsonNode account) => Api.Amount(account["exposure"]!["openReceivables"]);
}
