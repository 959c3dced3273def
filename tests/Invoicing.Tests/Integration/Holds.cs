using System.Net;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>What Collections holds back.</summary>
public class Holds(InvoicingApp app)
{
    [Fact]
    public async Task INV01_an_invoice_is_held_while_collections_holds_something_of_it_that_is_open()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var (held, other) = (await app.Client.IssueAsync(customer), await app.Client.IssueAsync(customer));
        var hold = Block(entity, customer, held.Id) with { Installment = 1, Amount = new MoneyAmount(40, "USD") };

        await app.TellAsync(hold with { Until = TestApi.Today.AddDays(-1) }, 1);
        (await HeldAsync(entity)).ShouldBeEmpty();
        await app.TellAsync(hold with { Until = TestApi.Today }, 2);

        (await HeldAsync(entity)).ShouldBe([held.Id]);
        (await HeldAsync(entity, false)).ShouldBe([other.Id]);
        var shown = (await app.Client.ReadAsync($"/v1/invoices/{held.Id}"))["holds"].EnumerateArray()
            .ShouldHaveSingleItem();
        (shown.GetProperty("holdId").GetGuid(), shown.GetProperty("kind").GetString(),
            shown.GetProperty("until").GetString(), shown.GetProperty("amount").GetProperty("amount").GetString())
            .ShouldBe((hold.HoldId, "dunning-block", $"{TestApi.Today:O}", "40.00"));
        (await app.Client.ReadAsync($"/v1/invoices/{other.Id}"))["holds"].ValueKind.ShouldBe(JsonValueKind.Null);
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await elsewhere.ReadAsync("/v1/invoices?held=true"))["items"].GetArrayLength().ShouldBe(0);

        // What is paid is asked of nobody; the word of before is late.
        (await app.Client.PostAsync($"/v1/invoices/{held.Id}/write-offs", new { reason = "lost" }))
            .ShouldBe(HttpStatusCode.OK);
        (await HeldAsync(entity)).ShouldBeEmpty();
        (await app.Client.PostAsync($"/v1/invoices/{held.Id}/recoveries", new { reason = "found", amount = "1" }))
            .ShouldBe(HttpStatusCode.OK);
        (await HeldAsync(entity)).ShouldBe([held.Id]);
        await app.TellAsync(Ended(hold), 3);
        await app.TellAsync(hold, 2);
        (await HeldAsync(entity)).ShouldBeEmpty();
    }

    [Fact]
    public async Task INV01_what_ended_before_it_was_placed_stays_so_and_one_of_the_customer_is_of_all_its_invoices()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var (first, second) = (await app.Client.IssueAsync(customer), await app.Client.IssueAsync(customer));
        var block = Block(entity, customer, first.Id);
        await app.TellAsync(Ended(block), 2);
        await app.TellAsync(block, 1);
        (await HeldAsync(entity)).ShouldBeEmpty();

        // One of a duplicate is of the survivor's, too, as far as they are one.
        var twin = await app.Client.RegisterAsync(entity, "Globex (twin)");
        await app.TellAsync(Block(entity, twin, null) with { Kind = "bankruptcy" }, 1);
        (await HeldAsync(entity)).ShouldBeEmpty();
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = customer, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);

        (await HeldAsync(entity)).ShouldBe([first.Id, second.Id], ignoreOrder: true);
        (await app.Client.PostAsync($"/v1/customers/{twin}/unmerge", new { reason = "two" }))
            .ShouldBe(HttpStatusCode.OK);
        (await HeldAsync(entity)).ShouldBeEmpty();
    }

    /// <summary>
    /// D-56: looked at whenever it is sent, as D-57 wants. A block of dunning keeps nobody from getting statements.
    /// </summary>
    [Fact]
    public async Task D56_no_statement_is_mailed_to_whom_nobody_may_get_in_touch_with_and_it_is_once_that_has_ended()
    {
        var entity = await app.EntityAsync();
        var (customer, email) = (await app.Client.RegisterAsync(entity), $"{Some.NewId():N}@globex.example");
        var twin = await app.Client.RegisterAsync(entity, "Globex (twin)");
        object contact = new { name = "Ana", role = "accounts-payable", email };
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            contacts = new[] { contact },
        })).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 5));
        var left = Block(entity, customer, null) with { Kind = "cease-and-desist" };
        await app.TellAsync(left, 1);

        var statement = await app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = "2026-10-01", to = "2026-10-31", pdf = false });

        (await AfterAsync(statement.ShouldBe(HttpStatusCode.Created))).ShouldContain("cease-and-desist");
        await app.TellAsync(Ended(left), 2);
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = customer, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);
        var internalParty = Block(entity, twin, null) with { Kind = "internal-party" };
        await app.TellAsync(internalParty, 1);
        (await AfterAsync(await SendAsync(statement.Id))).ShouldContain("internal-party");
        await app.TellAsync(internalParty with { Until = TestApi.Today.AddDays(-1) }, 2);
        await app.TellAsync(Block(entity, customer, null), 1);
        Mails().ShouldBe(0);
        await SendAsync(statement.Id);

        await Eventually.BecomesTrue(() => Mails() == 1, "it is mailed");

        int Mails() => app.Mail.Mails.Count(mail => mail.Content.Contains(email, StringComparison.Ordinal));
    }

    private async Task<Answer> SendAsync(Guid statement) =>
        (await app.Client.PostAsync($"/v1/statements/{statement}/send", new { })).ShouldBe(HttpStatusCode.OK);

    /// <summary>Why it was not sent, once that is known.</summary>
    private async Task<string> AfterAsync(Answer asked) => (await Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/statements/{asked.Id}"),
        one => one["version"].GetInt64() > asked["version"].GetInt64(), "something becomes of it"))["reason"]
        .GetString()!;

    private async Task<List<Guid>> HeldAsync(string entity, bool held = true)
    {
        var list = (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}&held={held}"))
            .ShouldBe(HttpStatusCode.OK)["items"].EnumerateArray().ToList();
        list.ShouldAllBe(item => item.GetProperty("held").GetBoolean() == held);
        return [.. list.Select(item => item.GetProperty("id").GetGuid())];
    }

    private static DunningHoldPlaced Block(string entity, Guid customer, Guid? invoice) => new(
        Some.NewId(), entity, customer, "dunning-block", invoice, null, null, null, "agreed on the phone");

    private static DunningHoldEnded Ended(DunningHoldPlaced hold) =>
        new(hold.HoldId, hold.LegalEntity, hold.CustomerId, hold.Kind, "released");
}
