using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Orders and the last decision on each: the queue of held ones, and whose order an id is.</summary>
public sealed class OrderChecksProjection : Projection
{
    private const string Decided =
        "insert into order_checks (customer_id, order_id, id, status, amount, reserved, currency, available, " +
        "reasons, terms, needed_on, reserved_until, decided_on, policy, decided_at, decided_by, check_point, " +
        "warnings, declined_by_person) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) " +
        "on conflict (customer_id, order_id) do update set status = excluded.status, amount = excluded.amount, " +
        "reserved = excluded.reserved, currency = excluded.currency, available = excluded.available, " +
        "reasons = excluded.reasons, terms = excluded.terms, needed_on = excluded.needed_on, " +
        "reserved_until = excluded.reserved_until, decided_on = excluded.decided_on, policy = excluded.policy, " +
        "decided_at = excluded.decided_at, decided_by = excluded.decided_by, check_point = excluded.check_point, " +
        "warnings = excluded.warnings, release_reason = null, declined_by_person = excluded.declined_by_person, " +
        "release_approval_id = case when excluded.status in ('held', 'declined') " +
        "and not excluded.declined_by_person " +
        "and (order_checks.amount, order_checks.currency) = (excluded.amount, excluded.currency) " +
        "and order_checks.terms is not distinct from excluded.terms " +
        "and order_checks.needed_on is not distinct from excluded.needed_on " +
        "then order_checks.release_approval_id end";

