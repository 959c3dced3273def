using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-07: 1,000 + 190 of tax, and 100 of freight + 19, of which 1,100 are paid.</summary>
public class ApplicationOrders(InvoicingApp app)
{
    [Fact]
    public async Task Are_said_by_the_legal_entity_and_kept_by_what_was_issued()
    {
        var entity = await app.EntityAsync();
        var byDefault = await PaidAsync(entity);
        var rules = new { @default = "prorate-all", invoice = "line-first-tax-after" };
        (await DefineAsync(entity, rules))["applicationRules"].GetProperty("invoice").GetString()
            .ShouldBe("line-first-tax-after");
        var lineFirst = await PaidAsync(entity);
        (await DefineAsync(entity, new { @default = "prorate-all" })).ShouldBe(HttpStatusCode.OK);
        var atOnce = await PaidAsync(entity);

        (await PartsAsync(byDefault)).ShouldBe(
            [("line", "1000.00", "924.37"), ("tax", "190.00", "175.63"), ("freight", "119.00", "0.00")]);
        (await PartsAsync(lineFirst)).ShouldBe(
            [("line", "1000.00", "1000.00"), ("tax", "190.00", "100.00"), ("freight", "119.00", "0.00")]);
        (await PartsAsync(atOnce)).ShouldBe(
            [("line", "1000.00", "840.34"), ("tax", "190.00", "159.66"), ("freight", "119.00", "100.00")]);
        (await app.Client.ReadAsync($"/v1/invoices/{lineFirst}"))["lines"][0].GetProperty("kind").GetString()
            .ShouldBe("freight");
        using var mine = app.ClientWith("invoicing:read", entity);
        (await mine.ReadAsync("/v1/legal-entities"))["items"][0].GetProperty("applicationRules")
            .GetProperty("default").GetString().ShouldBe("prorate-all");
        (await DefineAsync(entity, new { @default = "freight-first" })).ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task<Answer> DefineAsync(string entity, object applicationRules) => app.Client.PutAsync(
        $"/v1/legal-entities/{entity}",
        new { name = "Test Inc.", baseCurrency = "USD", country = "US", timeZone = "UTC", applicationRules });

    private async Task<Guid> PaidAsync(string entity)
    {
        var customerId = await app.Client.RegisterAsync(entity);
        var lines = new object[]
        {
            new { description = "Freight", quantity = "1", unitPrice = "100", taxRate = "0.19", kind = "freight" },
            new { description = "Widget", quantity = "10", unitPrice = "100", taxRate = "0.19" },
        };
        var invoice = (await app.Client.PostAsync("/v1/invoices", new { customerId, lines }))
            .ShouldBe(HttpStatusCode.Created).Id;
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 1_100));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        return invoice;
    }

    private async Task<IEnumerable<(string? Kind, string? Billed, string? Settled)>> PartsAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["parts"].EnumerateArray().Select(part => (
            part.GetProperty("kind").GetString(), part.GetProperty("billed").GetProperty("amount").GetString(),
            part.GetProperty("settled").GetProperty("amount").GetString()));
}
