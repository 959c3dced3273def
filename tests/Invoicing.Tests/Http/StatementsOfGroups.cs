using System.Net;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>Statements of parents, and of customers that turned out to be one.</summary>
[Collection("Read models")]
public class StatementsOfGroups(InvoicingApp app)
{
    [Fact]
    public async Task What_a_parent_pays_for_its_subsidiary_is_nobodys_money_any_more()
    {
        var entity = await app.EntityAsync();
        var (parent, subsidiary) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        var invoice = await app.Client.IssueAsync(subsidiary, 60, TestApi.Today);
        await app.Client.IssueAsync(parent, 10, TestApi.Today);
        var receipt = Some.NewId();
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, parent, 100, TestApi.Today, receipt));
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), invoice.Id, 60) with
        {
            ReceiptId = receipt,
            CustomerId = parent,
            LegalEntity = entity,
        });

        await Eventually.BecomesTrue(async () => await TodayAsync(parent) == (10m, 40m, -30m), "both have come");
        (await TodayAsync(subsidiary)).ShouldBe((0m, 0m, 0m));

        async Task<(decimal Closing, decimal Unapplied, decimal Due)> TodayAsync(Guid customer)
        {
            var account = (await app.Client.ReadAsync(
                $"/v1/customers/{customer}/statement?from={TestApi.Today:O}&to={TestApi.Today:O}"))["accounts"][0];
            return (account.GetProperty("closing").Amount(), account.GetProperty("unappliedCash").Amount(),
                account.GetProperty("due").Amount());
        }
    }

    [Fact]
    public async Task What_was_known_of_duplicates_is_known_of_them_for_ever()
    {
        var entity = await app.EntityAsync();
        var (survivor, duplicate) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        await app.Client.IssueAsync(survivor, 100, new DateOnly(2026, 10, 5));
        await app.Client.IssueAsync(duplicate, 7, new DateOnly(2026, 10, 6));
        var before = TimeProvider.System.GetUtcNow();
        (await app.Client.PostAsync(
            $"/v1/customers/{duplicate}/merge", new { survivorId = survivor, reason = "twice" }))
            .ShouldBe(HttpStatusCode.OK);

        (await ClosingAsync(survivor, null)).ShouldBe((survivor, 107m));
        (await ClosingAsync(duplicate, null)).ShouldBe((survivor, 107m));
        (await ClosingAsync(survivor, before)).ShouldBe((survivor, 100m));
        (await ClosingAsync(duplicate, before)).ShouldBe((duplicate, 7m));

        async Task<(Guid, decimal)> ClosingAsync(Guid id, DateTimeOffset? knownAt)
        {
            var known = knownAt is { } at ? $"&knownAt={Uri.EscapeDataString(at.ToString("O", null))}" : "";
            var statement = (await app.Client.ReadAsync(
                $"/v1/customers/{id}/statement?from=2026-10-01&to=2026-10-31{known}")).ShouldBe(HttpStatusCode.OK);
            return (statement["customerId"].GetGuid(), statement["accounts"][0].GetProperty("closing").Amount());
        }
    }
}
