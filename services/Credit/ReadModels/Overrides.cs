using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>
/// What a person let go against a rule: orders although something stood against them, and holds. Who, over what, why
/// and until when; what becomes of the order takes nothing away from it.
/// </summary>
public sealed class OverridesProjection : Projection
{
    private const string InsertOrder =
        "insert into credit_overrides (override_id, customer_id, order_id, amount, currency, granted, available, " +
        "reasons, reason_code, reason, released_on, released_at, released_by, reserved_until, approval_id) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

    private const string InsertHold =
        "insert into credit_overrides (override_id, customer_id, hold_id, reasons, reason, released_on, released_at, " +
        "released_by, reserved_until, approval_id) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    public OverridesProjection()
        : base("credit_overrides", "credit_overrides")
    {
        OnEach<OrderReleased, Recorded<OrderReleased>>(
            e => e.Data.Reasons.Count > 0 ? [e] : [],
            InsertOrder,
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
        OnEach<HoldReleased, Recorded<HoldReleased>>(
            e => IsByPerson(e) ? [e] : [],
            InsertHold,
            rows => rows
                .Column(e => e.Event.Id)
                .Column(e => e.StreamId)
                .Column(e => e.Data.HoldId)
                .JsonColumn(e => JsonSerializer.Serialize(Held(e.Data), Json.Wire))
                .Column(e => e.Event.Metadata.Reason ?? "")
                .Column(e => e.Data.LetGo?.On ?? DateOnly.FromDateTime(e.At.UtcDateTime))
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.Data.QuietUntil)
                .Column(e => e.Data.LetGo?.ApprovalId));
    }

    /// <summary>Before it was kept with the event, who did it says so: rules let go as the service.</summary>
    private static bool IsByPerson(Recorded<HoldReleased> e) =>
        e.Data.LetGo is not null || e.Event.Metadata.By != CreditService.Name;

    private static OrderReason[] Held(HoldReleased hold) => [new(hold.Code, hold.LetGo?.Detail ?? "")];
}
