using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.TestKit;

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

        // INV-11: it is of a customer whose account is kept in another currency.
        var other = await app.Client.RegisterAsync(entity, currency: "USD");
        (await SendAsync($"/v1/e-invoices?customerId={other}", xml))
            .ShouldBe(HttpStatusCode.Conflict, "already-issued");
        xml = Elsewhere(xml);
        var imported = (await SendAsync($"/v1/e-invoices?customerId={other}", xml)).ShouldBe(HttpStatusCode.Created);
        foreach (var total in new[] { "net", "tax", "total" })
            imported[total].ToString().ShouldBe(invoice[total].ToString());
        imported["dueDate"].GetString().ShouldBe(invoice["dueDate"].GetString());
        imported["contractReference"].GetString().ShouldBe("FRAME-7");
        imported["externalNumber"].GetString().ShouldBe($"EXT-{entity}-{TestApi.Today.Year}-000001");
        (await app.Client.ReadAsync($"/v1/invoices?externalNumber={imported["externalNumber"]}"))["items"]
            .EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(imported.Id);
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<InvoiceIssued>(imported.Id)), heard => heard.Count == 1, "it is told");
        told[0].Items[0].ExternalNumber.ShouldBe(imported["externalNumber"].GetString());

        (await SendAsync($"/v1/e-invoices?customerId={other}", xml))
            .ShouldBe(HttpStatusCode.Conflict, "already-imported");

        // People go on paying it by that number.
        var lines = new[] { new { description = "Widget", quantity = "1", unitPrice = "5" } };
        (await app.Client.PostAsync($"/v1/invoices/{imported.Id}/correct", new { reason = "too much", lines }))
            .ShouldBe(HttpStatusCode.Created)["invoice"].GetProperty("externalNumber").GetString()
            .ShouldBe(imported["externalNumber"].GetString());
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
    public async Task A_credit_note_credits_the_invoice_that_it_names_and_no_more_than_that_billed()
    {
        var (entity, customer) = await SellerAsync();
        var invoice = await IssueAsync(customer, 0.19m);
        var memo = (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            invoiceId = invoice.Id,
            reason = "return",
            lines = new[] { new { description = "Widget", quantity = "2", unitPrice = "9.99", taxRate = "0.19" } },
        })).ShouldBe(HttpStatusCode.Created);
        var note = Elsewhere(
            (await app.Client.BytesAsync($"/v1/credit-memos/{memo.Id}/e-invoice", "application/xml")).Bytes);
        var (other, third) = (await app.Client.RegisterAsync(entity, currency: "EUR"),
            await app.Client.RegisterAsync(entity, currency: "EUR"));
        var billed = (await SendAsync(
            $"/v1/e-invoices?customerId={other}", await BilledElsewhereAsync(invoice)))
            .ShouldBe(HttpStatusCode.Created);

        var credited = (await SendAsync($"/v1/e-invoices?customerId={other}", note)).ShouldBe(HttpStatusCode.Created);
        var elsewhere = (await SendAsync($"/v1/e-invoices?customerId={third}", Numbered(note, "EXT-2")))
            .ShouldBe(HttpStatusCode.Created);

        credited["invoiceId"].GetGuid().ShouldBe(billed.Id);
        credited["status"].GetString().ShouldBe("applied");
        var after = await app.Client.ReadAsync($"/v1/invoices/{billed.Id}");
        after["credited"].ToString().ShouldBe(memo["total"].ToString());
        // Of another customer it names nothing that is known here.
        elsewhere["invoiceId"].ValueKind.ShouldBe(JsonValueKind.Null);
        var tooMuch = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Numbered(note, "EXT-3"))
            .Replace(">19.98<", ">1998<", StringComparison.Ordinal).Replace(">9.99<", ">999<", StringComparison.Ordinal)
            .Replace(">3.80<", ">379.62<", StringComparison.Ordinal)
            .Replace(">23.78<", ">2377.62<", StringComparison.Ordinal));
        (await SendAsync($"/v1/e-invoices?customerId={other}", tooMuch))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-creditable");
    }

    /// <summary>33.33 × 3.5 at 10 % comes to 117 + 12 JPY and to 116.655 + 11.666 BHD.</summary>
    [Theory]
    [InlineData("JPY", "117", "129")]
    [InlineData("BHD", "116.655", "128.321")]
    public async Task Currencies_without_and_with_three_decimals_go_out_and_come_in(
        string currency, string net, string total)
    {
        var (entity, customer) = await SellerAsync(currency);
        var invoice = (await app.Client.PostAsync("/v1/invoices", new
        {
            customerId = customer,
            invoiceDate = TestApi.Today,
            lines = new[] { new { description = "Widget", quantity = "3.5", unitPrice = "33.33", taxRate = "0.1" } },
        })).ShouldBe(HttpStatusCode.Created);
        (invoice["net"].GetProperty("amount").GetString(), invoice["total"].GetProperty("amount").GetString())
            .ShouldBe((net, total));

        foreach (var format in new[] { "ubl", "cii" })
        {
            var (status, xml, _) = await app.Client.BytesAsync(
                $"/v1/invoices/{invoice.Id}/e-invoice?format={format}", "application/xml");
            status.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(xml));
            var other = await app.Client.RegisterAsync(entity, format, currency);
            (await SendAsync($"/v1/e-invoices?customerId={other}", Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(Elsewhere(xml)).Replace("EXT-", $"{format}-", StringComparison.Ordinal))))
                .ShouldBe(HttpStatusCode.Created)["total"].ToString().ShouldBe(invoice["total"].ToString());
        }
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

    private async Task<(string Entity, Guid Customer)> SellerAsync(string currency = "EUR")
    {
        var entity = await app.EntityAsync(currency);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/letterhead", new
        {
            name = "Muster GmbH",
            address = new { street = "Hauptstr. 1", city = "Berlin", postalCode = "10115" },
            taxId = "DE123456789",
            bankAccount = "DE89370400440532013000",
        })).ShouldBe(HttpStatusCode.OK);
        return (entity, await app.Client.RegisterAsync(entity, currency: currency));
    }

    /// <summary>The same document under the number of another billing system.</summary>
    private static byte[] Elsewhere(byte[] xml) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(xml)
        .Replace(">INV-", ">EXT-", StringComparison.Ordinal).Replace(">CM-", ">EXT-", StringComparison.Ordinal));

    /// <summary>The same document of another system under another number; what it names stays.</summary>
    private static byte[] Numbered(byte[] xml, string number)
    {
        var text = Encoding.UTF8.GetString(xml);
        var at = text.IndexOf(">EXT-", StringComparison.Ordinal) + 1;
        return Encoding.UTF8.GetBytes(text[..at] + number + text[text.IndexOf('<', at)..]);
    }

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
