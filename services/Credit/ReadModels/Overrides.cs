using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>
/// Orders that a person let go although something stood against them: who, over what, why and until when. What becomes
/// of the order takes nothing away from it.
/// </summary>
public sealed class OverridesProjection : Projection
{
    private const string Insert =
        "insert into credit_overrides (override_id, customer_id, order_id, amount, currency, granted, available, " +
        "reasons, reason_code, reason, released_on, released_at, released_by, reserved_until, approval_id) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

    public OverridesProjection()
        : base("credit_overrides", "credit_overrides") => OnEach<OrderReleased, Recorded<OrderReleased>>(
        e => e.Data.Reasons.Count > 0 ? [e] : [],
        Insert,
        rows => rows
            .Column(e => e.Event.Id)
            .Column(e => e.StreamId)
            .Column(e => e.Data.OrderId)
            .Column(e => e.Data.Amount.Amount)
            .Column(e => e.Data.Amount.Currency.Code)
            .Column(e => e.Data.Granted?.Amount)
            .Column(e => e.Data.Available.Amount)
            .JsonColumn(e => JsonSerializer.Serialize(e.Data.Reasons, Json.Wire))
            .Column(e => e.Data.ReleaseReason)
            .Column(e => e.Event.Metadata.Reason ?? "")
            .Column(e => e.Data.Basis?.On ?? DateOnly.FromDateTime(e.At.UtcDateTime))
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .Column(e => e.Data.ReservedUntil)
            .Column(e => e.Data.ApprovalId));
}
