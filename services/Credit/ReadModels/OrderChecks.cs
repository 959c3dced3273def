using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Orders and the last decision on each: the queue of held ones, and whose order an id is.</summary>
public sealed class OrderChecksProjection : Projection
{
    public OrderChecksProjection()
        : base("order_checks", "order_checks")
    {
        OnDecision<OrderApproved>(e =>
            new CheckedOrder(e.OrderId, OrderStatus.Approved, e.Amount, e.Reserved, [], e.Available));
        OnDecision<OrderHeld>(e => new CheckedOrder(
            e.OrderId, OrderStatus.Held, e.Amount, Money.Zero(e.Amount.Currency), e.Reasons, e.Available));
        OnDecision<OrderReleased>(e => new CheckedOrder(
            e.OrderId, OrderStatus.Released, e.Amount, e.Reserved, e.Reasons, e.Available));
        On<OrderReduced>(
            "update order_checks o set amount = e.amount, reserved = e.reserved, available = e.available, " +
            "decided_at = e.at, " +
            "decided_by = e.by from unnest($1, $2, $3, $4, $5, $6, $7) as e (customer_id, order_id, amount, " +
            "reserved, available, at, by) " +
            "where o.customer_id = e.customer_id and o.order_id = e.order_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.OrderId)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.Reserved.Amount)
                .Column(e => e.Data.Available.Amount)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
        On<OrderCancelled>(
            "update order_checks o set status = 'cancelled', reserved = 0, available = e.available, " +
            "decided_at = e.at, " +
            "decided_by = e.by from unnest($1, $2, $3, $4, $5) as e (customer_id, order_id, available, at, by) " +
            "where o.customer_id = e.customer_id and o.order_id = e.order_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.OrderId)
                .Column(e => e.Data.Available.Amount)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
        OnReservation<ReservationConverted>(e => e.OrderId, e => e.Reserved);
        OnReservation<ReservationRestored>(e => e.OrderId, e => e.Reserved);
    }

    /// <summary>The stable id of an order check.</summary>
    public static Guid IdOf(Guid customerId, string orderId) =>
        Ids.From("order-check", customerId.ToString("N"), orderId);

    private void OnDecision<TEvent>(Func<TEvent, CheckedOrder> order) =>
        OnEach<TEvent, (Recorded<TEvent> Event, CheckedOrder Order)>(
        e => [(e, order(e.Data))],
        "insert into order_checks (customer_id, order_id, id, status, amount, reserved, currency, available, " +
        "reasons, decided_at, " +
        "decided_by) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) " +
        "on conflict (customer_id, order_id) do update set status = excluded.status, amount = excluded.amount, " +
        "reserved = excluded.reserved, currency = excluded.currency, available = excluded.available, " +
        "reasons = excluded.reasons, decided_at = excluded.decided_at, decided_by = excluded.decided_by",
        rows => rows
            .Column(e => e.Event.StreamId)
            .Column(e => e.Order.OrderId)
            .Column(e => IdOf(e.Event.StreamId, e.Order.OrderId))
            .Column(e => JsonNamingPolicy.KebabCaseLower.ConvertName(e.Order.Status.ToString()))
            .Column(e => e.Order.Amount.Amount)
            .Column(e => e.Order.Reserved.Amount)
            .Column(e => e.Order.Amount.Currency.Code)
            .Column(e => e.Order.Available.Amount)
            .JsonColumn(e => JsonSerializer.Serialize(e.Order.Reasons, Json.Wire))
            .Column(e => e.Event.At)
            .Column(e => e.Event.Event.Metadata.By));

    private void OnReservation<TEvent>(Func<TEvent, string> orderId, Func<TEvent, Money> reserved) => On<TEvent>(
        "update order_checks o set reserved = e.reserved from unnest($1, $2, $3) as e (customer_id, order_id, " +
        "reserved) " +
        "where o.customer_id = e.customer_id and o.order_id = e.order_id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => orderId(e.Data))
            .Column(e => reserved(e.Data).Amount));
}
