using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// Seventy-seven working days of a real company, a file a day with two accounts in it, none of which says who paid or
/// what for: imported in order for one legal entity and shuffled for another, and worked until nothing waits.
/// </summary>
public sealed class DailyStatements(RunningSystem system)
{
    private const string Folder = "camt/Subite-eu+camt-to-coda/LT625883379695428516_053";
    private const string InterimAccount = "LT809872649478701594";
    private const int AtOnce = 8;

    private static readonly string[] Interim =
    [
        $"camt/Subite-eu+camt-to-coda/{InterimAccount}_052", $"camt/Subite-eu+camt-to-coda/{InterimAccount}_054",
    ];

    private static readonly string[] Accounts = ["LT625883379695428516", "LT414319056143772570"];

    private readonly Api _api = system.Controller;

    [Fact]
    public async Task are_booked_in_any_order_and_the_workbench_is_worked_down_to_nothing()
    {
        if (DataFolder.Find(Folder) is not { } folder)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(DataFolder.Missing);
            return;
        }

        var files = Directory.GetFiles(folder, "*.xml").Order(StringComparer.Ordinal)
            .Select(path => File.ReadAllText(path)).ToArray();
        decimal[] credits = [.. files.SelectMany(Credits)];
        var (inOrder, shuffled) = (await OpenAsync("DAILY"), await OpenAsync("MIXED"));
        await BillAsync(inOrder, credits);

        foreach (var file in files)
            ((int)(await _api.ImportAsync(Encoding.UTF8.GetBytes(file))).Status).ShouldBe(201);
        new Random(20261129).Shuffle(files);
        foreach (var file in files)
        {
            var answer = await _api.ImportAsync(Encoding.UTF8.GetBytes(file.Replace("LT", "MX", Ordinal)));
            if ((int)answer.Status != 201)
                answer.Problem.ShouldBe("statement-gap");
        }

        foreach (var company in new[] { inOrder, shuffled })
            await BookedAsync(company, files.Length, credits);

