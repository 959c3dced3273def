using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Remittance advices that come in files: all that are new or none, and each finds its money.</summary>
public sealed class Files_of_advices(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task are_taken_with_exactly_what_is_in_them_or_refused()
    {
        foreach (var file in Corpus.Below("edi").Where(one => one.Contains("820", StringComparison.Ordinal))
            .DefaultIfEmpty(Corpus.Missing))
        {
            if (Corpus.IsMissing(file))
                return;
            var truth = Corpus.Truth(file).GetProperty("transactions")[0];
            var before = await app.ScalarAsync<long>("select count(*) from remittances");
            if (!truth.GetProperty("se_count_ok").GetBoolean())
            {
                (await PostAsync(Corpus.Bytes(file), 422)).ShouldHaveCode("statement-summary-differs");
                (await app.ScalarAsync<long>("select count(*) from remittances")).ShouldBe(before);
                continue;
            }

            var taken = (await PostAsync(Corpus.Bytes(file), 201)).Items("remittances").ShouldHaveSingleItem();
            taken.Amount("amount").ShouldBe(
                decimal.Parse(truth.GetProperty("BPR")[0].GetString()!, CultureInfo.InvariantCulture));
            taken.Items("lines").Sum(line => line.Amount("paid")).ShouldBe(truth.Number("sum_RMR_paid"));
            (await PostAsync(Corpus.Bytes(file), 409)).ShouldHaveCode("remittance-already-received");
            var kept = $"/v1/remittances/{taken.Id()}/file";
            (await app.Client.GetByteArrayAsync(kept)).ShouldBe(Corpus.Bytes(file));
            using var canadian = app.ClientWith("cash:read", "CA01");
            (await canadian.ReadAsync(kept, 403)).ShouldHaveCode("entity-not-allowed");
        }
    }

    /// <summary>One before its money, one after it; what is kept back of no document is kept back of an item.</summary>
    [Fact]
    public async Task apply_the_money_of_each_whichever_comes_first()
    {
        var first = await app.Invoicing.InvoiceAsync("INV-US01-2026-730001", 80m);
        var second = await app.Invoicing.InvoiceAsync("INV-US01-2026-730002", 40m);
        var third = await app.Invoicing.InvoiceAsync("INV-US01-2026-730003", 55m);
        var waiting = (await app.Client.PostAsync("/v1/receipts", Receipt("55.00", "TRACE-730B"))).Id();
        var file = await PostAsync(X12(
            "BPR*C*110.00*C*ACH*CTX************20261103~TRN*1*TRACE-730A~CUR*PR*USD~" +
            "N1*PR*Globex Corporation*91*CUST-US01-000001~ENT*1~ADX*-10.00*01~" +
            "RMR*IV*INV-US01-2026-730001**80.00~RMR*IV*INV-US01-2026-730002**40.00~",
            "BPR*C*55.00*C*ACH*CTX************20261103~TRN*1*TRACE-730B~CUR*PR*USD~ENT*1~" +
            "RMR*IV*INV-US01-2026-730003**55.00~"), 201);
        (file.Text("format"), file.Items("remittances").Length).ShouldBe(("x12.820", 2));
        file.Items("remittances")[0].Id("customerId").ShouldBe(Invoicing.Globex);
        var applied = await Eventually.Becomes(() => app.Client.ReadAsync($"/v1/receipts/{waiting}"),
            now => now.Items("allocations").Length == 1, "the money that waited is applied");
        applied.Items("allocations").Single().Id("invoiceId").ShouldBe(third);

        var late = await app.Client.PostAsync("/v1/receipts", Receipt("110.00", "TRACE-730A"));
        late.Items("allocations").Select(item => (item.Id("invoiceId"), item.Amount("amount")))
            .ShouldBe([(first, 70m), (second, 40m)]);
        late.Items("allocations")[0].GetProperty("deduction").Amount("amount").ShouldBe(10m);
    }

    /// <summary>CASH-04: only the adjustment of the advice names the credit memo.</summary>
    [Fact]
    public async Task take_off_the_credit_memo_that_they_keep_back_of_no_document()
    {
        await app.Client.PutAsync(
            "/v1/cash-policies/US01", new { autoApplyThreshold = "0.90", takesOffCreditMemos = true });
        await app.Invoicing.InvoiceAsync("INV-US01-2026-730011", 1000m);
        var (memo, total) = (Ids.From("test-memo", "730017"), new MoneyAmount(100m, "USD"));
        await app.Invoicing.PublishAsync(
            new CreditMemoIssued(
                memo, "CM-US01-2026-730017", "US01", Invoicing.Globex, new DateOnly(2026, 10, 20), "goodwill", null,
                total, total with { Amount = 0m }, total), 1);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>($"select exists (select 1 from credit_memos where credit_memo_id = '{memo}')"),
            "the credit memo is known");
        await PostAsync(X12(
            "BPR*C*900.00*C*ACH*CTX************20261103~TRN*1*TRACE-730D~CUR*PR*USD~ENT*1~" +
            "ADX*-100.00*01*CM*CM-US01-2026-730017~RMR*IV*INV-US01-2026-730011**1000.00~"), 201);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("900.00", "TRACE-730D"));
        var allocation = receipt.Items("allocations").ShouldHaveSingleItem();
        allocation.Amount("amount").ShouldBe(900m);
        allocation.Items("credits").ShouldHaveSingleItem().Id("creditMemoId").ShouldBe(memo);
    }

    /// <summary>
    /// A payer's file that repeats what was sent before brings what is new of it; what it repeats is named.
    /// </summary>
    [Fact]
    public async Task are_taken_without_what_was_received_before()
    {
        const string first = "BPR*C*21.00*C*ACH~TRN*1*TRACE-760A~ENT*1~RMR*IV*INV-US01-2026-760001**21.00~";
        const string second = "BPR*C*22.00*C*ACH~TRN*1*TRACE-760B~ENT*1~RMR*IV*INV-US01-2026-760002**22.00~";
        const string third = "BPR*C*23.00*C*ACH~TRN*1*TRACE-760C~ENT*1~RMR*IV*INV-US01-2026-760003**23.00~";
        (await PostAsync(X12(first), 201)).Items("alreadyReceived").ShouldBeEmpty();
        var file = X12(second, first, third, second);
        var taken = await PostAsync(file, 201);
        taken.Items("remittances").Select(advice => advice.Text("paymentReference"))
            .ShouldBe(["TRACE-760B", "TRACE-760C"]);
        taken.Items("alreadyReceived")
            .Select(known => (
                known.GetProperty("advice").GetInt32(), known.Text("paymentReference"), known.Amount("amount")))
            .ShouldBe([(2, "TRACE-760A", 21m), (4, "TRACE-760B", 22m)]);
        (await app.Client.GetByteArrayAsync($"/v1/remittances/{taken.Items("remittances")[1].Id()}/file"))
            .ShouldBe(file);
        (await PostAsync(file, 409)).ShouldHaveCode("remittance-already-received");

        // What was closed may be sent again, once.
        await app.Client.PostAsync(
            $"/v1/remittances/{taken.Items("remittances")[0].Id()}/close", new { reason = "no money came" }, 200);
        (await PostAsync(file, 201)).Items("remittances").ShouldHaveSingleItem().Text("paymentReference")
            .ShouldBe("TRACE-760B");
        (await PostAsync(file, 409)).ShouldHaveCode("remittance-already-received");
    }

    [Fact]
    public async Task are_taken_whole_or_not_at_all()
    {
        var before = await app.ScalarAsync<long>("select count(*) from remittances");
        var refused = await PostAsync(X12(
            "BPR*C*10.00*C*ACH~TRN*1*TRACE-740A~ENT*1~RMR*IV*INV-X**10.00~",
            "BPR*C*0.00*C*ACH~TRN*1*TRACE-740B~ENT*1~RMR*IV*INV-Y**0.00~"), 422);
        refused.ShouldHaveCode("amount-not-positive");
        refused.Text("detail").ShouldStartWith("Advice 2 ");
        (await PostAsync(Encoding.ASCII.GetBytes("hello"), 422)).ShouldHaveCode("unsupported-format");
        (await PostAsync([], 422)).ShouldHaveCode("empty-file");
        (await app.ScalarAsync<long>("select count(*) from remittances")).ShouldBe(before);
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        using var content = new ByteArrayContent(X12("BPR*C*10.00*C*ACH~TRN*1*T~ENT*1~RMR*IV*INV-X**10.00~"));
        (await canadian.PostAsync("/v1/remittances?legalEntity=US01", content, 403))
            .ShouldHaveCode("entity-not-allowed");
        using var nobodys = new ByteArrayContent(X12("BPR*C*10.00*C*ACH~TRN*1*T~ENT*1~RMR*IV*INV-X**10.00~"));
        await app.Client.PostAsync("/v1/remittances", nobodys, 400);
    }

    [Fact]
    public async Task in_csv_are_read_by_a_mapping()
    {
        await app.Client.PutAsync("/v1/csv-mappings/advices", new
        {
            kind = "remittance",
            delimiter = ";",
            paymentReference = "Payment",
            paymentAmount = "Total",
            partyName = "Payer",
            documentNumber = "Invoice",
            amount = "Paid",
            adjustment = "Kept",
            adjustmentReason = "Why",
            fixedCurrency = "USD",
        }, 201);
        const string csv = "Payment;Total;Payer;Invoice;Paid;Kept;Why\n" +
            "CSV-1;90.00;Globex;INV-US01-2026-750001;60.00;-5.00;damaged\n" +
            "CSV-1;90.00;Globex;INV-US01-2026-750002;30.00;;\nCSV-2;12.50;Initech;INV-US01-2026-750003;12.50;;\n";
        var taken = (await PostAsync(Encoding.UTF8.GetBytes(csv), 201, "&mapping=advices")).Items("remittances");
        taken.Select(advice => (advice.Text("paymentReference"), advice.Amount("amount"), advice.Items("lines").Length))
            .ShouldBe([("CSV-1", 90m, 2), ("CSV-2", 12.50m, 1)]);
        taken[0].Items("lines")[0].Items("adjustments").Single().Amount("amount").ShouldBe(-5m);
        var broken = csv.Replace("30.00", "30,00", StringComparison.Ordinal).Replace("CSV-", "CSVX-",
            StringComparison.Ordinal);
        var refused = await PostAsync(Encoding.UTF8.GetBytes(broken), 422, "&mapping=advices");
        refused.ShouldHaveCode("amount-unreadable");
        refused.Text("detail").ShouldContain("Line 3");
        (await app.Client.SendAsync(HttpMethod.Post, "/v1/bank-statements?mapping=advices",
            new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), 422)).ShouldHaveCode("unknown-mapping");
        (await app.Client.PutAsync("/v1/csv-mappings/advices2",
            new { kind = "remittance", amount = "Paid", fixedCurrency = "USD" }, 422))
            .ShouldHaveCode("invalid-mapping");
    }

    private static byte[] X12(params string[] advices)
    {
        var text = new StringBuilder(
            "ISA*00*          *00*          *ZZ*PAYER          *ZZ*US01           *261102*0800*" +
            "U*00401*000000007*0*P*>~GS*RA*PAYER*US01*20261102*0800*7*X*004010~");
        foreach (var (index, advice) in advices.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"ST*820*{index + 1:0000}~{advice}")
                .Append(CultureInfo.InvariantCulture, $"SE*{advice.Count(c => c == '~') + 2}*{index + 1:0000}~");
        }

        return Encoding.ASCII.GetBytes(
            text.Append(CultureInfo.InvariantCulture, $"GE*{advices.Length}*7~IEA*1*000000007~").ToString());
    }

    private Task<JsonElement> PostAsync(byte[] content, int status, string query = "")
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/edi-x12");
        return app.Client.SendAsync(HttpMethod.Post, $"/v1/remittances?legalEntity=US01{query}", body, status);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
