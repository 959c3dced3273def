using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Demo;

/// <summary>
/// A day of order to cash through the gateway, on real input: two companies, a dozen customers, an order approved and
/// one held, 200 invoices, a bank statement for each company with every kind of payment, files that must be refused,
/// dunning with real mails.
/// </summary>
internal sealed class DemoDay(ApiClient api, DemoReport report)
{
    private const int InvoicesPerEntity = 100;

    private readonly List<Company> _companies = [];

    /// <summary>Customer ids and what was invoiced to whom, for the checks.</summary>
    public IReadOnlyList<Company> Companies => _companies;

    public async Task PlayAsync()
    {
        var day = await NextDayAsync();
        foreach (var entity in DemoBook.Entities)
            _companies.Add(await OpenAsync(entity, day));
        await CheckOrdersAsync(_companies[0]);
        foreach (var company in _companies)
            await InvoiceAsync(company);
        foreach (var company in _companies)
            await BankAsync(company);
        foreach (var company in _companies)
            await DunAsync(company);
    }

    /// <summary>
    /// The first number whose companies are not there yet: the demo can be played on the same stores again.
    /// </summary>
    private async Task<int> NextDayAsync()
    {
        for (var day = 1; day < 100; day++)
        {
            var (status, _) = await api.TryGetAsync($"/v1/legal-entities/US{day:00}");
            if (status == 404)
                return day;
        }

        throw new ServerException("The demo day was played 99 times on these stores; start with empty ones.");
    }

