using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests;

/// <summary>Values that tests share when they do not care which.</summary>
internal static class Some
{
    public static readonly Guid Customer = Ids.From("customer", "globex");
    public static readonly Guid Invoice = Ids.From("invoice", "1");
    public static readonly DateOnly Today = new(2026, 11, 2);
    public static readonly AccountOpened Opened = new("US01", "CUST-US01-000001", "Globex Corporation", "USD");

    public static readonly CustomerKnown Known = new(
        "Globex Corporation", "US", null, "NET 30", null, "active", null, 1);

    /// <summary>The standard policy as the first one, and no exchange rates.</summary>
    public static readonly DecisionFacts Facts = DecisionFacts.Of(
        Today, new NumberedPolicy(1, StandardPolicy.Value), DayRates.None(Currency.Of("USD")));

    /// <summary>What a decision under <see cref="Facts"/> rests on.</summary>
    public static readonly DecisionBasis Basis = new(Today, 1, "USD");

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
        int installment = 1, DateOnly? dueDate = null, decimal? disputed = null) =>
        new(invoiceId ?? Invoice, installment, "INV-US01-2026-000001", orderId, Usd(amount), Usd(balance), version,
            dueDate, disputed is { } part ? Usd(part) : null);

    public static OrderApproved Approved(string orderId, decimal amount, Exposure before, decimal limit)
    {
        var after = before.MoveOrder(Usd(0), Usd(amount));
        return Approved(orderId, amount, amount, after, limit - after.Total.Amount);
    }

    public static OrderApproved Approved(
        string orderId, decimal amount, decimal reserved, Exposure after, decimal available) =>
        new(orderId, Usd(amount), Usd(reserved), after, Usd(available), ReservedUntil: Today.AddDays(180),
            Basis: Basis);

    /// <summary>Facts with this policy in the place of the standard one.</summary>
    public static DecisionFacts With(Func<CreditPolicy, CreditPolicy> policy) =>
        Facts with { Policy = new NumberedPolicy(2, policy(StandardPolicy.Value)) };

    /// <summary>Facts with these blocking rules alone.</summary>
    public static DecisionFacts WithRules(params BlockingRule[] rules) =>
        With(policy => policy with { Orders = policy.Orders with { Rules = rules } });

    public static Func<CreditAccount, Decision> Check(string orderId, decimal amount, DecisionFacts? facts = null) =>
        account => CreditDecider.Check(Customer, account, new OrderWish(orderId, Usd(amount)), facts ?? Facts);

    public static Func<CreditAccount, Decision> Release(string orderId) =>
        account => CreditDecider.Release(Customer, account, orderId, null, Facts);

    public static Func<CreditAccount, Decision> Cancel(string orderId) =>
        account => CreditDecider.Cancel(account, orderId, Facts);

    public static Action<CreditAccount> IsApproved(string orderId) =>
        account => account.Orders[orderId].Status.ShouldBe(OrderStatus.Approved);

    public static Action<CreditAccount> IsHeld(string orderId, params string[] reasons) => account =>
    {
        account.Orders[orderId].Status.ShouldBe(OrderStatus.Held);
        account.Orders[orderId].Reserved.IsZero.ShouldBeTrue();
        account.Orders[orderId].Reasons.Select(reason => reason.Code).ShouldBe(reasons);
    };

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
