using System.Globalization;
using System.Text.Json.Nodes;

namespace OrderToCash.Local.Demo;

/// <summary>A company as the day goes on.</summary>
internal sealed class Company(DemoEntity entity, string code, string iban, DateOnly today)
{
    public DemoEntity Entity => entity;

    public string Code => code;

    public string Iban => iban;

    /// <summary>Today in its own time zone.</summary>
    public DateOnly Today => today;

    public List<(DemoCustomer Customer, Guid Id)> Customers { get; } = [];

    public List<Invoice> Invoices { get; } = [];

    /// <summary>Numbers of the invoices that its reminders ask for.</summary>
    public List<string> Dunned { get; } = [];

    public decimal StatementCredits { get; set; }

    public JsonNode Money(decimal amount) => new JsonObject
    {
        ["amount"] = amount.ToString("0.00", CultureInfo.InvariantCulture),
        ["currency"] = entity.Currency,
    };

    public DemoCustomer Buyer(Guid id) => Customers.First(customer => customer.Id == id).Customer;
}

/// <summary>An invoice as the API lists it.</summary>
internal sealed record Invoice(
    Guid Id, string Number, Guid CustomerId, DateOnly DueDate, decimal Total, decimal Balance, string Status)
{
    public static Invoice Read(JsonNode item) => new(
        item["id"]!.GetValue<Guid>(),
        item["number"]!.GetValue<string>(),
        item["customerId"]!.GetValue<Guid>(),
        DateOnly.ParseExact(item["dueDate"]!.GetValue<string>(), "O", CultureInfo.InvariantCulture),
        DemoDay.Amount(item["total"]!),
        DemoDay.Amount(item["balance"]!),
        item["status"]!.GetValue<string>());
}
