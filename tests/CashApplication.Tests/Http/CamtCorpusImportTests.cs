using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Formats;
using OrderToCash.CashApplication.Tests.Support;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Weeks of one bank's real statements, several accounts to a file, in order and then once more.</summary>
public sealed class A_chain_of_real_statements(CashApp app) : IClassFixture<CashApp>
{
    [Fact]
    public async Task is_booked_day_by_day_and_not_again()
    {
        var files = CamtCorpus.Found.Where(file => file.Contains("LT625883379695428516_053", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).DefaultIfEmpty(CamtCorpus.Missing).ToArray();
        if (CamtCorpus.IsMissing(files[0]))
            return;
        await app.Invoicing.IntroduceAsync();
        var known = new HashSet<string>();
        decimal credits = 0;
        foreach (var file in files)
        {
            foreach (var statement in Read(file).Statements)
            {
                credits += statement.Entries
                    .Where(e => e is { Movement: Movement.Credit, Status: EntryStatus.Booked }).Sum(e => e.Amount.Amount);
                var code = $"{statement.AccountIdentification}-{statement.AccountCurrency!.Value.Code}";
                if (known.Add(code))
                {
                    await app.Client.PutAsync($"/v1/bank-accounts/{code}", new
                    {
                        legalEntity = "US01",
                        currency = statement.AccountCurrency.Value.Code,
                        accountNumber = statement.AccountIdentification,
                        ledgerAccount = "1000",
                    }, 201);
                }
            }

            await ImportAsync(file, 201);
        }

        (await app.ScalarAsync<decimal>("select sum(amount) from receipts")).ShouldBe(credits);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
        foreach (var file in files)
            (await ImportAsync(file, 409)).ShouldHaveCode("statement-already-imported");
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts")).ShouldBe(credits);
        (await app.ScalarAsync<long>("select count(*) from receipts"))
            .ShouldBe(await app.ScalarAsync<int>("select last from receipt_numbers"));
    }

    private Task<System.Text.Json.JsonElement> ImportAsync(string file, int status) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(CamtCorpus.Bytes(file)), status);

    private static BankStatementFile Read(string file)
    {
        using var stream = new MemoryStream(CamtCorpus.Bytes(file));
        return CamtReader.Read(stream);
    }
}
