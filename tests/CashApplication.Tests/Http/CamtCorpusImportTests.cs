using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Weeks of one bank's real statements, two accounts to a file, in order and shuffled; then once more.
/// </summary>
public sealed class A_chain_of_real_statements(Servers servers) : IAsyncLifetime
{
    private readonly CashApp _inOrder = new(servers);
    private readonly CashApp _shuffled = new(servers);

    public async ValueTask InitializeAsync()
    {
        await _inOrder.InitializeAsync();
        await _shuffled.InitializeAsync();
    }

    [Fact]
    public async Task comes_to_the_same_books_in_any_order_and_not_again()
    {
        var files = CamtCorpus.Found.Where(file => file.Contains("LT625883379695428516_053", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).DefaultIfEmpty(CamtCorpus.Missing).ToArray();
        if (CamtCorpus.IsMissing(files[0]))
            return;
        var (accounts, credits) = Counted(files);
        foreach (var app in new[] { _inOrder, _shuffled })
            await RegisterAsync(app, accounts);

        foreach (var file in files)
            await ImportAsync(_inOrder, file, 201);
        var mixed = files.ToArray();
        new Random(20261102).Shuffle(mixed);
        foreach (var file in mixed)
            await OfferAsync(_shuffled, file);

        foreach (var app in new[] { _inOrder, _shuffled })
            await HoldsAsync(app, files, accounts, credits);
        (await ReceiptsAsync(_shuffled)).ShouldBe(await ReceiptsAsync(_inOrder));
        foreach (var file in files)
            (await ImportAsync(_shuffled, file, 409)).ShouldHaveCode("statement-already-imported");
        (await _shuffled.ScalarAsync<decimal>("select sum(amount) from receipts")).ShouldBe(credits);
        (await _shuffled.ScalarAsync<long>("select count(*) from receipts"))
            .ShouldBe(await _shuffled.ScalarAsync<int>("select last from receipt_numbers"));
    }

    public async ValueTask DisposeAsync()
    {
        await _inOrder.DisposeAsync();
        await _shuffled.DisposeAsync();
    }

    private static (HashSet<(string Account, string Currency)> Accounts, decimal Credits) Counted(string[] files)
    {
        var statements = files.SelectMany(file => Corpus.Read(CamtCorpus.Bytes(file)).Statements).ToArray();
        return ([.. statements.Select(one => (one.AccountIdentification, one.AccountCurrency!.Value.Code))],
            statements.SelectMany(one => one.Entries)
                .Where(entry => entry is { Movement: Movement.Credit, Status: EntryStatus.Booked })
                .Sum(entry => entry.Amount.Amount));
    }

    private static async Task RegisterAsync(CashApp app, HashSet<(string Account, string Currency)> accounts)
    {
        await app.Invoicing.IntroduceAsync();
        foreach (var (account, currency) in accounts)
        {
            await app.Client.PutAsync($"/v1/bank-accounts/{account}-{currency}",
                new { legalEntity = "US01", currency, accountNumber = account, ledgerAccount = "1000" }, 201);
        }
    }

    /// <summary>One that does not link yet is refused, and imported by itself later.</summary>
    private static async Task OfferAsync(CashApp app, string file)
    {
        using var content = new ByteArrayContent(CamtCorpus.Bytes(file));
        using var answer = await app.Client.PostAsync(new Uri("/v1/bank-statements", UriKind.Relative), content);
        if ((int)answer.StatusCode == 422)
            (await answer.Content.ReadAsStringAsync()).ShouldContain("statement-gap");
        else
            ((int)answer.StatusCode).ShouldBe(201);
    }

    private static async Task HoldsAsync(
        CashApp app, string[] files, HashSet<(string Account, string Currency)> accounts, decimal credits)
    {
        await Eventually.Becomes(
            () => app.ScalarAsync<long>("select count(*) from statement_imports where status = 'imported'"),
            imported => imported == files.Length, "every file is imported", TimeSpan.FromMinutes(3));
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts")).ShouldBe(credits);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
        foreach (var (account, currency) in accounts)
        {
            var chain = await app.Client.ReadAsync($"/v1/bank-accounts/{account}-{currency}/statements");
            chain.GetProperty("isUnbroken").GetBoolean().ShouldBeTrue();
            chain.Items("statements").Length.ShouldBe(files.Length);
        }
    }

    private static Task<string> ReceiptsAsync(CashApp app) => app.ScalarAsync<string>(
        "select string_agg(id::text || amount::text || value_date::text, ',' order by id) from receipts");

    private static Task<System.Text.Json.JsonElement> ImportAsync(CashApp app, string file, int status) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(CamtCorpus.Bytes(file)), status);
}
