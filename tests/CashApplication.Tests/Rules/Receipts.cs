using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>Receipts and allocations that rules are tried on.</summary>
internal static class Receipts
{
    public static readonly DeciderSpec<Receipt> Spec = new(Receipt.Initial, Receipt.Evolve);
    public static readonly Guid ReceiptId = Ids.From("test", "receipt");
    public static readonly Guid Customer = Ids.From("test", "customer");
    public static readonly Guid First = Ids.From("test", "allocation 1");
    public static readonly Guid Second = Ids.From("test", "allocation 2");
    public static readonly Guid Invoice = Ids.From("test", "invoice");
    public static readonly DateOnly Today = new(2026, 11, 3);
    public static readonly Deadlines InTime = new(Today, 3, 5);
    public static readonly LedgerAccounts Accounts = new("1000", "2400", "2410", "4920", "1090");

    /// <summary>The account that refunds are paid from.</summary>
    public static readonly PayingAccount Chase = new("US01-MAIN", "1000");

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    public static RecordReceipt Command(decimal amount = 100m, Guid? customer = null, string method = "wire") => new(
        ReceiptId, "RCT-US01-2026-000001", "US01", method, "US01-MAIN", Accounts, Usd(amount),
        new DateOnly(2026, 11, 2), Today, new Payer("Globex", "DE89370400440532013000"), ["INV-1"], null, null,
        customer, customer is null ? null : "payer-account");

    public static RequestedAllocation Order(Guid id, decimal amount) =>
        new(id, Invoice, "INV-1", 1, Customer, Usd(amount));

    /// <summary>A decision of matching, named after its first allocation.</summary>
    public static AllocationDecision Decided(params RequestedAllocation[] orders) => new(
        Ids.From("decision", orders[0].AllocationId.ToString("N")), "invoice-number", 0.99m, ["named"],
        IsAutomatic: true, orders);

    /// <summary>
    /// The events of a receipt of 100.00, identified unless no customer is given, with these requests.
    /// </summary>
    public static object[] Recorded(Guid? customer, params RequestedAllocation[] orders) =>
    [
        .. ReceiptDecider.Record(
            Receipt.Initial, Command(customer: customer), orders.Length == 0 ? null : Decided(orders)).Events,
    ];

    public static object[] Confirmed() =>
        Then(Recorded(Customer, Order(First, 60m)), receipt =>
            ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m)));

    public static object[] Then(object[] past, Func<Receipt, Decision> decide)
    {
        var decision = decide(past.Aggregate(Receipt.Initial, Receipt.Evolve));
        decision.Refusal.ShouldBeNull();
        return [.. past, .. decision.Events];
    }

    public static Receipt StateOf(object[] past) => past.Aggregate(Receipt.Initial, Receipt.Evolve);

    public static void ShouldBe(this ReceiptBalance balance, decimal unapplied, decimal pending, decimal applied,
        decimal reversed)
    {
        (balance.Unapplied.Amount, balance.Pending.Amount, balance.Applied.Amount, balance.Reversed.Amount)
            .ShouldBe((unapplied, pending, applied, reversed));
        balance.IsConserved.ShouldBeTrue();
    }
}