    private async Task<Company> OpenAsync(DemoEntity entity, int day)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"{entity.Prefix}{day:00}");
        await api.PutAsync($"/v1/legal-entities/{code}", new JsonObject
        {
            ["name"] = entity.Name,
            ["baseCurrency"] = entity.Currency,
            ["country"] = entity.Country,
            ["timeZone"] = entity.TimeZone,
        });
        var company = new Company(entity, code, entity.Iban(day), TimeProvider.System.Today(entity.TimeZone));
        foreach (var customer in entity.Customers)
        {
            var answer = await api.PostAsync("/v1/customers", new JsonObject
            {
                ["legalEntity"] = code,
                ["name"] = customer.Name,
                ["externalId"] = $"CRM-{customer.Email}",
                ["currency"] = entity.Currency,
                ["country"] = customer.Iban[..2],
                ["language"] = customer.Language,
                ["segment"] = "enterprise",
                ["terms"] = $"NET {customer.TermDays}",
                ["contacts"] = new JsonArray(new JsonObject
                {
                    ["name"] = customer.Contact,
                    ["role"] = "accounts-payable",
                    ["email"] = customer.Email,
                    ["timeZone"] = customer.TimeZone,
                }),
            });
            company.Customers.Add((customer, answer["id"]!.GetValue<Guid>()));
        }

        report.Step($"{code} opened",
            $"{entity.Name}, {entity.Currency}, {company.Customers.Count} customers, account {company.Iban}");
        return company;
    }

    private async Task CheckOrdersAsync(Company company)
    {
        var customer = company.Customers[0].Id;
        await ApiClient.UntilAsync(
            async () => (await api.TryGetAsync($"/v1/credit/accounts/{customer}")).Status, status => status == 200,
            "Credit knows the customer");
        await api.PutAsync($"/v1/credit/accounts/{customer}/limit", new JsonObject
        {
            ["limit"] = company.Money(40_000m),
            ["reason"] = "Opening limit of the demo day",
        });
        var approved = await OrderAsync(customer, company, "SO-1001", 12_000m);
        var held = await OrderAsync(customer, company, "SO-1002", 35_000m);
        if ((approved, held) != ("approved", "held"))
            throw new ServerException($"Expected one order approved and one held, got {approved} and {held}.");
        report.Step("Orders checked",
            "limit 40,000.00: SO-1001 over 12,000.00 approved and reserved, SO-1002 over 35,000.00 held");
    }

    private async Task<string> OrderAsync(Guid customer, Company company, string order, decimal amount)
    {
        var answer = await api.PostAsync("/v1/credit/order-checks", new JsonObject
        {
            ["customerId"] = customer,
            ["orderId"] = $"{company.Code}-{order}",
            ["amount"] = company.Money(amount),
        });
        return answer["decision"]!.GetValue<string>();
    }

    private async Task InvoiceAsync(Company company)
    {
        var wishes = Enumerable.Range(0, InvoicesPerEntity).Select(number => Wish(company, number)).ToArray();
        var answer = await api.PostAsync("/v1/invoices/batch", new JsonObject { ["invoices"] = new JsonArray(wishes) });
        var results = answer["results"]!.AsArray();
        if (results.FirstOrDefault(result => result!["status"]!.GetValue<int>() != 201) is { } failed)
            throw new ServerException($"An invoice of the batch was refused: {failed.ToJsonString()}");
        foreach (var item in await api.ListAsync($"/v1/invoices?legalEntity={company.Code}"))
            company.Invoices.Add(Invoice.Read(item));
        company.Invoices.Sort((left, right) => string.CompareOrdinal(left.Number, right.Number));
        report.Step($"{company.Code} invoiced",
            $"{results.Count} invoices in one batch, {company.Invoices[0].Number} to {company.Invoices[^1].Number}, " +
            $"{company.Invoices.Sum(invoice => invoice.Total):N2} {company.Entity.Currency}");
    }

    /// <summary>
    /// Invoices spread over the last 75 days, so that some are long overdue, some due these days and some not yet.
    /// </summary>
    private static JsonNode Wish(Company company, int number)
    {
        var (_, id) = company.Customers[number % company.Customers.Count];
        var quantity = 1 + (number * 7 % 40);
        return new JsonObject
        {
            ["customerId"] = id,
            ["invoiceDate"] = company.Today.AddDays(-75 + (number * 3 / 4)).ToString("O", CultureInfo.InvariantCulture),
            ["currency"] = company.Entity.Currency,
            ["orderReference"] = number == 0 ? $"{company.Code}-SO-1001" : $"{company.Code}-SO-{2000 + number}",
            ["purchaseOrder"] = $"PO-{4500 + number}",
            ["lines"] = new JsonArray(
                new JsonObject
                {
                    ["description"] = "Industrial widget",
                    ["quantity"] = $"{quantity}",
                    ["unitPrice"] = $"{19.5m + number}",
                    ["taxRate"] = $"{company.Entity.TaxRate}",
                    ["taxCode"] = company.Entity.TaxCode,
                    ["revenueAccount"] = "4000",
                },
                new JsonObject
                {
                    ["description"] = "Freight",
                    ["quantity"] = "1",
                    ["unitPrice"] = $"{4.99m + (number % 5)}",
                    ["taxRate"] = "0",
                    ["taxCode"] = "EXEMPT",
                    ["revenueAccount"] = "4100",
                }),
        };
    }

    private async Task BankAsync(Company company)
    {
        await api.PutAsync($"/v1/bank-accounts/{company.Code}-MAIN", new JsonObject
        {
            ["legalEntity"] = company.Code,
            ["currency"] = company.Entity.Currency,
            ["iban"] = company.Iban,
            ["ledgerAccount"] = "1010",
        });
        await ApiClient.UntilAsync(
            async () => (await api.ListAsync($"/v1/open-items?legalEntity={company.Code}")).Count,
            count => count == company.Invoices.Count, "cash application knows every open item");

        var lines = new DemoStatement(company).Lines();
        var file = Camt.Write(company.Iban, company.Entity.Currency, 1, company.Today, 50_000m, lines);
        var (status, answer) = await api.PostFileAsync("/v1/bank-statements", file);
        if (status != 201)
        {
            throw new ServerException(
                $"The statement of {company.Code} was answered {status}: {answer.ToJsonString()}");
        }

        await ApiClient.UntilAsync(
            async () => (await CashRowAsync(company))["pending"]!["amount"]!.GetValue<string>(),
            pending => decimal.Parse(pending, CultureInfo.InvariantCulture) == 0, "every allocation is answered");
        var cash = await CashRowAsync(company);
        company.StatementCredits = lines.Where(line => line.Amount > 0).Sum(line => line.Amount);
        report.Step($"{company.Code} bank statement",
            $"{lines.Count} lines, {answer["receiptIds"]!.AsArray().Count} receipts: " +
            $"applied {Text(cash, "applied")}, unapplied {Text(cash, "unapplied")}, " +
            $"unidentified {Text(cash, "unidentified")}");
        await RefuseAsync(company, file, lines);
    }

    /// <summary>Yesterday's file again, and a file whose closing balance does not follow from its lines.</summary>
    private async Task RefuseAsync(Company company, byte[] file, IReadOnlyList<BankLine> lines)
    {
        var (again, sameFile) = await api.PostFileAsync("/v1/bank-statements", file);
        var opening = 50_000m + lines.Sum(line => line.Amount);
        var torn = Camt.Write(
            company.Iban, company.Entity.Currency, 2, company.Today, opening,
            [new BankLine(1_000m, "Anybody", null, "one line is missing")], closing: opening + 1_500m);
        var (refused, wrong) = await api.PostFileAsync("/v1/bank-statements", torn);
        report.Check($"{company.Code}: the same file again and a file that does not add up are refused",
            again is 409 or 422 && refused == 422,
            $"{again} {sameFile["code"]}, {refused} {wrong["code"]}: {wrong["detail"]}");
    }

    private async Task DunAsync(Company company)
    {
        var (overdue, _) = await ApiClient.UntilAsync(
            async () => (Ours: await OverdueAsync(company),
                Listed: (await api.ListAsync($"/v1/collections/worklist?legalEntity={company.Code}"))
                    .Sum(row => Amount(row["overdue"]!))),
            sums => sums.Listed == sums.Ours, $"the worklist of {company.Code} shows what is overdue");
        var run = new JsonObject { ["legalEntity"] = company.Code };
        var dry = new JsonObject { ["legalEntity"] = company.Code, ["preview"] = true };
        var preview = await api.PostAsync("/v1/collections/dunning-runs", dry);
        var real = await api.PostAsync("/v1/collections/dunning-runs", run);
        var notices = real["notices"]!.AsArray().Where(notice => notice!["blockedBy"] is null).ToList();
        var sent = await ApiClient.UntilAsync(
            async () => (await api.ListAsync($"/v1/collections/notices?legalEntity={company.Code}"))
                .Count(notice => notice["status"]!.GetValue<string>() == "sent"),
            count => count >= notices.Count, "every notice is sent");
        company.Dunned.AddRange(notices.SelectMany(notice => notice!["items"]!.AsArray())
            .Select(item => item!["invoiceNumber"]!.GetValue<string>()));
        report.Step($"{company.Code} dunning",
            $"preview {preview["notices"]!.AsArray().Count}, sent {sent} mails over {company.Dunned.Count} items, " +
            $"{overdue:N2} overdue");
    }

    /// <summary>What is overdue and not in dispute: a payment that is short for a reason opens a dispute.</summary>
    private async Task<decimal> OverdueAsync(Company company)
    {
        var overdue = (await api.ListAsync($"/v1/invoices?legalEntity={company.Code}")).Select(Invoice.Read)
            .Where(invoice => invoice.DueDate < company.Today).ToDictionary(invoice => invoice.Id);
        var disputed = (await api.ListAsync($"/v1/collections/disputes?legalEntity={company.Code}"))
            .Where(dispute => overdue.ContainsKey(dispute["invoiceId"]!.GetValue<Guid>()))
            .Sum(dispute => Amount(dispute["disputed"]!));
        return overdue.Values.Sum(invoice => invoice.Balance) - disputed;
    }

    private async Task<JsonNode> CashRowAsync(Company company) =>
        (await api.GetAsync($"/v1/reports/cash-tie-out?legalEntity={company.Code}"))["rows"]!.AsArray()[0]!;

    internal static decimal Amount(JsonNode money) =>
        decimal.Parse(money["amount"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static string Text(JsonNode row, string field) =>
        Amount(row[field]!).ToString("N2", CultureInfo.InvariantCulture);
}
