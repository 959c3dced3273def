using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// The credit account of one customer. It holds everything that its decisions need, totals included, so that looking at
/// the exposure and reserving is one decision on one version, and costs the same with five open items or fifty
/// thousand.
/// </summary>
public sealed record CreditAccount
{
    /// <summary>The state before the first event.</summary>
    public static readonly CreditAccount Initial = new();

    /// <summary>Who it is; null until Invoicing's registration arrives, which may be after its first invoice.</summary>
    public AccountOpened? Opened { get; private init; }

    /// <summary>The currency of the account; throws while it is not opened.</summary>
    public Currency Currency => Currency.Of(Opened!.Currency);

    /// <summary>The limit in force or expired; null when none was ever set.</summary>
    public LimitSet? Limit { get; private init; }

    /// <summary>What is at risk, per currency.</summary>
    public ImmutableDictionary<Currency, Exposure> Exposures { get; private init; } =
        ImmutableDictionary<Currency, Exposure>.Empty;

    /// <summary>Every installment ever reported, closed ones too: their versions turn late messages away.</summary>
    public ImmutableDictionary<(Guid InvoiceId, int Installment), Receivable> Receivables { get; private init; } =
        ImmutableDictionary<(Guid InvoiceId, int Installment), Receivable>.Empty;

    /// <summary>What is free of each receipt.</summary>
    public ImmutableDictionary<Guid, FreeCash> Receipts { get; private init; } =
        ImmutableDictionary<Guid, FreeCash>.Empty;

    /// <summary>Orders that were checked.</summary>
    public ImmutableDictionary<string, CheckedOrder> Orders { get; private init; } =
        ImmutableDictionary.Create<string, CheckedOrder>(StringComparer.Ordinal);

    /// <summary>What invoices bill of each order that they name, checked or not.</summary>
    public ImmutableDictionary<(string OrderId, Currency Currency), Money> Billed { get; private init; } =
        ImmutableDictionary<(string OrderId, Currency Currency), Money>.Empty;

    /// <summary>The exposure in a currency.</summary>
    public Exposure ExposureIn(Currency currency) => Exposures.GetValueOrDefault(currency) ?? Exposure.None(currency);

    /// <summary>What invoices bill of an order.</summary>
    public Money BilledOf(string orderId, Currency currency) =>
        Billed.TryGetValue((orderId, currency), out var billed) ? billed : Money.Zero(currency);

    /// <summary>What a limit grants on a day: nothing without one or after its last day.</summary>
    public Money GrantedOn(DateOnly today, Currency currency) =>
        Limit is { } limit && !IsExpired(limit, today) ? limit.Limit : Money.Zero(currency);

    /// <summary>True after the last day of the limit.</summary>
    public static bool IsExpired(LimitSet limit, DateOnly today) => limit.ExpiresOn < today;

    /// <summary>State and event in, next state out.</summary>
    public static CreditAccount Evolve(CreditAccount account, object e) => e switch
    {
        AccountOpened opened => account with { Opened = opened },
        LimitSet limit => account with { Limit = limit },
        ReceivableRecorded receivable => account.With(receivable),
        UnappliedCashRecorded cash => account.With(cash.Exposure) with
        {
            Receipts = account.Receipts.SetItem(cash.ReceiptId, new FreeCash(cash.SourceVersion, cash.Unapplied)),
        },
        OrderApproved order => account.With(order.Exposure).With(new CheckedOrder(
            order.OrderId, OrderStatus.Approved, order.Amount, order.Reserved, [], order.Available)),
        OrderHeld order => account.With(order.Exposure).With(new CheckedOrder(
            order.OrderId, OrderStatus.Held, order.Amount, Money.Zero(order.Amount.Currency), order.Reasons,
            order.Available)),
        OrderReduced order => account.With(order.Exposure).With(account.Orders[order.OrderId] with
        {
            Amount = order.Amount,
            Reserved = order.Reserved,
            Available = order.Available,
        }),
        OrderReleased order => account.With(order.Exposure).With(new CheckedOrder(
            order.OrderId, OrderStatus.Released, order.Amount, order.Reserved, order.Reasons, order.Available)),
        OrderCancelled order => account.With(order.Exposure).With(account.Orders[order.OrderId] with
        {
            Status = OrderStatus.Cancelled,
            Reserved = Money.Zero(order.Amount.Currency),
            Available = order.Available,
        }),
        ReservationConverted order => account.WithReserved(order.OrderId, order.Reserved, order.Exposure),
        ReservationRestored order => account.WithReserved(order.OrderId, order.Reserved, order.Exposure),
        _ => throw new InvalidOperationException($"A credit account has no event {e.GetType().Name}."),
    };

    private CreditAccount With(ReceivableRecorded e)
    {
        var key = (e.InvoiceId, e.Installment);
        var next = With(e.Exposure) with
        {
            Receivables = Receivables.SetItem(key, new Receivable(e.SourceVersion, e.Billed, e.Balance)),
        };
        if (e.OrderId is null)
            return next;
        var currency = e.Billed.Currency;
        var before = Receivables.TryGetValue(key, out var known) ? known.Billed : Money.Zero(currency);
        return next with
        {
            Billed = Billed.SetItem((e.OrderId, currency), BilledOf(e.OrderId, currency) - before + e.Billed),
        };
    }

    private CreditAccount WithReserved(string orderId, Money reserved, Exposure exposure) =>
        With(exposure).With(Orders[orderId] with { Reserved = reserved });

    private CreditAccount With(CheckedOrder order) => this with { Orders = Orders.SetItem(order.OrderId, order) };

    private CreditAccount With(Exposure exposure) =>
        this with { Exposures = Exposures.SetItem(exposure.OpenOrders.Currency, exposure) };
}

/// <summary>The newest that is known of one installment.</summary>
public readonly record struct Receivable(long SourceVersion, Money Billed, Money Balance);

/// <summary>The newest that is known of the free part of a receipt.</summary>
public readonly record struct FreeCash(long SourceVersion, Money Unapplied);

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>It fitted; its amount is reserved until it is invoiced.</summary>
    Approved,

    /// <summary>It waits for a person.</summary>
    Held,

    /// <summary>A person let it go.</summary>
    Released,

    /// <summary>It will not come.</summary>
    Cancelled,
}

/// <summary>An order and the last decision on it.</summary>
/// <param name="Reserved">What of it is reserved now.</param>
/// <param name="Reasons">What stood against it at that decision.</param>
/// <param name="Available">What was left of the limit after that decision.</param>
public sealed record CheckedOrder(
    string OrderId, OrderStatus Status, Money Amount, Money Reserved, IReadOnlyList<OrderReason> Reasons,
    Money Available)
{
    /// <summary>True when the order may be delivered.</summary>
    public bool IsApproved => Status is OrderStatus.Approved or OrderStatus.Released;
}
