using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrderToCash.Invoicing.EInvoices;

namespace OrderToCash.Invoicing.Tests.Http;

public class EInvoices(InvoicingApp app)
{
    [Theory]
    [InlineData("ubl")]
    [InlineData("cii")]
    public async Task An_issued_invoice_goes_out_and_comes_in_again_with_the_same_totals(string format)
    {
        var (entity, customer) = await SellerAsync();
        var invoice = await IssueAsync(customer, 0.19m);
        var (status, xml, type) = await app.Client.BytesAsync(
            $"/v1/invoices/{invoice.Id}/e-invoice?format={format}", "application/xml");
        (status, type).ShouldBe((HttpStatusCode.OK, "application/xml"), Encoding.UTF8.GetString(xml));
        var check = (await SendAsync("/v1/e-invoices/check", xml)).ShouldBe(HttpStatusCode.OK)["invoice"];
        check.GetProperty("totals").GetProperty("gross").GetString()
            .ShouldBe(invoice["total"].GetProperty("amount").GetString());

        var other = await app.Client.RegisterAsync(entity, currency: "EUR");
        (await SendAsync($"/v1/e-invoices?customerId={other}", xml))
            .ShouldBe(HttpStatusCode.Conflict, "already-issued");
        xml = Elsewhere(xml);
        var imported = (await SendAsync($"/v1/e-invoices?customerId={other}", xml)).ShouldBe(HttpStatusCode.Created);
        foreach (var total in new[] { "net", "tax", "total" })
            imported[total].ToString().ShouldBe(invoice[total].ToString());
        imported["dueDate"].GetString().ShouldBe(invoice["dueDate"].GetString());
        imported["contractReference"].GetString().ShouldBe("FRAME-7");

        (await SendAsync($"/v1/e-invoices?customerId={other}", xml))
            .ShouldBe(HttpStatusCode.Conflict, "already-imported");
    }