        await AcceptAsync(inOrder);
        await GiveUpAsync(shuffled);
        await KeepOnAccountAsync(shuffled);
        foreach (var company in new[] { inOrder, shuffled })
            await NothingWaitsAsync(company, credits.Sum());
    }

    /// <summary>
    /// Reports of the day so far and notifications of another account of that company, weeks apart, in order and
    /// shuffled: what they tell is kept, and is no money of anybody.
    /// </summary>
    [Fact]
    public async Task of_days_that_are_not_over_and_notifications_tell_of_no_money()
    {
        string[] files =
        [
            .. Interim.Select(DataFolder.Find).OfType<string>()
                .SelectMany(folder => Directory.GetFiles(folder, "*.xml"))
                .OrderBy(Path.GetFileName, StringComparer.Ordinal).Select(File.ReadAllText),
        ];
        if (files.Length == 0)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(DataFolder.Missing);
            return;
        }

        files.Length.ShouldBe(11 + 5);
        await _api.PutAsync("/v1/legal-entities/INTERIM",
            new { name = "Interim UAB", baseCurrency = "EUR", country = "LT", timeZone = "Europe/Vilnius" });
        string[] accounts = [InterimAccount, InterimAccount.Replace("LT", "MX", Ordinal)];
        foreach (var account in accounts)
        {
            await Eventually.BecomesTrue(
                async () => (await _api.TryAsync(HttpMethod.Put, $"/v1/bank-accounts/{account}", new
                {
                    legalEntity = "INTERIM",
                    currency = "EUR",
                    accountNumber = account,
                    ledgerAccount = "1010",
                })).Message.IsSuccessStatusCode,
                "cash application knows the company");
        }

        foreach (var file in files)
            await IsKeptAsync(file);
        new Random(20261130).Shuffle(files);
        foreach (var file in files)
            await IsKeptAsync(file.Replace("LT", "MX", Ordinal));

        foreach (var account in accounts)
        {
            (await _api.GetAsync($"/v1/bank-accounts/{account}/statements"))["statements"]!.AsArray()
                .ShouldBeEmpty("no chain begins with them");
        }

        (await _api.ListAsync("/v1/receipts?legalEntity=INTERIM")).ShouldBeEmpty();
        (await _api.ListAsync("/v1/pending-payments?legalEntity=INTERIM")).ShouldBeEmpty();
    }

    /// <summary>All of the file is kept as lines that tell, and book nothing.</summary>
    private async Task IsKeptAsync(string file)
    {
        var answer = await _api.ImportAsync(Encoding.UTF8.GetBytes(file));
        ((int)answer.Status).ShouldBe(201, answer.Text);
        var lines = await _api.ListAsync($"/v1/bank-statements/{Seller.Id(answer.Body)}/lines?sort=position");
        lines.Count.ShouldBe(
            XDocument.Parse(file).Descendants().Count(element => element.Name.LocalName == "Ntry"));
        lines.ShouldAllBe(line => line["class"]!.GetValue<string>() == "information");
    }

    private static StringComparison Ordinal => StringComparison.Ordinal;

    /// <summary>What a reader of its own finds in a file.</summary>
    private static IEnumerable<decimal> Credits(string file) =>
        XDocument.Parse(file).Descendants().Where(element => element.Name.LocalName == "Ntry"
                && element.Elements().Single(part => part.Name.LocalName == "CdtDbtInd").Value == "CRDT")
            .Select(entry => decimal.Parse(
                entry.Elements().Single(part => part.Name.LocalName == "Amt").Value, CultureInfo.InvariantCulture));

    private async Task<Company> OpenAsync(string code)
    {
        await _api.PutAsync($"/v1/legal-entities/{code}",
            new { name = $"{code} UAB", baseCurrency = "EUR", country = "LT", timeZone = "Europe/Vilnius" });
        var customer = await _api.PostAsync("/v1/customers", new
        {
            legalEntity = code,
            name = "Baltic Retail",
            currency = "EUR",
            country = "LT",
            language = "en",
            terms = "NET 30",
        });
        var company = new Company(code, Seller.Id(customer));
        using var operators = system.As("operator");
        await Eventually.BecomesTrue(
            async () => (await operators.TryAsync(HttpMethod.Put, $"/v1/cash-policies/{code}",
                new { autoApplyThreshold = "0.90", writeOffLimits = new[] { Eur(10m) } })).Message.IsSuccessStatusCode,
            "cash application knows the company");
        foreach (var account in company.BankAccounts)
        {
            await _api.PutAsync($"/v1/bank-accounts/{account}",
                new { legalEntity = code, currency = "EUR", accountNumber = account, ledgerAccount = "1010" });
        }

        return company;
    }

    /// <summary>An invoice over what will be paid, for each payment.</summary>
    private async Task BillAsync(Company company, decimal[] amounts)
    {
        var batch = await _api.PostAsync("/v1/invoices/batch", new
        {
            invoices = amounts.Select(amount => new
            {
                customerId = company.Customer,
                currency = "EUR",
                lines = new[]
                {
                    new { description = "Goods", quantity = "1", unitPrice = Text(amount), taxRate = "0" },
                },
            }),
        });
        batch["results"]!.AsArray().ShouldAllBe(result => result!["status"]!.GetValue<int>() == 201);
        await Eventually.Becomes(
            () => _api.ListAsync($"/v1/open-items?legalEntity={company.Code}"),
            items => items.Count == amounts.Length, "cash application knows every invoice");
    }

    /// <summary>Every file, in one unbroken chain for each account, with what it has in it and nothing else.</summary>
    private async Task BookedAsync(Company company, int files, decimal[] credits)
    {
        foreach (var account in company.BankAccounts)
        {
            var chain = await Eventually.Becomes(
                () => _api.GetAsync($"/v1/bank-accounts/{account}/statements"),
                now => now["statements"]!.AsArray().Count == files, "every statement is booked");
            chain["isUnbroken"]!.GetValue<bool>().ShouldBeTrue();
        }

        var receipts = await _api.ListAsync($"/v1/receipts?legalEntity={company.Code}");
        receipts.Select(receipt => Api.Amount(receipt["amount"])).Order().ShouldBe(credits.Order());
    }

    /// <summary>
    /// One click for each; where several items are of one amount, the next round has one less. What all items of an
    /// amount are promised to waits without a suggestion until Invoicing has answered.
    /// </summary>
    private async Task AcceptAsync(Company company)
    {
        while (await SuggestedAsync(company) is { Length: > 0 } suggested)
        {
            var outcomes = await _api.PostAsync("/v1/workbench/accept", new
            {
                items = suggested.Select(item => new
                {
                    receiptId = Seller.Id(item),
                    suggestion = item["suggestions"]![0]!["key"]!.GetValue<string>(),
                }),
            });
            outcomes["results"]!.AsArray().ShouldContain(one => one!["status"]!.GetValue<int>() == 202);
        }
    }

    /// <summary>What waits and has a suggestion; nothing once nothing waits.</summary>
    private async Task<JsonNode[]> SuggestedAsync(Company company)
    {
        var waiting = await Eventually.Becomes(
            () => WorkbenchAsync(company, "suggest=true"),
            items => items.Count == 0 || items.Any(HasSuggestion), "something of what waits has a suggestion");
        return [.. waiting.Where(HasSuggestion)];

        static bool HasSuggestion(JsonNode item) => item["suggestions"]!.AsArray().Count > 0;
    }

    /// <summary>Payments of up to 10.00 are given up together, as they were shown.</summary>
    private async Task GiveUpAsync(Company company)
    {
        const string path = "/v1/receipts/write-off-runs";
        var preview = await _api.PostAsync(
            path, new { legalEntity = company.Code, limit = Eur(10m), preview = true });
        preview["count"]!.GetValue<int>().ShouldBeGreaterThan(0);
        var run = await _api.PostAsync(path, new
        {
            legalEntity = company.Code,
            limit = Eur(10m),
            reason = "Too small to ask for",
            total = preview["total"],
        });
        var finished = await Eventually.Becomes(
            () => _api.GetAsync($"{path}/{Seller.Id(run)}"),
            now => now["status"]!.GetValue<string>() == "finished", "the run is over");
        Api.Amount(finished["writtenOff"]).ShouldBe(Api.Amount(preview["total"]));
    }

    private async Task KeepOnAccountAsync(Company company)
    {
        var waiting = await WorkbenchAsync(company);
        waiting.ShouldNotBeEmpty();
        await Parallel.ForEachAsync(
            waiting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) =>
            {
                var path = $"/v1/receipts/{Seller.Id(item)}";
                await _api.PostAsync($"{path}/customer", new { customerId = company.Customer });
                await _api.PostAsync($"{path}/on-account", new { });
            });
    }

    private async Task NothingWaitsAsync(Company company, decimal credits)
    {
        (await WorkbenchAsync(company)).ShouldBeEmpty();
        var places = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/reports/cash-tie-out?legalEntity={company.Code}"),
            report => Api.Amount(report["rows"]!.AsArray().Single()!["pending"]) == 0m, "Invoicing has answered all");
        places["ties"]!.GetValue<bool>().ShouldBeTrue();
        Api.Amount(places["rows"]!.AsArray().Single()!["receipts"]).ShouldBe(credits);
        (await _api.ListAsync($"/v1/invoices?customerId={company.Customer}"))
            .ShouldAllBe(invoice => invoice["status"]!.GetValue<string>() == "paid");
        (await _api.GetAsync($"/v1/customers/{company.Customer}/reconciliation"))["ties"]!.GetValue<bool>()
            .ShouldBeTrue();
    }

    private Task<IReadOnlyList<JsonNode>> WorkbenchAsync(Company company, string more = "suggest=false") =>
        _api.ListAsync($"/v1/workbench?legalEntity={company.Code}&{more}");

    private static object Eur(decimal amount) => new { amount = Text(amount), currency = "EUR" };

    private static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A company with the accounts of the files, or with ones that are called otherwise.</summary>
    private sealed record Company(string Code, Guid Customer)
    {
        public IEnumerable<string> BankAccounts => Code == "DAILY"
            ? Accounts
            : Accounts.Select(account => account.Replace("LT", "MX", Ordinal));
    }
}
