using System.Globalization;
using System.Text.Json.Nodes;

namespace OrderToCash.Local.Demo;

/// <summary>What must hold after the day, read back through the API.</summary>
internal sealed class DemoChecks(ApiClient api, DemoReport report, IReadOnlyList<Company> companies)
{
    public async Task RunAsync(IReadOnlyList<string> mails)
    {
        foreach (var company in companies)
        {
            await CashAsync(company);
            await LedgerAsync(company);
            await JournalAsync(company);
            await AgingAsync(company);
            await ExposureAsync(company);
            await RemindersAsync(company, mails);
        }

        await AccountAsync(companies[0]);
    }

    private async Task CashAsync(Company company)
    {
        var row = (await api.GetAsync($"/v1/reports/cash-tie-out?legalEntity={company.Code}"))["rows"]!.AsArray()[0]!;
        var (receipts, applied, unapplied, unidentified) =
            (Of(row, "receipts"), Of(row, "applied"), Of(row, "unapplied"), Of(row, "unidentified"));
        report.Check($"{company.Code}: cash = applied + unapplied + unidentified = credits of the statement",
            receipts == applied + unapplied + unidentified && receipts == company.StatementCredits,
            $"{receipts:N2} = {applied:N2} + {unapplied:N2} + {unidentified:N2} = {company.StatementCredits:N2}");
    }

    private async Task LedgerAsync(Company company)
    {
        var tie = await api.GetAsync($"/v1/reports/tie-out?legalEntity={company.Code}");
        var row = tie["rows"]!.AsArray()[0]!;
        var open = await OpenAsync(company);
        report.Check($"{company.Code}: subledger = open items = control account = sum of invoice balances",
            tie["ties"]!.GetValue<bool>() && Of(row, "openItems") == open,
            $"{Of(row, "subledger"):N2} = {Of(row, "openItems"):N2} = {Of(row, "controlAccount"):N2} = {open:N2}");
    }

    private async Task JournalAsync(Company company)
    {
        // Entries of the last months: the oldest invoice of the day is 75 days old.
        var (debits, credits, count) = (0m, 0m, 0);
        foreach (var month in Enumerable.Range(0, 4).Select(back => company.Today.AddMonths(-back)))
        {
            var period = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
            var entries = await api.ListAsync($"/v1/journal-entries?period={period}&legalEntity={company.Code}");
            foreach (var entry in entries)
            {
                count++;
                debits += entry["lines"]!.AsArray().Sum(line => Of(line!, "debit"));
                credits += entry["lines"]!.AsArray().Sum(line => Of(line!, "credit"));
            }
        }

        report.Check($"{company.Code}: journal balances", debits == credits && count > 0,
            $"{count} entries, {debits:N2} = {credits:N2}");
    }

    private async Task AgingAsync(Company company)
    {
        var today = company.Today.ToString("O", CultureInfo.InvariantCulture);
        var aging = await api.GetAsync($"/v1/reports/aging?legalEntity={company.Code}&asOf={today}&by=customer");
        var totals = aging["totals"]!;
        var total = Plain(totals["total"]!);
        var buckets = totals["amounts"]!.AsObject().ToDictionary(pair => pair.Key, pair => Plain(pair.Value!));
        var open = await OpenAsync(company);
        report.Check($"{company.Code}: aging buckets = total = open invoices",
            buckets.Values.Sum() == total && total == open,
            string.Join(", ", buckets.Select(bucket => $"{bucket.Key}: {bucket.Value:N2}")));
    }

    private async Task ExposureAsync(Company company)
    {
        var open = (await api.ListAsync($"/v1/invoices?legalEntity={company.Code}")).Select(Invoice.Read)
            .ToLookup(invoice => invoice.CustomerId, invoice => invoice.Balance);
        var differing = new List<string>();
        foreach (var (customer, id) in company.Customers)
        {
            var expected = open[id].Sum();
            var (seen, _) = await ExposureAsync(id, expected);
            if (seen != expected)
                differing.Add($"{customer.Name}: {seen:N2} instead of {expected:N2}");
        }

        report.Check($"{company.Code}: Credit's open receivables = Invoicing's, customer by customer",
            differing.Count == 0,
            differing.Count == 0 ? $"{company.Customers.Count} customers" : string.Join("; ", differing));
    }

    private Task<(decimal Seen, JsonNode Account)> ExposureAsync(Guid customer, decimal expected) =>
        ApiClient.UntilAsync(
            async () =>
            {
                var account = await api.GetAsync($"/v1/credit/accounts/{customer}");
                return (Of(account["exposure"]!, "openReceivables"), account);
            },
            pair => pair.Item1 == expected, $"Credit knows what {customer} owes: {expected}");

    private async Task RemindersAsync(Company company, IReadOnlyList<string> mails)
    {
        var paid = (await api.ListAsync($"/v1/invoices?legalEntity={company.Code}&status=paid"))
            .Select(item => item["number"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        var wrongly = company.Dunned.Where(paid.Contains).ToList();
        var own = mails.Count(mail => company.Customers.Exists(customer =>
            mail.Contains(customer.Customer.Email, StringComparison.OrdinalIgnoreCase)));
        var taken = mails.Count > 0 ? $"{own} mails taken" : "mails elsewhere";
        report.Check($"{company.Code}: nobody was reminded of what is paid",
            wrongly.Count == 0 && company.Dunned.Count > 0,
            $"{company.Dunned.Count} items reminded, {paid.Count} invoices paid, {taken}");
    }

    private async Task AccountAsync(Company company)
    {
        var (customer, id) = company.Customers[0];
        var account = await api.GetAsync($"/v1/customers/{id}/account");
        report.Check($"{customer.Name}: the composed account has all four parts",
            account["unavailable"]!.AsArray().Count == 0
                && account["credit"] is not null && account["receipts"] is not null,
            $"/v1/customers/{id}/account, available credit {Of(account["credit"]!, "available"):N2}");
    }

    private async Task<decimal> OpenAsync(Company company) =>
        (await api.ListAsync($"/v1/invoices?legalEntity={company.Code}")).Sum(item => Of(item, "balance"));

    private static decimal Of(JsonNode row, string field) => DemoDay.Amount(row[field]!);

    private static decimal Plain(JsonNode value) => value is JsonObject ? DemoDay.Amount(value)
        : decimal.Parse(value.ToString(), CultureInfo.InvariantCulture);
}