    [Fact]
    public async Task A_document_sent_many_times_at_once_is_imported_once()
    {
        var (entity, customer) = await SellerAsync();
        var invoice = await IssueAsync(customer, 0.19m);
        var xml = await BilledElsewhereAsync(invoice);
        var other = await app.Client.RegisterAsync(entity, currency: "EUR");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => SendAsync($"/v1/e-invoices?customerId={other}", xml)));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer is { Status: HttpStatusCode.Conflict, Code: "already-imported" }).ShouldBe(7);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={other}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_credit_memo_goes_out_as_a_credit_note_and_comes_in_as_one()
    {
        var (entity, customer) = await SellerAsync();
        var memo = (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "return",
            lines = new[] { new { description = "Widget", quantity = "2", unitPrice = "9.99", taxRate = "0.19" } },
        })).ShouldBe(HttpStatusCode.Created);
        var (_, xml, _) = await app.Client.BytesAsync($"/v1/credit-memos/{memo.Id}/e-invoice", "application/xml");
        Encoding.UTF8.GetString(xml).ShouldContain("<CreditNote");

        var other = await app.Client.RegisterAsync(entity, currency: "EUR");
        xml = Elsewhere(xml);
        var imported = (await SendAsync($"/v1/e-invoices?customerId={other}", xml)).ShouldBe(HttpStatusCode.Created);
        imported["open"].ToString().ShouldBe(memo["total"].ToString());

        // Bands hold on this way in as on every other (I-19), and two approvals of one document credit it once.
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new
        {
            rules = new[] { new { kind = "credit-memo", upTo = (decimal?)null, approvals = 1, role = "controller" } },
        })).ShouldBe(HttpStatusCode.OK);
        var next = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(xml).Replace("EXT-", "EXT-2-", StringComparison.Ordinal));
        var approvals = new List<(Guid Id, HttpStatusCode Outcome)>();
        var controller = app.Approver("cora", "controller");
        foreach (var status in new[] { HttpStatusCode.OK, HttpStatusCode.Conflict })
        {
            var waiting = (await SendAsync($"/v1/e-invoices?customerId={other}", next))
                .ShouldBe(HttpStatusCode.Accepted);
            approvals.Add((waiting.Id, status));
        }

        foreach (var (id, status) in approvals)
        {
            (await controller.PostAsync($"/v1/approvals/{id}/approve", new { reason = "as agreed" })).Status
                .ShouldBe(status);
        }

        (await app.Client.ReadAsync($"/v1/credit-memos?customerId={other}"))["items"].GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task What_was_paid_before_and_what_corrects_another_invoice_is_not_billed_a_second_time()
    {
        var (_, customer) = await SellerAsync();
        var xml = Encoding.UTF8.GetString(await BilledElsewhereAsync(await IssueAsync(customer, 0.19m)));
        const string payable = "<cbc:PayableAmount currencyID=\"EUR\">";
        var at = xml.IndexOf(payable, StringComparison.Ordinal) + payable.Length;
        var total = decimal.Parse(xml[at..xml.IndexOf('<', at)], CultureInfo.InvariantCulture);
        var prepaid = xml.Replace(
            FormattableString.Invariant($"{payable}{total}"),
            FormattableString.Invariant(
                $"<cbc:PrepaidAmount currencyID=\"EUR\">10.00</cbc:PrepaidAmount>{payable}{total - 10}"),
            StringComparison.Ordinal);
        var correction = xml.Replace(">380<", ">384<", StringComparison.Ordinal);
        var huge = xml.Replace(">3</cbc:Inv", $">{new string('9', 25)}</cbc:Inv", StringComparison.Ordinal);
        var credit = xml.Replace(">380<", ">381<", StringComparison.Ordinal);

        foreach (var (text, code) in new[]
        {
            (prepaid, "not-importable"), (correction, "not-importable"), (huge, "e-invoice-rules"),
            (huge.Replace(">19.99<", $">{new string('9', 28)}<", StringComparison.Ordinal), "not-importable"),
            (credit, "e-invoice-rules"),
        })
        {
            text.ShouldNotBe(xml);
            (await SendAsync($"/v1/e-invoices?customerId={customer}", Encoding.UTF8.GetBytes(text)))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, code);
        }

        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_breaks_a_rule_is_refused_and_leaves_nothing()
    {
        var (_, customer) = await SellerAsync();
        var invoice = await IssueAsync(customer, 0.19m);
        var (_, xml, _) = await app.Client.BytesAsync($"/v1/invoices/{invoice.Id}/e-invoice", "application/xml");
        const string payable = "<cbc:PayableAmount currencyID=\"EUR\">";
        var wrong = Encoding.UTF8.GetString(xml).Replace(payable, $"{payable}1", StringComparison.Ordinal);

        var refused = (await SendAsync($"/v1/e-invoices?customerId={customer}", Encoding.UTF8.GetBytes(wrong)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "e-invoice-rules");
        refused["errors"].TryGetProperty("BR-CO-16", out _).ShouldBeTrue(refused.Text);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(1);
        (await SendAsync($"/v1/e-invoices?customerId={customer}", "<!DOCTYPE a><a/>"u8.ToArray()))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "not-xml");
    }

    [Fact]
    public async Task An_invoice_of_another_seller_is_no_receivable()
    {
        var (_, customer) = await SellerAsync();
        var invoice = await IssueAsync(customer, 0.19m);
        var (_, xml, _) = await app.Client.BytesAsync($"/v1/invoices/{invoice.Id}/e-invoice", "application/xml");
        var others = Encoding.UTF8.GetString(xml).Replace("DE123456789", "DE999999999", StringComparison.Ordinal);

        (await SendAsync($"/v1/e-invoices?customerId={customer}", Encoding.UTF8.GetBytes(others)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "not-importable");
    }

    [Fact]
    public async Task Without_a_letterhead_the_missing_parts_are_named()
    {
        var entity = await app.EntityAsync("EUR");
        var invoice = await IssueAsync(await app.Client.RegisterAsync(entity, currency: "EUR"), 0.19m);

        var refused = (await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}/e-invoice"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "e-invoice-rules");
        refused["errors"].EnumerateObject().Select(error => error.Name).ShouldBe(["BR-S-02"]);
    }

    private async Task<(string Entity, Guid Customer)> SellerAsync()
    {
        var entity = await app.EntityAsync("EUR");
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/letterhead", new
        {
            name = "Muster GmbH",
            address = new { street = "Hauptstr. 1", city = "Berlin", postalCode = "10115" },
            taxId = "DE123456789",
            bankAccount = "DE89370400440532013000",
        })).ShouldBe(HttpStatusCode.OK);
        return (entity, await app.Client.RegisterAsync(entity, currency: "EUR"));
    }

    /// <summary>The same document under the number of another billing system.</summary>
    private static byte[] Elsewhere(byte[] xml) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(xml)
        .Replace(">INV-", ">EXT-", StringComparison.Ordinal).Replace(">CM-", ">EXT-", StringComparison.Ordinal));

    private async Task<byte[]> BilledElsewhereAsync(Answer invoice) => Elsewhere((await app.Client.BytesAsync(
        $"/v1/invoices/{invoice.Id}/e-invoice", "application/xml")).Bytes);

    private async Task<Answer> IssueAsync(Guid customerId, decimal taxRate)
    {
        var lines = new object[]
        {
            new { description = "Widget", quantity = "3", unitPrice = "19.99", taxRate, discount = "5.00" },
            new { description = "Freight", quantity = "1", unitPrice = "7.33", taxRate },
        };
        return (await app.Client.PostAsync("/v1/invoices", new
        {
            customerId,
            invoiceDate = TestApi.Today,
            contractReference = "FRAME-7",
            lines,
        })).ShouldBe(HttpStatusCode.Created);
    }

    private async Task<Answer> SendAsync(string path, byte[] xml)
    {
        using var content = new ByteArrayContent(xml);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        using var response = await app.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }
}