    private const string Released =
        "update order_checks o set status = 'released', reserved = e.reserved, reasons = e.reasons, " +
        "available = e.available, reserved_until = e.until, decided_on = e.decided_on, policy = e.policy, " +
        "decided_at = e.at, decided_by = e.by, warnings = e.warnings, release_reason = e.release_reason, " +
        "release_approval_id = null " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as e (customer_id, order_id, reserved, " +
        "available, reasons, until, decided_on, policy, at, by, warnings, release_reason) " +
        "where o.customer_id = e.customer_id and o.order_id = e.order_id";

    private const string Reduced =
        "update order_checks o set amount = e.amount, reserved = e.reserved, available = e.available, " +
        "decided_at = e.at, decided_by = e.by " +
        "from unnest($1, $2, $3, $4, $5, $6, $7) as e (customer_id, order_id, amount, reserved, available, at, by) " +
        "where o.customer_id = e.customer_id and o.order_id = e.order_id";

    private const string Ended =
        "update order_checks o set status = e.status, reserved = 0, available = e.available, decided_at = e.at, " +
        "decided_by = e.by, release_approval_id = null from unnest($1, $2, $3, $4, $5, $6) as e (customer_id, " +
        "order_id, status, available, at, by) where o.customer_id = e.customer_id and o.order_id = e.order_id";

    private const string Moved =
        "update order_checks o set reserved = e.reserved from unnest($1, $2, $3) as e (customer_id, order_id, " +
        "reserved) where o.customer_id = e.customer_id and o.order_id = e.order_id";

    private const string Asked =
        "update order_checks o set release_approval_id = e.approval_id from unnest($1, $2, $3) as e (customer_id, " +
        "order_id, approval_id) where o.customer_id = e.customer_id and o.order_id = e.order_id";

    public OrderChecksProjection()
        : base("order_checks", "order_checks")
    {
        OnDecision<OrderApproved>(e => new CheckedOrder(
            e.OrderId, OrderStatus.Approved, e.Amount, e.Reserved, [], e.Available)
        {
            Terms = e.Terms,
            NeededOn = e.NeededOn,
            ReservedUntil = e.ReservedUntil,
            Basis = e.Basis,
            At = e.At,
            Warnings = e.Warnings ?? [],
        });
        OnDecision<OrderHeld>(e => new CheckedOrder(
            e.OrderId, OrderStatus.Held, e.Amount, Money.Zero(e.Amount.Currency), e.Reasons, e.Available)
        {
            Terms = e.Terms,
            NeededOn = e.NeededOn,
            Basis = e.Basis,
            At = e.At,
            Warnings = e.Warnings ?? [],
        });
        OnDecision<OrderDeclined>(e => new CheckedOrder(
            e.OrderId, OrderStatus.Declined, e.Amount, Money.Zero(e.Amount.Currency), e.Reasons, e.Available)
        {
            IsDeclinedByRule = e.ByRule,
            Terms = e.Terms,
            NeededOn = e.NeededOn,
            Basis = e.Basis,
            At = e.At,
            Warnings = e.Warnings ?? [],
        });
        OnRelease();
        OnReleaseRequest<OrderReleaseRequested>(e => e.OrderId, e => e.ApprovalId);
        OnReleaseRequest<OrderReleaseEnded>(e => e.OrderId, _ => null);
        OnReduction();
        OnEnd<OrderCancelled>(OrderStatus.Cancelled, e => e.OrderId, e => e.Available);
        OnEnd<OrderExpired>(OrderStatus.Expired, e => e.OrderId, e => e.Available);
        OnReservation<ReservationConverted>(e => e.OrderId, e => e.Reserved);
        OnReservation<ReservationRestored>(e => e.OrderId, e => e.Reserved);
        OnReservation<DeliveryRecorded>(e => e.OrderId, e => e.Reserved);
    }

    /// <summary>The stable id of an order check.</summary>
    public static Guid IdOf(Guid customerId, string orderId) =>
        Ids.From("order-check", customerId.ToString("N"), orderId);

    private void OnDecision<TEvent>(Func<TEvent, CheckedOrder> order) =>
        OnEach<TEvent, (Recorded<TEvent> Event, CheckedOrder Order)>(
            e => [(e, order(e.Data))],
            Decided,
            rows => rows
                .Column(e => e.Event.StreamId)
                .Column(e => e.Order.OrderId)
                .Column(e => IdOf(e.Event.StreamId, e.Order.OrderId))
                .Column(e => Json.NameOf(e.Order.Status))
                .Column(e => e.Order.Amount.Amount)
                .Column(e => e.Order.Reserved.Amount)
                .Column(e => e.Order.Amount.Currency.Code)
                .Column(e => e.Order.Available.Amount)
                .JsonColumn(e => JsonSerializer.Serialize(e.Order.Reasons, Json.Wire))
                .Column(e => e.Order.Terms)
                .Column(e => e.Order.NeededOn)
                .Column(e => e.Order.ReservedUntil)
                .Column(e => e.Order.Basis?.On)
                .Column(e => e.Order.Basis?.Policy)
                .Column(e => e.Event.At)
                .Column(e => e.Event.Event.Metadata.By)
                .Column(e => Json.NameOf(e.Order.At))
                .JsonColumn(e => JsonSerializer.Serialize(e.Order.Warnings, Json.Wire))
                .Column(e => e.Order is { Status: OrderStatus.Declined, IsDeclinedByRule: false }));

    private void OnReleaseRequest<TEvent>(Func<TEvent, string> orderId, Func<TEvent, Guid?> approvalId) => On<TEvent>(
        Asked,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => orderId(e.Data))
            .Column(e => approvalId(e.Data)));

    private void OnRelease() => On<OrderReleased>(
        Released,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Data.OrderId)
            .Column(e => e.Data.Reserved.Amount)
            .Column(e => e.Data.Available.Amount)
            .JsonColumn(e => JsonSerializer.Serialize(e.Data.Reasons, Json.Wire))
            .Column(e => e.Data.ReservedUntil)
            .Column(e => e.Data.Basis?.On)
            .Column(e => e.Data.Basis?.Policy)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .JsonColumn(e => JsonSerializer.Serialize(e.Data.Warnings ?? [], Json.Wire))
            .Column(e => e.Data.ReleaseReason));

    private void OnReduction() => On<OrderReduced>(
        Reduced,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Data.OrderId)
            .Column(e => e.Data.Amount.Amount)
            .Column(e => e.Data.Reserved.Amount)
            .Column(e => e.Data.Available.Amount)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By));

    private void OnEnd<TEvent>(OrderStatus status, Func<TEvent, string> orderId, Func<TEvent, Money> available) =>
        On<TEvent>(
            Ended,
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => orderId(e.Data))
                .Column(_ => Json.NameOf(status))
                .Column(e => available(e.Data).Amount)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));

    private void OnReservation<TEvent>(Func<TEvent, string> orderId, Func<TEvent, Money> reserved) => On<TEvent>(
        Moved,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => orderId(e.Data))
            .Column(e => reserved(e.Data).Amount));
}
