using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests;

/// <summary>Values that tests share when they do not care which.</summary>
internal static class Some
{
    public static readonly Guid Customer = Ids.From("customer", "globex");
    public static readonly Guid Invoice = Ids.From("invoice", "1");
    public static readonly DateOnly Today = new(2026, 11, 2);
    public static readonly AccountOpened Opened = new("US01", "CUST-US01-000001", "Globex Corporation", "USD");

    public static DeciderSpec<CreditAccount> Spec { get; } = new(CreditAccount.Initial, CreditAccount.Evolve);

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    public static Money Eur(decimal amount) => Money.Of(amount, "EUR");

    public static LimitSet Limit(decimal amount, DateOnly? expiresOn = null) => new(Usd(amount), expiresOn);

    public static Exposure Exposure(decimal receivables = 0, decimal orders = 0, decimal cash = 0) =>
        new(Usd(receivables), Usd(orders), Usd(cash));

    /// <summary>
    /// An open item of an invoice, as recorded on an account that had only <paramref name="before"/> at risk.
    /// </summary>
    public static ReceivableRecorded Receivable(
        decimal amount, decimal balance, Exposure before, string? orderId = null, long version = 1,
        Guid? invoiceId = null) =>
        new(invoiceId ?? Invoice, 1, "INV-US01-2026-000001", orderId, Usd(amount), Usd(balance), version,
            before.MoveReceivable(Usd(0), Usd(balance)));

    public static ReportedReceivable Reported(
        decimal amount, decimal balance, string? orderId = null, long version = 1, Guid? invoiceId = null,
        int installment = 1) =>
        new(invoiceId ?? Invoice, installment, "INV-US01-2026-000001", orderId, Usd(amount), Usd(balance), version);

    public static OrderApproved Approved(string orderId, decimal amount, Exposure before, decimal limit)
    {
        var after = before.MoveOrder(Usd(0), Usd(amount));
        return new OrderApproved(orderId, Usd(amount), Usd(amount), after, Usd(limit) - after.Total);
    }

    public static StoredEvent Stored(object data, string? reason = null) => new()
    {
        Id = Ids.From("event", "1"),
        StreamId = Customer,
        Version = 3,
        Type = "any",
        Data = data,
        At = new DateTimeOffset(2026, 11, 2, 9, 30, 0, TimeSpan.Zero),
        Metadata = new EventMetadata("ana", Reason: reason),
    };
}
