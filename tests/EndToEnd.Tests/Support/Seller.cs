using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;
using OrderToCash.Local.Demo;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>A legal entity with one customer; every test sells under a name of its own.</summary>
public sealed class Seller
{
    private const string Zone = "America/New_York";
    private readonly Api _api;

    private Seller(Api api, string code, Guid customer) => (_api, Code, Customer) = (api, code, customer);

    public string Code { get; }

    public Guid Customer { get; }

    /// <summary>Where its customer gets mail.</summary>
    public string Email => EmailOf(Code);

    /// <summary>Today where it sells.</summary>
    public DateOnly Today { get; } = TimeProvider.System.Today(Zone);

    /// <summary>Registers company and customer, and waits until every service knows them.</summary>
    public static async Task<Seller> OpenAsync(Api api, string code)
    {
        await api.PutAsync($"/v1/legal-entities/{code}", new
        {
            name = $"Acme {code}",
            baseCurrency = "USD",
            country = "US",
            timeZone = Zone,
        });
        var seller = new Seller(api, code, await RegisterAsync(api, code));
        await seller.IsKnownToAsync($"/v1/credit/accounts/{seller.Customer}");
        await Eventually.BecomesTrue(
            async () => (await api.TryAsync(HttpMethod.Post, "/v1/collections/dunning-runs",
                new { legalEntity = code, preview = true })).Message.IsSuccessStatusCode,
            "collections knows the company");
        return seller;
    }

    /// <summary>Waits until an address of a service that learns of things later answers.</summary>
    public Task IsKnownToAsync(string path) => Eventually.BecomesTrue(
        async () => (await _api.TryAsync(HttpMethod.Get, path)).Message.IsSuccessStatusCode, $"{path} is known");

    /// <summary>An invoice of so many days ago, due thirty days after it.</summary>
    public Task<JsonNode> InvoiceAsync(decimal net, int daysAgo, string? order = null) =>
        _api.PostAsync("/v1/invoices", Wish(net, daysAgo, order));

    /// <summary>What <see cref="InvoiceAsync"/> sends.</summary>
    public object Wish(decimal net, int daysAgo, string? order = null) => new
    {
        customerId = Customer,
        invoiceDate = Today.AddDays(-daysAgo),
        currency = "USD",
        orderReference = order,
        lines = new[]
        {
            new
            {
                description = "Widget",
                quantity = "1",
                unitPrice = net.ToString(CultureInfo.InvariantCulture),
                taxRate = "0.08",
                taxCode = "NY",
                revenueAccount = "4000",
            },
        },
    };

    /// <summary>The decision on an order of the customer.</summary>
    public Task<JsonNode> CheckOrderAsync(string order, decimal amount) => _api.PostAsync(
        "/v1/credit/order-checks", new { customerId = Customer, orderId = order, amount = Usd(amount) });

    /// <summary>Money of the customer that came by wire, with a text for the matcher.</summary>
    public Task<JsonNode> ReceiptAsync(decimal amount, string text) => _api.PostAsync("/v1/receipts", new
    {
        legalEntity = Code,
        method = "wire",
        amount = Usd(amount),
        valueDate = Today,
        customerId = Customer,
        reference = text,
    });

    /// <summary>A bank account of its own and a day's statement of it.</summary>
    internal async Task<JsonNode> StatementAsync(string iban, params BankLine[] lines)
    {
        await _api.PutAsync($"/v1/bank-accounts/{Code}-MAIN", new
        {
            legalEntity = Code,
            currency = "USD",
            iban,
            ledgerAccount = "1010",
        });
        var answer = await _api.ImportAsync(Camt.Write(iban, "USD", 1, Today, 1_000m, lines));
        ((int)answer.Status).ShouldBe(201, answer.Text);
        return answer.Body;
    }

    /// <summary>Waits until cash application may apply money to an invoice, and how much.</summary>
    public Task OpenItemIsAsync(string number, decimal available) => Eventually.Becomes(
        () => _api.ListAsync($"/v1/open-items?legalEntity={Code}"),
        items => items.Any(item => item["invoiceNumber"]!.GetValue<string>() == number
            && Api.Amount(item["available"]) == available),
        $"cash application knows {number} with {available} open");

    /// <summary>Waits until an invoice has this balance.</summary>
    public Task<JsonNode> BalanceIsAsync(JsonNode invoice, decimal balance) => Eventually.Becomes(
        () => _api.GetAsync($"/v1/invoices/{Id(invoice)}"),
        now => Api.Amount(now["balance"]) == balance, $"{Number(invoice)} is open with {balance}");

    public static Guid Id(JsonNode resource) => resource["id"]!.GetValue<Guid>();

    public static string Number(JsonNode resource) => resource["number"]!.GetValue<string>();

    public static object Usd(decimal amount) => new
    {
        amount = amount.ToString("0.00", CultureInfo.InvariantCulture),
        currency = "USD",
    };

    private static string EmailOf(string code) => $"ap@{code.ToLowerInvariant()}.example";

    private static async Task<Guid> RegisterAsync(Api api, string code)
    {
        var customer = await api.PostAsync("/v1/customers", new
        {
            legalEntity = code,
            name = "Globex Corporation",
            externalId = $"CRM-{code}",
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
            contacts = new[]
            {
                new
                {
                    name = "Ana Ruiz",
                    role = "accounts-payable",
                    email = EmailOf(code),
                    timeZone = "America/Chicago",
                },
            },
        });
        return Id(customer);
    }
}
