using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// CASH-20, CASH-23: the bank's debits of payment files are the refunds that they paid, and the ledger's.
/// </summary>
public sealed class Debits_of_payment_files(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 9);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>One by one, and the same once more: a bank pays once, the second is somebody's to look at.</summary>
    [Fact]
    public async Task tie_one_by_one_and_once()
    {
        var (account, iban) = await AccountAsync("US01-D1", "DE02120300000000202051");
        var (_, refunds) = await PaidAsync(account, 140m, 60m);
        var (one, other) = (Name(refunds[0]), Name(refunds[1]));
        var statement = new Camt("OUT-1", Day, 1000m) { Iban = iban }
            .Paid(140m, one).Paid(60m, other).Paid(140m, one).Paid(59m, other).Paid(5m, "RENT-2026");
        await ImportAsync(statement);

        var debits = await DebitsAsync(account);
        debits.Select(debit => (debit.Amount("amount"), debit.Items("refundIds").Length))
            .ShouldBe([(140m, 1), (60m, 1), (140m, 0), (59m, 0)]);
        debits[0].Items("refundIds")[0].GetGuid().ShouldBe(refunds[0]);
        (await DebitsAsync(account, "open")).Length.ShouldBe(2);
        var posting = await PostingAsync(account);
        (posting.Amount("payments"), posting.Amount("paymentsLedger"), posting.Amount("others"),
            posting.Amount("statementDebits"), posting.GetProperty("ties").GetBoolean())
            .ShouldBe((200m, 200m, 204m, 404m, true));
    }

    /// <summary>A bank that carries the same file out again, a quarter later.</summary>
    [Fact]
    public async Task tie_once_however_long_ago_that_was()
    {
        var (account, iban) = await AccountAsync("US01-D5", "DE02300209000106531065");
        var (_, refunds) = await PaidAsync(account, 33m, 44m);
        await ImportAsync(new Camt("OUT-5", Day.AddDays(-77), 1000m) { Iban = iban }.Paid(33m, Name(refunds[0])));
        await ImportAsync(new Camt("OUT-6", Day, 967m) { Iban = iban }.Paid(33m, Name(refunds[0])));

        (await DebitsAsync(account)).ShouldHaveSingleItem().Items("refundIds").ShouldBeEmpty();
        (await PostingAsync(account)).Amount("others").ShouldBe(33m);
        var never = (await app.Client.ReadAsync("/v1/refunds?status=paid&debited=false")).Items()
            .Select(refund => refund.Id()).ToArray();
        (never.Contains(refunds[0]), never.Contains(refunds[1])).ShouldBe((false, true));
    }

    [Fact]
    public async Task tie_as_one_sum_told_by_the_file_or_with_its_payments()
    {
        var (account, iban) = await AccountAsync("US01-D2", "DE02100500000054540402");
        var (file, _) = await PaidAsync(account, 30m, 20m);
        var (_, each) = await PaidAsync(account, 12m, 8m);
        var (third, _) = await PaidAsync(account, 5m, 6m);
        var statement = new Camt("OUT-2", Day, 1000m) { Iban = iban }
            .PaidTogether(50m, Name(file), 2).PaidEach((12m, Name(each[0])), (8m, Name(each[1])))
            .PaidTogether(11.01m, Name(third), 2);
        await ImportAsync(statement);

        (await DebitsAsync(account)).Select(debit => (debit.Amount("amount"), debit.Items("refundIds").Length))
            .ShouldBe([(50m, 2), (12m, 1), (8m, 1), (11.01m, 0)]);
        (await PostingAsync(account)).Amount("payments").ShouldBe(70m);
        using var canadian = app.ClientWith("cash:read", "CA01");
        (await canadian.ReadAsync($"/v1/bank-statements/payments?from=2026-11-01&to=2026-11-30&bankAccount={account}"))
            .Items().ShouldBeEmpty();
    }

    /// <summary>
    /// MT940, broken over lines; and from another account than the file paid from, which ties to nothing.
    /// </summary>
    [Fact]
    public async Task tie_by_the_text_of_mt940_and_only_on_the_account_that_paid()
    {
        var (account, _) = await AccountAsync("US01-D3", null, "PAID/3");
        var (other, _) = await AccountAsync("US01-D4", null, "PAID/4");
        var (file, refunds) = await PaidAsync(account, 25m, 15m);
        await ImportAsync(Mt940("PAID/3", (25m, $"EREF+{Name(refunds[0])}"), (15m, $"REFUND {Name(refunds[1])}")));
        await ImportAsync(Mt940("PAID/4", (40m, $"KREF+{Name(file)}")));

        (await DebitsAsync(account)).Select(debit => debit.Items("refundIds").Single().GetGuid()).ShouldBe(refunds);
        (await DebitsAsync(other)).ShouldHaveSingleItem().Items("refundIds").ShouldBeEmpty();
    }

    private static string Name(Guid id) => CreditTransferFile.EndToEndId(id);

    private async Task<(string Code, string Iban)> AccountAsync(string code, string? iban, string? number = null)
    {
        await app.Client.PutAsync($"/v1/bank-accounts/{code}", new
        {
            legalEntity = "US01",
            currency = "USD",
            iban,
            accountNumber = number,
            bankCode = number is null ? null : "021000021",
            ledgerAccount = "1000",
        }, 201);
        return (code, iban ?? "");
    }

    /// <summary>Refunds of so much each, paid by one file.</summary>
    private async Task<(Guid File, Guid[] Refunds)> PaidAsync(string account, params decimal[] amounts)
    {
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("500.00", "CUST-US01-000001"))).Id();
        var refunds = new List<Guid>();
        foreach (var amount in amounts)
        {
            refunds.Add((await app.Client.PostAsync("/v1/refunds", new
            {
                receiptId = receipt,
                amount = Usd(amount.ToString("0.00", CultureInfo.InvariantCulture)),
                reason = "paid twice",
                payee = new { name = "Globex Corporation", iban = Camt.Account },
            })).Id());
        }

        return ((await app.Client.PostAsync("/v1/payment-files", new { bankAccount = account, refunds })).Id(),
            [.. refunds]);
    }

    private Task<JsonElement> ImportAsync(Camt statement) =>
        app.Client.PostAsync("/v1/bank-statements", (object)Xml(statement.Xml()));

    private Task<JsonElement> ImportAsync(byte[] file) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(file), 201);

    private static byte[] Mt940(string account, params (decimal Amount, string Text)[] debits)
    {
        var text = new StringBuilder($":20:S{account[^1]}\n:25:{account}\n:28C:1\n:60F:C261108USD100,00\n");
        foreach (var (amount, words) in debits)
        {
            // Fields of :86: have 27 letters.
            var parts = words.Chunk(27).Select((part, index) => $"?{20 + index}{new string(part)}");
            text.Append(CultureInfo.InvariantCulture, $":61:2611091109D{amount:0},00NTRFNONREF//{amount:0}\n")
                .Append($":86:116?00UEBERWEISUNG{string.Concat(parts)}\n");
        }

        var closing = 100m - debits.Sum(debit => debit.Amount);
        return Encoding.ASCII.GetBytes(
            text.Append(CultureInfo.InvariantCulture, $":62F:C261109USD{closing:0},00\n-\n").ToString());
    }

    private async Task<JsonElement[]> DebitsAsync(string account, string? status = null) =>
    [
        .. (await app.Client.ReadAsync(
            $"/v1/bank-statements/payments?from=2026-11-01&to=2026-11-30&bankAccount={account}" +
            (status is null ? "" : $"&status={status}")))
            .Items().OrderBy(debit => debit.GetProperty("entry").GetInt32())
            .ThenBy(debit => debit.GetProperty("detail").GetInt32()),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<JsonElement> PostingAsync(string account) =>
        (await app.Client.ReadAsync("/v1/reports/cash-posting?date=2026-11-09")).Items("rows")
            .Single(row => row.Text("bankAccount") == account);
}
