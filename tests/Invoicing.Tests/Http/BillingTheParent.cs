using System.Net;
using System.Text;
using System.Text.Json;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-13: a parent may own the billing: it gets the documents, and who owes them does not change.</summary>
public class BillingTheParent(InvoicingApp app) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task INV13_documents_go_to_the_parents_address_and_contacts_and_stay_the_childs()
    {
        var entity = await app.EntityAsync();
        var (atTop, atParent, atChild) = (Email(), Email(), Email());
        var top = await RegisterAsync(entity, "Globex Holding", atTop, null, null, "9 Top Sq");
        var parent = await RegisterAsync(entity, "Globex Europe", atParent, top, null, "7 Mid Rd");
        var child = await RegisterAsync(
            entity, "Globex Lyon", atChild, parent, new { mail = true, billToParent = true }, "1 Rue Basse");

        var invoice = await app.Client.IssueAsync(child, 100);
        var delivery = await SentAsync(invoice.Id);

        delivery.GetProperty("customerId").GetGuid().ShouldBe(parent);
        (Mails(atTop), Mails(atParent), Mails(atChild)).ShouldBe((0, 1, 0));
        (await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"))["customerId"].GetGuid().ShouldBe(child);
        var page = await PageAsync(invoice.Id);
        page.ShouldContain("<div class=\"to\"><div>Globex Europe</div><div>7 Mid Rd</div>");
        page.ShouldContain("Globex Lyon · 1 Rue Basse");
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("key").GetString().ShouldBe($"{child}");

        // A parent whose own go further up hands on what comes from below.
        (await app.Client.PutAsync($"/v1/customers/{parent}", new
        {
            name = "Globex Europe",
            country = "US",
            terms = "NET 30",
            parentId = top,
            contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email = atParent } },
            invoices = new { mail = false, billToParent = true },
        })).ShouldBe(HttpStatusCode.OK);
        var later = await app.Client.IssueAsync(child, 100);
        (await SentAsync(later.Id)).GetProperty("customerId").GetGuid().ShouldBe(top);
        (Mails(atTop), Mails(atParent), Mails(atChild)).ShouldBe((1, 1, 0));
        (await PageAsync(later.Id)).ShouldContain("<div class=\"to\"><div>Globex Holding</div><div>9 Top Sq</div>");

        // What was issued before is as it was.
        (await PageAsync(invoice.Id)).ShouldBe(page);
    }

    [Fact]
    public async Task A_parent_of_another_legal_entity_gets_none_and_a_person_may_mail_it_to_the_child()
    {
        var (entity, other) = (await app.EntityAsync(), await app.EntityAsync());
        var (abroad, atParent, atStranger, atChild) = (Email(), Email(), Email(), Email());
        var parent = await RegisterAsync(entity, "Globex", atParent, null, null, "7 Mid Rd");
        var stranger = await RegisterAsync(other, "Globex GmbH", abroad, null, null, "2 Far St");
        var sold = await RegisterAsync(
            entity, "Globex Bonn", atStranger, stranger, new { mail = true, billToParent = true }, "3 Near St");
        var child = await RegisterAsync(
            entity, "Globex Lyon", atChild, parent, new { mail = true, billToParent = true }, "1 Rue Basse");

        var invoice = await app.Client.IssueAsync(sold, 100);
        (await SentAsync(invoice.Id)).GetProperty("customerId").GetGuid().ShouldBe(sold);
        (Mails(abroad), Mails(atStranger)).ShouldBe((0, 1));
        (await PageAsync(invoice.Id)).ShouldNotContain("Globex GmbH");

        var own = await app.Client.IssueAsync(child, 100);
        await SentAsync(own.Id);
        var contact = (await app.Client.ReadAsync($"/v1/customers/{child}"))["contacts"][0].GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"/v1/invoices/{own.Id}/send", new { contactId = contact }))
            .ShouldBe(HttpStatusCode.OK);
        await Eventually.BecomesTrue(() => Mails(atChild) == 1, "the child has it, too");
        Mails(atParent).ShouldBe(1);
    }

    private async Task<JsonElement> SentAsync(Guid document) => (await Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/document-deliveries?documentId={document}&status=sent"),
        list => list["items"].GetArrayLength() == 1, "it is mailed"))["items"][0];

    private async Task<string> PageAsync(Guid invoice) => Encoding.UTF8.GetString((await app.Client.BytesAsync(
        $"/v1/invoices/{invoice}/document?format=html", "text/html")).Bytes);

    private async Task<Guid> RegisterAsync(
        string legalEntity, string name, string email, Guid? parentId, object? invoices, string street) =>
        (await app.Client.PostAsync("/v1/customers", new
        {
            legalEntity,
            name,
            currency = "USD",
            country = "US",
            terms = "NET 30",
            parentId,
            contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email } },
            billTo = new { address = new { street } },
            invoices,
        })).ShouldBe(HttpStatusCode.Created).Id;

    private int Mails(string email) =>
        app.Mail.Mails.Count(mail => mail.Content.Contains(email, StringComparison.Ordinal));

    private static string Email() => $"{Some.NewId():N}@globex.example";
}
