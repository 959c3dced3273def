using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Tests.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Files of every format over HTTP: booked with exactly what is in them, or refused and nothing booked.
/// </summary>
public sealed class Files_of_every_format(CashApp app) : IClassFixture<CashApp>
{
    /// <summary>Credits that are no receipts: returned transfers (GVC 159), interest of the account.</summary>
    private static readonly Dictionary<string, decimal> Ours = new(StringComparer.Ordinal)
    {
        ["mt940/wolph+mt940/betterplace/sepa_mt9401.sta"] = 3_149_794.74m,
        ["coda/tryton+coda/CODA.txt"] = 1.29m,
    };

    [Theory]
    [InlineData("mt940/wolph+mt940/betterplace/sepa_mt9401.sta")]
    [InlineData("mt940/fruitl00p+php-mt940/Spk/sample")]
    [InlineData("bai2/moov-io+bai2/sample1.txt")]
    [InlineData("lockbox/FundersClub+bai-lockbox/test_lockbox.bai")]
    [InlineData("ofx/jseutter+ofxparse/checking.ofx")]
    [InlineData("ach/moov-io+ach/ppd-mixedDebitCredit.ach")]
    [InlineData("coda/tryton+coda/CODA.txt")]
    public async Task is_booked_with_exactly_its_credits_and_not_again(string file)
    {
        if (Corpus.IsMissing(Corpus.Below(file.Split('/')[0]).DefaultIfEmpty(Corpus.Missing).First()))
            return;
        await app.Invoicing.IntroduceAsync();
        var read = Corpus.Read(Corpus.Bytes(file));
        foreach (var statement in read.Statements.DistinctBy(one => one.AccountIdentification))
        {
            await RegisterAsync(statement.AccountIdentification, statement.AccountCurrency!.Value.Code,
                isByFile: statement.Kind == CashApplication.Statements.Formats.StatementKind.Collection);
        }

        var before = await app.ScalarAsync<decimal>("select coalesce(sum(amount), 0) from receipts");
        var import = await ImportAsync(Corpus.Bytes(file), 201);
        import.Text("format").ShouldBe(read.Format);
        import.Items("statements").Sum(statement => statement.GetProperty("entries").GetInt32())
            .ShouldBe(read.Statements.Sum(statement => statement.Entries.Count));
        var credits = read.Statements.SelectMany(statement => statement.Entries)
            .Where(entry => entry.Movement == CashApplication.Statements.Formats.Movement.Credit)
            .ToArray();
        var ours = credits.Where(entry => EntryClassification.Of(entry) != LineClass.Receipt)
            .Sum(entry => entry.Amount.Amount);
        ours.ShouldBe(Ours.GetValueOrDefault(file));
        (await app.ScalarAsync<decimal>("select coalesce(sum(amount), 0) from receipts"))
            .ShouldBe(before + credits.Sum(entry => entry.Amount.Amount) - ours);
        (await app.Client.ReadAsync($"/v1/bank-statements/{import.Id()}")).Items("receiptIds").Length
            .ShouldBe(import.Items("receiptIds").Length);
        (await app.Client.ReadAsync($"/v1/bank-statements/{import.Id()}/lines?limit=500")).Items()
            .Sum(line => Math.Max(0m, line.Amount("amount"))).ShouldBe(credits.Sum(entry => entry.Amount.Amount));
        (await ImportAsync(Corpus.Bytes(file), 409)).ShouldHaveCode("statement-already-imported");
    }

    [Fact]
    public async Task that_is_broken_is_refused_at_its_line_and_nothing_of_it_is_booked()
    {
        if (Corpus.IsMissing(Corpus.Below("ach-bad").DefaultIfEmpty(Corpus.Missing).First()))
            return;
        await app.Invoicing.IntroduceAsync();
        var before = await app.ScalarAsync<long>("select count(*) from receipts");
        var answer = await ImportAsync(Corpus.Bytes("ach-bad/moov-io+ach/invalid-two-micro-deposits.ach"), 422,
            "?bankAccount=US01-NACHA");
        answer.ShouldHaveCode("unknown-bank-account");
        await RegisterAsync("US01-NACHA-ACCOUNT", "USD", "US01-NACHA", isByFile: true);
        answer = await ImportAsync(Corpus.Bytes("ach-bad/moov-io+ach/invalid-two-micro-deposits.ach"), 422,
            "?bankAccount=US01-NACHA");
        answer.ShouldHaveCode("amount-unreadable");
        answer.Text("detail").ShouldStartWith("Line 15, record 15 (type 6)");
        (await app.ScalarAsync<long>("select count(*) from receipts")).ShouldBe(before);
        (await app.ScalarAsync<long>("select count(*) from statement_files f where not exists " +
            "(select 1 from statement_imports i where i.id = f.import_id)")).ShouldBe(0);
    }

