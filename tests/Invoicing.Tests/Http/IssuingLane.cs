using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Tests.Http;

public class IssuingLane(InvoicingApp app)
{
    /// <summary>Requests that come at once share one write; one that fails must not fail its neighbours.</summary>
    [Fact]
    public async Task A_request_that_cannot_be_carried_out_harms_no_other_in_its_write()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var accounts = await BillingAccounts.LoadAsync(app.Database.Source, [customer], CancellationToken.None);
        var draft = InvoiceDraft.Of(
            new IssueInvoice(customer, [new IssueInvoiceLine("Widget", 1, 100)]), accounts[customer],
            TimeProvider.System.GetUtcNow()).Draft!;
        var lane = app.Services.GetRequiredService<InvoiceIssuing>();
        using var others = new ManualResetEventSlim();

        // The first holds the lane until the others wait behind it; they are then taken together.
        var first = IssueAsync(() => others.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue());
        var good = IssueAsync(() => { });
        var bad = IssueAsync(() => throw new InvalidOperationException("no answer"));
        var last = IssueAsync(() => { });
        others.Set();

        await Should.ThrowAsync<InvalidOperationException>(() => bad);
        foreach (var one in new[] { first, good, last })
            ((Reply)await one).Status.ShouldBe((int)HttpStatusCode.Created);
        var numbers = (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}&sort=number"))["items"]
            .EnumerateArray().Select(item => item.GetProperty("number").GetString());
        numbers.ShouldBe(Enumerable.Range(1, 3).Select(n => $"INV-{entity}-{TestApi.Today.Year}-{n:D6}"));

        Task<IResult> IssueAsync(Action answer) => lane.IssueAsync(
            new IssueRequest([draft], new EventMetadata("test"), null, issued =>
            {
                answer();
                return Reply.Created("/", new { issued[0].Event.Number });
            }),
            CancellationToken.None);
    }

    [Theory]
    [InlineData("/v1/customers", """{"legalEntity":"X","name":"A","currency":"USD","country":"US","terms":"N","contacts":[null]}""")]
    [InlineData("/v1/invoices", """{"customerId":"01a20ac1-6efb-70fa-aea6-de79a033b788","lines":[null]}""")]
    public async Task A_null_in_a_list_is_malformed_and_no_defect(string path, string body)
    {
        using var json = System.Text.Json.JsonDocument.Parse(body);
        (await app.Client.PostAsync(path, json.RootElement)).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
    }
}
