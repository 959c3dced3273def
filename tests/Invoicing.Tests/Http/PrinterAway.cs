using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Documents;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>Runs a service of its own, which finds no browser to print with.</summary>
public sealed class PrinterAway : IAsyncLifetime
{
    private readonly InvoicingApp _app = new() { Settings = { ["Printer:Chromium"] = "/nowhere/chromium" } };

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task What_cannot_be_printed_for_a_day_keeps_the_others_waiting_no_longer()
    {
        var invoice = await _app.Client.IssueAsync(await CustomerAsync());
        var delivery = await DeliveryAsync(invoice.Id, "queued");
        var queued = await _app.Store.HistoryAsync(delivery);

        await Should.ThrowAsync<PrinterUnavailableException>(Sender(TimeSpan.FromHours(23))
            .HandleAsync(queued, CancellationToken.None));
        (await _app.Store.HistoryAsync(delivery)).Count.ShouldBe(1);
        await Sender(TimeSpan.FromHours(25)).HandleAsync(queued, CancellationToken.None);

        await DeliveryAsync(invoice.Id, "failed");
        (await _app.Client.ReadAsync($"/v1/document-deliveries/{delivery}"))["reason"].GetString()
            .ShouldBe("It could not be made.");

        ISubscription Sender(TimeSpan later) => ActivatorUtilities.CreateInstance<DocumentSender>(
            _app.Services, new StoppedClock(TimeProvider.System.GetUtcNow() + later));
    }

    [Fact]
    public async Task What_cannot_go_with_a_statement_puts_off_that_statement_alone()
    {
        var customer = await CustomerAsync();
        var invoice = await _app.Client.IssueAsync(customer, 100);
        await using (var connection = await _app.Database.Source.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "update invoices set number = number || 'x' where invoice_id = @Id", new { invoice.Id });
        }

        var statement = (await _app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = TestApi.Today, to = TestApi.Today, pdf = false }))
            .ShouldBe(HttpStatusCode.Created);

        (await Eventually.Becomes(
            () => _app.Client.ReadAsync($"/v1/statements/{statement.Id}"),
            one => one["status"].GetString() == "not-sent", "it is put off"))["reason"].GetString()
            .ShouldBe("What goes with it could not be made.");
    }

    private async Task<Guid> DeliveryAsync(Guid document, string status) => (await Eventually.Becomes(
        () => _app.Client.ReadAsync($"/v1/document-deliveries?documentId={document}&status={status}"),
        list => list["items"].GetArrayLength() == 1, $"it is {status}"))["items"][0].GetProperty("id").GetGuid();

    private async Task<Guid> CustomerAsync()
    {
        var id = await _app.Client.RegisterAsync(await _app.EntityAsync());
        (await _app.Client.PutAsync($"/v1/customers/{id}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email = "ana@globex.example" } },
            invoices = new { mail = true },
            statements = new { attachInvoices = true },
        })).ShouldBe(HttpStatusCode.OK);
        return id;
    }
}