    /// <summary>EDI 823: each check with its documents, once; with a wrong total nothing of it.</summary>
    [Fact]
    public async Task of_a_lockbox_in_edi_is_booked_check_by_check()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("823823", "USD", "US01-X12", isByFile: true);
        (await ImportAsync(BankFiles.X12Lockbox("823823", "301.00"), 422)).ShouldHaveCode("statement-summary-differs");
        (await app.ScalarAsync<long>("select count(*) from receipts where bank_account = 'US01-X12'")).ShouldBe(0);
        var import = await ImportAsync(BankFiles.X12Lockbox("823823", "300.00"), 201);
        import.Text("format").ShouldBe("x12.823");
        var receipts = import.Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        receipts.Length.ShouldBe(2);
        var second = await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}");
        (second.Amount("amount"), second.Text("checkNumber")).ShouldBe((200m, "1002"));
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}/history")).Items()
            .Single(item => item.Text("type") == "receipt-recorded").GetProperty("data").Items("documents")
            .Select(document => (document.Text("documentNumber"), document.Amount("paid")))
            .ShouldBe([("INV-2", 150m), ("INV-3", 50m)]);
        (await ImportAsync(BankFiles.X12Lockbox("823823", "300.00"), 409)).ShouldHaveCode("statement-already-imported");
    }

    /// <summary>
    /// CASH-08: two banks' accounts of one number are two payers. The number alone, in a profile or learned before
    /// banks were read, is found until it is known whose of which bank it is; of what is told without its bank it is
    /// found on, and that changes nothing for what is in the same file.
    /// </summary>
    [Fact]
    public async Task of_a_lockbox_in_edi_tells_accounts_of_one_number_by_their_banks()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("823824", "USD", "US01-BANKS", isByFile: true);
        await app.ScalarAsync<int>("insert into payer_memory (legal_entity, trait, key, customer_id, forgotten) " +
            $"values ('US01', 'account', '7788', '{Invoicing.Globex}', false) returning 1");
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-823001", 11.01m);
        byte[] file = BankFiles.X12Lockbox(
            "823824", ("111000025", "7788", 11.01m, "2001"), ("111000025", "7799", 11.02m, "2002"));
        var first = (await ImportAsync(file, 201)).Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        (await PayerAsync(first[0])).ShouldBe(Invoicing.Globex);
        (await PayerAsync(first[1])).ShouldBeNull();
        await app.Client.PostAsync(
            $"/v1/receipts/{first[1]}/customer", new { customerId = Invoicing.Initech }, 200);
        var applied = (await app.Client.ReadAsync($"/v1/receipts/{first[0]}")).Items("allocations").Single();
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(first[0], applied.Id(), invoice, 11.01m), 2);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from payer_memory where key = '111000025/7788')"),
            "what is applied teaches the account with its bank");

        await app.Client.PutAsync($"/v1/cash-profiles/{Invoicing.Globex}", new { accounts = new[] { "7788" } });

        var second = (await ImportAsync(BankFiles.X12Lockbox(
            "823824", ("111000025", "7799", 12.01m, "2003"), ("222000022", "7799", 12.02m, "2004"),
            ("222000022", "7788", 12.03m, "2005"), ("", "7788", 12.04m, "2006")), 201))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        (await PayerAsync(second[0])).ShouldBe(Invoicing.Initech);
        (await PayerAsync(second[1])).ShouldBeNull("another bank's account has the number of one that is known");
        (await PayerAsync(second[2])).ShouldBeNull("the number alone tells nothing any more");
        (await PayerAsync(second[3])).ShouldBe(Invoicing.Globex);
        (await ImportAsync(file, 409)).ShouldHaveCode("statement-already-imported");

        async Task<Guid?> PayerAsync(Guid receipt)
        {
            var customer = (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).GetProperty("customerId");
            return customer.ValueKind == JsonValueKind.String ? customer.GetGuid() : null;
        }
    }

    [Fact]
    public async Task is_told_by_its_beginning_or_by_name()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("000111", "USD", "US01-BAI");
        var bai = "01,A,B,261102,0800,1,,,2/\n02,B,A,1,261102,,USD,2/\n03,000111,USD,010,100,,,015,600,,/\n" +
            "16,165,500,V,261102,,R1,C1,INV-1/\n49,1200,3/\n98,1200,1,5/\n99,1200,1,7/\n";
        (await ImportAsync(Encoding.ASCII.GetBytes(bai), 422, "?format=ofx")).ShouldHaveCode("not-well-formed");
        (await ImportAsync(Encoding.ASCII.GetBytes(bai), 422, "?format=parquet")).Text("detail").ShouldContain("bai2");
        (await ImportAsync(Encoding.ASCII.GetBytes(bai), 201, "?format=bai2")).Text("format").ShouldBe("bai2");
        (await app.ScalarAsync<string>("select method from receipts where bank_account = 'US01-BAI'"))
            .ShouldBe("ach");
    }

    [Fact]
    public async Task csv_is_read_by_a_mapping_that_is_data()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("CSV-1", "USD", "US01-CSV");
        var csv = Encoding.UTF8.GetBytes(
            "Bank of Somewhere\nPosted;Details;Amount;Balance\n11/03/2026;\"INV-US01-9; Globex\";1.250,50;1.350,50\n" +
            "11/02/2026;Fee;-5,00;100,00\n");
        (await ImportAsync(csv, 422, "?mapping=somewhere")).ShouldHaveCode("unknown-mapping");
        (await app.Client.PutAsync("/v1/csv-mappings/somewhere", Mapping(amount: null), 422))
            .ShouldHaveCode("invalid-mapping");
        var defined = await app.Client.PutAsync("/v1/csv-mappings/somewhere", Mapping("Amount"), 201);
        (await app.Client.PutAsync("/v1/csv-mappings/somewhere", Mapping("Amount"))).ToString()
            .ShouldBe(defined.ToString());
        (await app.Client.ReadAsync("/v1/csv-mappings")).Items()
            .Count(mapping => mapping.Text("code") == "somewhere").ShouldBe(1);
        var import = await ImportAsync(csv, 201, "?mapping=somewhere");
        var statement = import.Items("statements").ShouldHaveSingleItem();
        (statement.Amount("opening"), statement.Amount("closing")).ShouldBe((105m, 1_350.50m));
        (await app.ScalarAsync<string>("select reference from receipts where amount = 1250.50"))
            .ShouldBe("INV-US01-9; Globex");
        var broken = Encoding.UTF8.GetString(csv).Replace("100,00", "101,00", StringComparison.Ordinal);
        var refused = await ImportAsync(Encoding.UTF8.GetBytes(broken), 422, "?mapping=somewhere");
        refused.ShouldHaveCode("statement-does-not-balance");
        refused.Text("detail").ShouldStartWith("Line 4, balance");

        static object Mapping(string? amount) => new
        {
            delimiter = ";",
            skipLines = 1,
            dateFormat = "MM/dd/yyyy",
            decimalPoint = ",",
            thousandsSeparator = ".",
            bookingDate = "Posted",
            amount,
            balance = "Balance",
            fixedCurrency = "USD",
            fixedAccount = "CSV-1",
            text = new[] { "Details" },
        };
    }

    [Fact]
    public async Task refused_for_its_account_is_imported_from_the_kept_bytes_once_that_is_registered()
    {
        await app.Invoicing.IntroduceAsync();
        var refused = await ImportAsync(BankFiles.Mt940("KEPT/1", 2, 1m, 5m), 422);
        refused.ShouldHaveCode("unknown-bank-account");
        var id = (await app.Client.ReadAsync("/v1/bank-statements?status=refused&limit=1")).Items()[0].Id();
        await RegisterAsync("KEPT/1", "USD", "US01-KEPT");
        (await app.Client.PostAsync($"/v1/bank-statements/{id}/import", new { reason = "registered" }))
            .Text("status").ShouldBe("imported");
        (await app.Client.PostAsync($"/v1/bank-statements/{id}/import", new { reason = "again" }, 409))
            .ShouldHaveCode("statement-not-refused");
        (await app.Client.ReadAsync($"/v1/bank-statements/{id}")).Text("status").ShouldBe("imported");
    }

    [Fact]
    public async Task with_a_gap_waits_and_a_person_may_let_it_in()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("GAP/1", "USD", "US01-GAP");
        await ImportAsync(BankFiles.Mt940("GAP/1", 1, 100m, 10m), 201);
        (await ImportAsync(BankFiles.Mt940("GAP/1", 5, 500m, 1m), 422)).Text("detail")
            .ShouldContain("imported by itself");
        var waiting = (await app.Client.ReadAsync("/v1/bank-statements?status=waiting")).Items()
            .Single(item => item.Text("waitsFor") == "US01-GAP").Id();
        (await app.Client.PostAsync($"/v1/bank-statements/{waiting}/import", new { reason = "try" }, 422))
            .ShouldHaveCode("statement-gap");
        await app.Client.PostAsync(
            $"/v1/bank-statements/{waiting}/import", new { reason = "the bank lost it", acceptGap = true });
        var chain = await app.Client.ReadAsync("/v1/bank-accounts/US01-GAP/statements");
        chain.GetProperty("gaps").GetInt32().ShouldBe(1);
        await ImportAsync(BankFiles.Mt940("GAP/1", 3, 110m, 390m), 201);
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-GAP/statements")).GetProperty("isUnbroken").GetBoolean()
            .ShouldBeTrue();
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-GAP")).Amount("lastClosing").ShouldBe(501m);
    }

    [Fact]
    public async Task with_a_gap_does_not_wait_where_another_account_in_it_is_not_the_senders()
    {
        await app.Invoicing.IntroduceAsync();
        await RegisterAsync("MINE/1", "USD", "US01-MINE");
        await app.Client.PutAsync("/v1/bank-accounts/CA01-OTHER",
            new { legalEntity = "CA01", currency = "USD", accountNumber = "OTHER/1", ledgerAccount = "1000" }, 201);
        await ImportAsync(BankFiles.Mt940("MINE/1", 1, 100m, 10m), 201);
        using var sender = app.ClientWith("cash:read cash:write", "US01", "eve");
        byte[] both = [.. BankFiles.Mt940("MINE/1", 5, 500m, 1m), .. BankFiles.Mt940("OTHER/1", 5, 0m, 9_000m)];
        (await sender.PostAsync("/v1/bank-statements", new ByteArrayContent(both), 403))
            .ShouldHaveCode("entity-not-allowed");
        (await app.ScalarAsync<long>("select count(*) from statement_imports where waits_for = 'US01-MINE'"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task csv_mappings_are_changed_by_those_who_may_see_every_entity()
    {
        using var one = app.ClientWith("cash:read cash:write", "US01", "eve");
        var mapping = new { bookingDate = "Day", amount = "Amount", fixedCurrency = "USD", fixedAccount = "X" };
        (await one.PutAsync("/v1/csv-mappings/everyones", mapping, 403)).ShouldHaveCode("entity-not-allowed");
        await app.Client.PutAsync("/v1/csv-mappings/everyones", mapping, 201);
    }

    private async Task RegisterAsync(string account, string currency, string? code = null, bool isByFile = false)
    {
        var name = code ?? $"A{string.Concat(account.Where(char.IsAsciiLetterOrDigit))}";
        await app.Client.PutAsync($"/v1/bank-accounts/{name[..Math.Min(40, name.Length)]}",
            new
            {
                legalEntity = "US01",
                currency,
                accountNumber = account,
                ledgerAccount = "1000",
                detailByFile = new { lockbox = isByFile, ach = isByFile },
            }, 201);
    }

    private Task<JsonElement> ImportAsync(byte[] content, int status, string query = "") =>
        app.Client.PostAsync($"/v1/bank-statements{query}", new ByteArrayContent(content), status);
}
