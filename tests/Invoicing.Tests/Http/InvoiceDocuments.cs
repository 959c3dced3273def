using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrderToCash.Local.Servers;

namespace OrderToCash.Invoicing.Tests.Http;

public class InvoiceDocuments(InvoicingApp app)
{
    [Fact]
    public async Task INV15_an_issued_document_is_the_same_bytes_after_everything_has_changed()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity, "Globex S.A.");
        await LetterheadAsync(entity, "Acme Inc");
        var invoice = await app.Client.IssueAsync(customer, 1_234.5m);
        var path = $"/v1/invoices/{invoice.Id}/document";
        (string Query, string Accept)[] forms =
            [("", "text/html"), ("?format=pdf", "text/html"), ("?language=es&format=html", "*/*"), ("", "*/*")];
        var before = new List<byte[]>();
        foreach (var (query, accept) in forms)
            before.Add((await app.Client.BytesAsync($"{path}{query}", accept)).Bytes);

        await LetterheadAsync(entity, "Renamed Inc");
        await app.Client.PutAsync($"/v1/customers/{customer}", new { name = "Other", country = "CA", terms = "EOM" });
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);

        foreach (var ((query, accept), bytes) in forms.Zip(before))
            (await app.Client.BytesAsync($"{path}{query}", accept)).Bytes.ShouldBe(bytes, query);
        foreach (var pdf in new[] { before[1], before[3] })
            Encoding.Latin1.GetString(pdf).ShouldStartWith("%PDF-");
        var (english, spanish) = (Encoding.UTF8.GetString(before[0]), Encoding.UTF8.GetString(before[2]));
        foreach (var word in new[] { "Invoice ", "Acme Inc", "Globex S.A.", "1,234.50" })
            english.ShouldContain(word);
        spanish.ShouldContain("<h1>Factura ");
        (await DigestAsync(path)).ShouldBe($"sha-256=:{Convert.ToBase64String(SHA256.HashData(before[3]))}:");
    }

    [Fact]
    public async Task Every_kind_of_document_has_a_page()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var lines = new[] { new { description = "Widget", quantity = "2", unitPrice = "9.99", taxRate = "0.19" } };
        var memo = (await app.Client.PostAsync(
            "/v1/credit-memos", new { customerId = customer, reason = "return", lines }))
            .ShouldBe(HttpStatusCode.Created);
        var debit = (await app.Client.PostAsync("/v1/debit-memos", new { customerId = customer, lines }))
            .ShouldBe(HttpStatusCode.Created);
        var deposit = (await app.Client.PostAsync("/v1/deposits", new { customerId = customer, lines }))
            .ShouldBe(HttpStatusCode.Created);

        (await PageAsync($"/v1/credit-memos/{memo.Id}")).ShouldContain("<h1>Credit memo CM-");
        (await PageAsync($"/v1/invoices/{debit.Id}")).ShouldContain("<h1>Debit memo DM-");
        (await PageAsync($"/v1/invoices/{deposit.Id}")).ShouldContain("<h1>Deposit invoice DEP-");
        (await app.Client.ReadAsync($"/v1/invoices/{memo.Id}/document")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.ReadAsync($"/v1/credit-memos/{debit.Id}/document"))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Others_and_forms_that_there_are_not_are_refused()
    {
        var invoice = await app.Client.IssueAsync(await app.Client.RegisterAsync(await app.EntityAsync()));
        var path = $"/v1/invoices/{invoice.Id}/document";

        (await app.ClientWith("invoicing:read", "US99").ReadAsync(path))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await app.Client.ReadAsync($"{path}?format=docx")).ShouldBe(HttpStatusCode.BadRequest, "bad-format");
        (await app.Client.ReadAsync($"{path}?language=de")).ShouldBe(HttpStatusCode.BadRequest, "bad-language");
    }

    private async Task<string> PageAsync(string document)
    {
        var (status, bytes, type) = await app.Client.BytesAsync($"{document}/document?format=html", "*/*");
        (status, type).ShouldBe((HttpStatusCode.OK, "text/html"));
        return Encoding.UTF8.GetString(bytes);
    }

    private async Task<string> DigestAsync(string path)
    {
        using var response = await app.Client.GetAsync(path);
        return response.Headers.GetValues("Repr-Digest").ShouldHaveSingleItem();
    }

    private async Task LetterheadAsync(string entity, string name) => (await app.Client.PutAsync(
        $"/v1/legal-entities/{entity}/letterhead", new { name, address = new { street = "1 Main St" } }))
        .ShouldBe(HttpStatusCode.OK);
}
