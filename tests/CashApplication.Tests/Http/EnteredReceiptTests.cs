using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Money that is entered and that a statement brings is a receipt once, whichever came first.</summary>
public sealed class Money_that_is_entered_and_banked(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string Payer = "DE89370400440532013000";

    private static readonly DateOnly Day = new(2026, 11, 3);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>I-07, D-09: a payment of a processor is recorded once, however often and at once it is told.</summary>
    [Fact]
    public async Task i07_has_the_processors_reference_once()
    {
        var wish = Entered("card", "45.10", processor: "ch_0001");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                app.Client, "/v1/receipts", wish);
            return (int)answer.StatusCode;
        }));
        answers.Count(status => status == 201).ShouldBe(1);
        answers.ShouldAllBe(status => status == 201 || status == 200 || status == 409);
        var receipt = (await app.Client.PostAsync("/v1/receipts", wish, 200)).Id();
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 45.10")).ShouldBe(1);
        (await app.Client.PostAsync("/v1/receipts", Entered("card", "45.11", processor: "ch_0001"), 409))
            .ShouldHaveCode("processor-reference-used");
        await app.Client.PostAsync($"/v1/receipts/{receipt}/reverse", new { reason = "error" }, 202);
        await app.Client.PostAsync("/v1/receipts", Entered("card", "45.11", processor: "ch_0001"));
    }

    [Theory]
    [InlineData("card", true, "DE02300209000106531065")]
    [InlineData("card", false, "DE02200505501015871393")]
    [InlineData("check", true, "DE02700100800030876808")]
    [InlineData("check", false, "DE88100900001234567892")]
    [InlineData("cash", true, "DE02370502990000684712")]
    [InlineData("cash", false, "DE02600501010002034304")]
    [InlineData("wire", true, "DE02701500000000594937")]
    [InlineData("wire", false, "DE91100000000123456789")]
    public async Task is_one_receipt_that_goes_from_clearing_to_the_bank(
        string method, bool isEnteredFirst, string iban)
    {
        var (account, amount) = ($"US01-{iban[4..8]}{method}", isEnteredFirst ? 210.50m : 211.50m);
        await app.Client.PutAsync($"/v1/bank-accounts/{account}",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var text = amount.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
        var wish = method switch
        {
            "card" => Entered("card", text, processor: $"ch_{iban[^6..]}"),
            "check" => Entered("check", text, check: iban[^6..]),
            "cash" => Entered("cash", text, account: account),
            _ => Entered("wire", text, payer: Payer),
        };
        var statement = Statement(method, amount, iban);
        if (isEnteredFirst)
        {
            var entered = await app.Client.PostAsync("/v1/receipts", wish);
            entered.GetProperty("isCleared").GetBoolean().ShouldBeFalse();
            (await ImportAsync(statement)).ShouldBe([entered.Id(), null]);
        }
        else
        {
            var banked = await ImportAsync(statement);
            (await app.Client.PostAsync("/v1/receipts", wish, 200)).Id().ShouldBe(banked[0]!.Value);
        }

        var rows = await app.ScalarAsync<string>(
            $"select string_agg(amount::text, ',' order by amount) from receipts where bank_account = '{account}'");
        rows.ShouldBe($"{amount:0.0000},999.9900");
        var day = (await app.Client.ReadAsync($"/v1/cash-days?from={Day:yyyy-MM-dd}&bankAccount={account}"))
            .Items("days").ShouldHaveSingleItem();
        (day.Text("status"), day.Amount("ledger")).ShouldBe(("balanced", amount + 999.99m));
        if (isEnteredFirst && method != "cash")
        {
            (await app.ScalarAsync<decimal>("select sum(p.amount) from bank_postings p join receipts r on " +
                $"r.id = p.receipt_id where r.bank_account = '{account}' and p.ledger_account = '1000'"))
                .ShouldBe(amount + 999.99m);
        }

        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Twins of the same payer, day and amount are two payments, entered or not.</summary>
    [Fact]
    public async Task i07_leaves_twins_two_and_strangers_apart()
    {
        const string iban = "DE87123456781234567890";
        await app.Client.PutAsync("/v1/bank-accounts/US01-TWINS",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var entered = (await app.Client.PostAsync("/v1/receipts", Entered("wire", "310.00", payer: Payer))).Id();
        var statement = new Camt("TW", Day, 0m) { Iban = iban }
            .Credit(310m, "stranger", "Somebody Else", "FR7630006000011234567890189")
            .Credit(310m, "first", "Globex", Payer, "R1").Credit(310m, "second", "Globex", Payer, "R2");
        var import = await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);
        var ids = import.Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        ids.Length.ShouldBe(3);
        ids.Count(id => id == entered).ShouldBe(1);
        ids[0].ShouldNotBe(entered);
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 310")).ShouldBe(3);
        (await app.Client.ReadAsync("/v1/receipts?cleared=false")).Items().ShouldAllBe(row => row.Id() != entered);
    }

    /// <summary>What says little, or speaks against it, ties nothing: a person decides.</summary>
    [Fact]
    public async Task is_two_receipts_where_nothing_tells_that_it_is_one()
    {
        const string iban = "DE02500105170137075030";
        await app.Client.PutAsync("/v1/bank-accounts/US01-APART",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var statement = new Camt("AP", Day, 0m) { Iban = iban }
            .Credit(401m, "thanks for 12 boxes", "Somebody", "FR7630006000011234567890189")
            .Credit(402m, "order 12 of ch_990011", "Somebody", "FR7630006000011234567890189")
            .Credit(403m, "from CUST-US01-000001", "Globex", Payer)
            .CreditOf(404m, "CNTR", "CDPT").CreditOf(404m, "CNTR", "CDPT");
        var banked = (await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();

        await app.Client.PostAsync("/v1/receipts", Wish("wire", "401.00", reference: "thanks"));
        await app.Client.PostAsync("/v1/receipts", Wish("wire", "401.00", reference: "boxes"));
        (await app.Client.PostAsync("/v1/receipts", Wish("card", "402.00", processor: " "), 400))
            .ShouldHaveCode("validation-failed");
        await app.Client.PostAsync("/v1/receipts", Wish("card", "402.00", processor: "12"));
        await app.Client.PostAsync("/v1/receipts", Wish("card", "402.00", processor: "h_990011"));
        await app.Client.PostAsync("/v1/receipts",
            Wish("wire", "402.00", reference: "order 12 of ch_990011", payer: Payer));
        await app.Client.PostAsync("/v1/receipts", Wish("wire", "403.00", payer: Payer, customer: Invoicing.Initech));
        await app.Client.PostAsync("/v1/receipts", Wish("cash", "404.00", account: "US01-APART"));
        (await app.ScalarAsync<long>("select count(*) from receipts where is_announced and " +
            $"id = any('{{{string.Join(',', banked)}}}'::uuid[])")).ShouldBe(0);
        (await app.Client.PostAsync("/v1/receipts", Wish("card", "402.00", processor: "ch_990011"), 200)).Id()
            .ShouldBe(banked[1]);
    }

    /// <summary>Two deposits of cash that were entered and one that came: which it is nobody can tell.</summary>
    [Fact]
    public async Task is_left_to_a_person_where_several_fit()
    {
        const string iban = "DE02300606010002474689";
        await app.Client.PutAsync("/v1/bank-accounts/US01-SEVERAL",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        foreach (var _ in Enumerable.Range(0, 2))
            await app.Client.PostAsync("/v1/receipts", Wish("cash", "411.00", account: "US01-SEVERAL"));
        await app.Client.PostAsync("/v1/receipts", Wish("cash", "412.00", account: "US01-SEVERAL"));
        await app.Client.PostAsync("/v1/receipts", Wish("cash", "413.00"));
        foreach (var customer in new[] { Invoicing.Globex, Invoicing.Initech })
            await app.Client.PostAsync("/v1/receipts", Wish("wire", "414.00", payer: Payer, customer: customer));
        var statement = new Camt("SV", Day, 0m) { Iban = iban }.CreditOf(411m, "CNTR", "CDPT")
            .CreditOf(412m, "CNTR", "CDPT").CreditOf(412m, "CNTR", "CDPT").CreditOf(413m, "CNTR", "CDPT")
            .Credit(414m, "money", "Globex", Payer);
        await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);
        (await app.ScalarAsync<long>("select count(*) from receipts where is_entered and import_id is not null and " +
            "amount between 411 and 414")).ShouldBe(0);
    }

    /// <summary>
    /// CASH-08: a lockbox tells the bank in front of the number, which it fills with zeros; what is entered tells the
    /// bank beside it.
    /// </summary>
    [Fact]
    public async Task cash08_is_one_receipt_in_whatever_shape_bank_and_number_are_told()
    {
        await RegisterFileAsync("US01-SHAPES", "0000041");
        var entered = (await app.Client.PostAsync(
            "/v1/receipts", Check("431.75", "055002707", "12345555", "431001"))).Id();

        (await app.Client.PostAsync("/v1/bank-statements",
            new ByteArrayContent(BankFiles.Lockbox("0000041", ("431001", 431.75m))), 201)).Items("receiptIds")
            .ShouldHaveSingleItem().GetGuid().ShouldBe(entered);
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 431.75")).ShouldBe(1);
    }

    [Fact]
    public async Task cash08_is_two_receipts_where_accounts_of_one_number_are_of_two_banks()
    {
        await RegisterFileAsync("US01-BANKS", "823826");
        var entered = (await app.Client.PostAsync("/v1/receipts", Check("432.40", "111000025", "5566"))).Id();

        var banked = (await app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(BankFiles.X12Lockbox(
            "823826", ("222000022", "5566", 432.40m, "3001"), ("111000025", "0005566", 432.40m, "3002"))), 201))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();

        (banked[0] == entered, banked[1] == entered).ShouldBe((false, true));
        (await app.Client.PostAsync("/v1/receipts", Check("432.40", "333000033", "5566"))).Id()
            .ShouldNotBe(banked[0]);
        (await app.Client.PostAsync("/v1/receipts", Check("432.40", "222000022", "5566"), 200)).Id()
            .ShouldBe(banked[0]);
    }

    /// <summary>An earlier version beside this one writes entered receipts without saying so.</summary>
    [Fact]
    public async Task is_known_as_entered_whichever_version_wrote_it()
    {
        const string iban = "DE02100100100006820101";
        await app.Client.PutAsync("/v1/bank-accounts/US01-OLDER",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var entered = (await app.Client.PostAsync("/v1/receipts", Wish("wire", "421.00", payer: Payer))).Id();
        await using (var older = app.Database.CreateCommand(
            $"update receipts set is_entered = false where id = '{entered}'"))
        {
            await older.ExecuteNonQueryAsync();
        }

        var statement = new Camt("OL", Day, 0m) { Iban = iban }.Credit(421m, "money", "Globex", Payer);
        (await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201)).Items("receiptIds")
            .ShouldHaveSingleItem().GetGuid().ShouldBe(entered);
        (await app.Client.PostAsync("/v1/receipts", Wish("wire", "421.00", payer: Payer))).Id().ShouldNotBe(entered);
    }

    /// <summary>A deposit of several checks, or a processor's settlement, is one credit of many receipts.</summary>
    [Fact]
    public async Task is_told_by_a_person_where_one_credit_is_several()
    {
        const string iban = "DE21500500009876543210";
        await app.Client.PutAsync("/v1/bank-accounts/US01-SLIP",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var entered = new List<Guid>();
        foreach (var (amount, check) in new[] { ("70.00", "700001"), ("80.00", "700002") })
            entered.Add((await app.Client.PostAsync("/v1/receipts", Entered("check", amount, check: check))).Id());
        var statement = new Camt("SL", Day, 0m) { Iban = iban }
            .Credit(150m, "deposit", payer: null, reference: "SLIP-770123");
        var credit = (await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201))
            .Items("receiptIds").Single().GetGuid();
        var path = $"/v1/receipts/{credit}/entered";
        (await app.Client.PostAsync(path, new { receiptIds = Array.Empty<Guid>(), reason = "slip" }, 422))
            .ShouldHaveCode("receipts-missing");
        (await app.Client.PostAsync(path, new { receiptIds = entered[..1], reason = "slip" }, 422))
            .ShouldHaveCode("other-amount");
        (await app.Client.PostAsync(path, new { receiptIds = entered, reason = "slip" }, 200)).Text("status")
            .ShouldBe("reversed");
        (await app.Client.PostAsync(path, new { receiptIds = entered, reason = "slip" }, 409))
            .ShouldHaveCode("receipt-reversed");

        // What the bank called the credit are names of theirs now: a debit of this reference takes one of them back.
        (await app.ScalarAsync<string>("select string_agg(receipt_id::text, ',' order by receipt_id::text) from " +
            "receipt_references where reference = 'SLIP-770123'")).ShouldBe(string.Join(',', entered.Order()));
        var day = (await app.Client.ReadAsync($"/v1/cash-days?from={Day:yyyy-MM-dd}&bankAccount=US01-SLIP"))
            .Items("days").ShouldHaveSingleItem();
        (day.Text("status"), day.Amount("receipts"), day.GetProperty("count").GetInt32())
            .ShouldBe(("balanced", 150m, 2));
        (await app.ScalarAsync<decimal>("select sum(amount) from bank_postings where ledger_account = '1000' and " +
            $"receipt_id in ('{credit}', '{entered[0]}', '{entered[1]}')")).ShouldBe(150m);
        (await app.ScalarAsync<decimal>("select sum(unapplied) from receipts where id in " +
            $"('{credit}', '{entered[0]}', '{entered[1]}')")).ShouldBe(150m);
    }

    private static object Check(string amount, string bank, string account, string? number = null) => new
    {
        legalEntity = "US01",
        method = "check",
        amount = Usd(amount),
        valueDate = "2026-11-02",
        payer = new { account, bank },
        checkNumber = number,
    };

    private Task<JsonElement> RegisterFileAsync(string code, string number) => app.Client.PutAsync(
        $"/v1/bank-accounts/{code}",
        new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = number,
            ledgerAccount = "1000",
            detailByFile = new { lockbox = true },
        }, 201);

    private static object Wish(
        string method, string amount, string? processor = null, string? account = null, string? payer = null,
        string? reference = null, Guid? customer = null) => new
        {
            legalEntity = "US01",
            method,
            amount = Usd(amount),
            valueDate = "2026-11-02",
            payer = new { account = payer },
            bankAccount = account,
            processorReference = processor,
            reference,
            customerId = customer,
        };

    private static object Entered(
        string method, string amount, string? processor = null, string? check = null, string? account = null,
        string? payer = null) => new
        {
            legalEntity = "US01",
            method,
            amount = Usd(amount),
            valueDate = "2026-11-02",
            payer = new { account = payer },
            bankAccount = account,
            checkNumber = check,
            processorReference = processor,
        };

    /// <summary>The credit, and another one that has nothing to do with it.</summary>
    private static Camt Statement(string method, decimal amount, string iban)
    {
        var camt = new Camt($"S-{iban[^6..]}", Day, 0m) { Iban = iban };
        camt = method switch
        {
            "card" => camt.CreditOf(amount, "CCRD", "POSP",
                $"<NtryDtls><TxDtls><Refs><EndToEndId>ch_{iban[^6..]}</EndToEndId></Refs></TxDtls></NtryDtls>"),
            "check" => camt.CreditOf(amount, "RCHQ", "OTHR",
                $"<NtryDtls><TxDtls><Refs><ChqNb>{iban[^6..]}</ChqNb></Refs></TxDtls></NtryDtls>"),
            "cash" => camt.CreditOf(amount, "CNTR", "CDPT"),
            _ => camt.Credit(amount, "thanks", "Globex", Payer),
        };
        return camt.Credit(999.99m, "another", "Somebody Else", "FR1420041010050500013M02606");
    }

    /// <summary>The receipts of the statement's lines; null for what is not the first.</summary>
    private async Task<Guid?[]> ImportAsync(Camt statement)
    {
        var import = await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);
        return [import.Items("receiptIds")[0].GetGuid(), null];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
