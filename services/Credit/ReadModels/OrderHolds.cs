using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>What became of a held order.</summary>
public enum OrderHoldOutcome
{
    /// <summary>A person let it go.</summary>
    Released,

    /// <summary>Nothing stood against it any more.</summary>
    Approved,

    /// <summary>A person said no.</summary>
    Rejected,

    /// <summary>A rule declined it when it was judged again.</summary>
    Declined,

    /// <summary>It was cancelled while it waited.</summary>
    Cancelled,
}

/// <summary>
/// Each time that an order had to wait, and until when. One that is held again while it waits waits on, for its first
/// reason.
/// </summary>
public sealed class OrderHoldsProjection : Projection
{
    private const string Held =
        "insert into order_holds (hold_id, customer_id, order_id, reason, held_at) " +
        "select * from unnest($1, $2, $3, $4, $5) " +
        "on conflict (customer_id, order_id) where ended_at is null do nothing";

    private const string Ended =
        "update order_holds h set ended_at = e.at, outcome = e.outcome " +
        "from unnest($1, $2, $3, $4) as e (customer_id, order_id, at, outcome) " +
        "where h.customer_id = e.customer_id and h.order_id = e.order_id and h.ended_at is null";

    public OrderHoldsProjection()
        : base("order_holds", "order_holds")
    {
        On<OrderHeld>(
            Held,
            rows => rows
                .Column(e => e.Event.Id)
                .Column(e => e.StreamId)
                .Column(e => e.Data.OrderId)
                .Column(e => e.Data.Reasons.Count > 0 ? e.Data.Reasons[0].Code : "")
                .Column(e => e.At));
        Ends<OrderReleased>(e => e.OrderId, _ => OrderHoldOutcome.Released);
        Ends<OrderApproved>(e => e.OrderId, _ => OrderHoldOutcome.Approved);
        Ends<OrderDeclined>(
            e => e.OrderId, e => e.ByRule ? OrderHoldOutcome.Declined : OrderHoldOutcome.Rejected);
        Ends<OrderCancelled>(e => e.OrderId, _ => OrderHoldOutcome.Cancelled);
    }

    private void Ends<TEvent>(Func<TEvent, string> orderId, Func<TEvent, OrderHoldOutcome> outcome) => On<TEvent>(
        Ended,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => orderId(e.Data))
            .Column(e => e.At)
            .Column(e => Json.NameOf(outcome(e.Data))));
}
