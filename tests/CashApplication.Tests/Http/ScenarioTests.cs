using System.Globalization;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Thirty-seven payments that others made up to try cash application on (exact, combined, discounted, short, on hold,
/// for a group, under other names, in foreign money). For each of them this says what is meant to happen and what does.
/// </summary>
public sealed class Scenarios(CashApp app) : IClassFixture<CashApp>
{
    private const string Corpus = "cashapp/abhijeet1895raj+cash-application-hackathon";

    /// <summary>
    /// What reached means: who is asked, what is applied to which invoice, what is kept back and why.
    /// </summary>
    private static readonly Dictionary<string, string> Reached = new()
    {
        // Clean batch. Intended: all of them without a person.
        ["TXN-01-001"] = "auto INV-01-001=18500",
        ["TXN-01-002"] = "auto INV-01-002=18000 INV-01-003=24000",
        ["TXN-01-003"] = "auto INV-01-004=31850 discount 650",
        ["TXN-01-004"] = "auto INV-01-005=9975 difference 25",
        ["TXN-01-005"] = "auto INV-01-006=55000",
        ["TXN-01-006"] = "auto INV-01-007=27300",
        ["TXN-01-007"] = "auto INV-01-008=13400 installment 2",
        ["TXN-01-008"] = "auto INV-01-009=8750",

        // Deductions. Intended: the money is applied, what is kept back is a deduction by its reason; 005 gives none,
        // so its rest stays open and nobody claims anything; 007 takes its discount too late.
        ["TXN-02-001"] = "auto INV-02-001=39200 discount 800",
        ["TXN-02-002"] = "auto INV-02-002=47500 deduction 2500 other",
        ["TXN-02-003"] = "auto INV-02-003=28750 deduction 1250 quality",
        ["TXN-02-004"] = "auto INV-02-004=62000 deduction 3000 other",
        ["TXN-02-005"] = "auto INV-02-005=33500",
        ["TXN-02-006"] = "auto INV-02-006=19800 deduction 2000 quantity",
        ["TXN-02-007"] = "auto INV-02-007=25840 deduction 160 terms",
        ["TXN-02-008"] = "auto INV-02-008=44000 deduction 2000 price",
        ["TXN-02-009"] = "auto INV-02-009=15000",

        // Compliance. Intended: nothing of 001 to 004 without a person, each for its reason; 005 is the return of an
        // earlier payment and reverses it; 006 is clean.
        ["TXN-03-001"] = "waits on-hold",
        ["TXN-03-002"] = "waits on-hold",
        ["TXN-03-003"] = "waits other-entity",
        ["TXN-03-004"] = "waits on-hold",
        ["TXN-03-005"] = "reversed",
        ["TXN-03-006"] = "auto INV-03-006=29750",

        // Groups and other names. Intended: all of them; 003 also asks to set off what is owed to the customer, which
        // is no cash: its money is applied, and the rest is a deduction until accounting has set it off.
        ["TXN-04-001"] = "auto INV-04-001=85000",
        ["TXN-04-002"] = "auto INV-04-002=31000 INV-04-003=25000",
        ["TXN-04-003"] = "auto INV-04-004=41200 deduction 26800 other",
        ["TXN-04-004"] = "auto INV-04-005=32500",
        ["TXN-04-005"] = "auto INV-04-006=19800",
        ["TXN-04-006"] = "auto INV-04-007=47250",
        ["TXN-04-007"] = "auto INV-04-008=28000",

        // Foreign payers. Intended: all of them; 003 converts at another rate than agreed and stays 100 short, which is
        // more than may be given up.
        ["TXN-05-001"] = "auto INV-05-001=54000",
        ["TXN-05-002"] = "auto INV-05-002=38145",
        ["TXN-05-003"] = "auto INV-05-003=29600",
        ["TXN-05-004"] = "auto INV-05-004=22200",
        ["TXN-05-005"] = "auto INV-05-005=48600 INV-05-006=37800",
        ["TXN-05-006"] = "auto INV-05-007=25405 difference 25",
        ["TXN-05-007"] = "auto INV-05-008=67500",
    };

    [Theory]
    [InlineData("01")]
    [InlineData("02")]
    [InlineData("03")]
    [InlineData("04")]
    [InlineData("05")]
    public async Task end_as_they_are_meant_to(string sample)
    {
        if (SharedData.Find($"{Corpus}/sample_{sample}/open_ar.json") is not { } ledger)
            return;
        var books = JsonDocument.Parse(await File.ReadAllTextAsync(ledger)).RootElement;
        var statement = JsonDocument.Parse(await File.ReadAllTextAsync(
            SharedData.Find($"{Corpus}/sample_{sample}/bank_statement.json")!)).RootElement;
        var entity = $"S{sample}";
        await OpenBooksAsync(entity, books);
        var reached = new Dictionary<string, string>();
        foreach (var transaction in statement.GetProperty("transactions").EnumerateArray())
            reached[transaction.Text("txn_id")] = await PayAsync(entity, transaction);
        foreach (var (id, outcome) in reached)
            outcome.ShouldBe(Reached[id], id);
        reached.Count.ShouldBe(Reached.Keys.Count(id => id.StartsWith($"TXN-{sample}", StringComparison.Ordinal)));
    }

    private async Task<string> PayAsync(string entity, JsonElement transaction)
    {
        if (transaction.Text("payment_type") == "ACH_RETURN")
            return await ReturnAsync(entity, transaction.GetProperty("amount").GetDecimal());
        var receipt = await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = entity,
            method = transaction.Text("payment_type") == "ACH" ? "ach" : "wire",
            amount = Usd(Number(transaction, "amount")),
            valueDate = transaction.Text("date"),
            payer = new { name = transaction.Text("payer_raw") },
            reference = transaction.Text("remittance_text") is { Length: > 0 } text ? text : null,
        });
        return receipt.Items("allocations").Length == 0
            ? $"waits {receipt.GetProperty("waiting").Text("reason")}"
            : "auto " + string.Join(' ', receipt.Items("allocations").Select(Told));
    }

    /// <summary>The payment of June comes back: it is reversed, whatever it was applied to.</summary>
    private async Task<string> ReturnAsync(string entity, decimal amount)
    {
        var earlier = await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = entity,
            method = "ach",
            amount = Usd(amount.ToString(CultureInfo.InvariantCulture)),
            valueDate = "2024-06-20",
            payer = new { name = "MERIDIAN SUPPLY" },
            reference = "ACH20240620001",
        });
        var back = await app.Client.PostAsync(
            $"/v1/receipts/{earlier.Id()}/reverse", new { reason = "nsf", code = "R01" }, 202);
        return back.Text("status");
    }

    private static string Told(JsonElement allocation)
    {
        var told = $"{allocation.Text("invoiceNumber")}={Whole(allocation.Amount("amount"))}";
        if (allocation.GetProperty("installment").GetInt32() is > 1 and var installment)
            told += $" installment {installment}";
        if (allocation.Amount("discount") is > 0 and var discount)
            told += $" discount {Whole(discount)}";
        if (allocation.Amount("difference") is > 0 and var difference)
            told += $" difference {Whole(difference)}";
        return allocation.GetProperty("deduction") is { ValueKind: JsonValueKind.Object } deduction
            ? $"{told} deduction {Whole(deduction.Amount("amount"))} {deduction.Text("reasonCode")}"
            : told;
    }

    private static string Whole(decimal amount) => amount.ToString("0.##", CultureInfo.InvariantCulture);

    private async Task OpenBooksAsync(string entity, JsonElement books)
    {
        await app.Invoicing.PublishAsync(new LegalEntityDefined(
            entity, books.Text("company"), "USD", "US", "America/Chicago",
            new CashAccounts("2400", "2410", "1090", "4920")), 1);
        if (entity == "S03")
        {
            await app.Invoicing.PublishAsync(new LegalEntityDefined(
                "S03N", "Global Imports North LLC", "USD", "US", "America/Chicago",
                new CashAccounts("2400", "2410", "1090")), 1);
        }

        await PublishCustomersAsync(entity, books);
        foreach (var invoice in books.GetProperty("invoices").EnumerateArray())
            await PublishInvoiceAsync(entity, invoice);
        await DefinePoliciesAsync(entity, books);
    }

    private async Task PublishCustomersAsync(string entity, JsonElement books)
    {
        var parents = books.GetProperty("parent_child_hierarchy").EnumerateArray()
            .SelectMany(parent => parent.GetProperty("children").EnumerateArray()
                .Select(child => (Child: child.GetString()!, Parent: parent.Text("parent_customer_id"))))
            .ToDictionary(pair => pair.Child, pair => pair.Parent);
        var customers = books.GetProperty("invoices").EnumerateArray()
            .Select(invoice => (Id: invoice.Text("customer_id"), Name: invoice.Text("customer_name")))
            .Concat(books.GetProperty("parent_child_hierarchy").EnumerateArray()
                .Select(parent => (Id: parent.Text("parent_customer_id"), Name: parent.Text("parent_name"))))
            .Distinct().ToList();
        foreach (var (id, name) in customers)
        {
            await app.Invoicing.PublishAsync(new CustomerRegistered(
                CustomerId(id), id, entity, name, null, "USD", "US", "en", null, "NET 30",
                parents.TryGetValue(id, out var parent) ? CustomerId(parent) : null, []), 1);
        }

        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from customers where legal_entity = '{entity}'") == customers.Count,
            "all customers are known");
    }

    private async Task PublishInvoiceAsync(string entity, JsonElement invoice)
    {
        var number = invoice.Text("invoice_id");
        var id = Ids.From("scenario", number);
        var (open, original) = (invoice.GetProperty("open_amount").GetDecimal(),
            invoice.GetProperty("original_amount").GetDecimal());
        var rate = invoice.GetProperty("discount_pct").GetDecimal() / 100;
        var item = new OpenItem(
            id, 1, number, entity, CustomerId(invoice.Text("customer_id")), Date(invoice, "invoice_date"),
            Date(invoice, "due_date"), new MoneyAmount(original, "USD"), new MoneyAmount(open, "USD"), null,
            invoice.GetProperty("po_reference").GetString(),
            rate == 0 ? null : Date(invoice, "discount_deadline"), DiscountRate: rate == 0 ? null : rate);

        // The one in installments: the first of three is paid.
        OpenItem[] items = open == 0 || open == original ? [item] :
        [
            .. Enumerable.Range(1, 3).Select(part => item with
            {
                Installment = part,
                DueDate = item.InvoiceDate.AddDays(30 * part),
                Amount = new MoneyAmount(original / 3, "USD"),
                Balance = new MoneyAmount(part == 1 ? 0 : original / 3, "USD"),
            }),
        ];
        await app.Invoicing.PublishAsync(new InvoiceIssued(
            id, number, entity, item.CustomerId, item.InvoiceDate, invoice.Text("payment_terms"), null,
            item.PurchaseOrder, item.Amount, new MoneyAmount(0, "USD"), item.Amount, items), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from open_items where invoice_id = '{id}'") == items.Length,
            $"{number} is known");
    }

    private async Task DefinePoliciesAsync(string entity, JsonElement books)
    {
        var limit = Number(books.GetProperty("auto_writeoff_config"), "max_per_transaction");
        await app.Client.PutAsync($"/v1/cash-policies/{entity}", new
        {
            autoApplyThreshold = "0.90",
            tolerance = new { amounts = new[] { Usd(limit) }, percent = "5" },
        });
        foreach (var held in books.GetProperty("compliance_config").GetProperty("do_not_auto_apply_customer_ids")
            .EnumerateArray())
        {
            await app.Client.PutAsync(
                $"/v1/cash-profiles/{CustomerId(held.GetString()!)}", new { hold = "not without compliance" });
        }

        foreach (var alias in books.GetProperty("payer_alias_registry").EnumerateArray())
        {
            await app.Client.PutAsync($"/v1/cash-profiles/{CustomerId(alias.Text("canonical_customer_id"))}",
                new { aliases = new[] { alias.Text("payer_alias") } });
        }
    }

    private static Guid CustomerId(string id) => Ids.From("scenario-customer", id);

    private static DateOnly Date(JsonElement json, string field) =>
        DateOnly.Parse(json.Text(field), CultureInfo.InvariantCulture);

    private static string Number(JsonElement json, string field) =>
        json.GetProperty(field).GetDecimal().ToString("0.00", CultureInfo.InvariantCulture);
}
