using System.Globalization;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>
/// What somebody should look at: a worsened class, what a bureau or a rule found, goods that left without an approval,
/// cases that nobody decided in time, and ways of billing that were agreed and are to be set up. Of decisions that
/// could not be mailed it keeps who has looked at them.
/// </summary>
public sealed class AlertsProjection : Projection
{
    /// <summary>The kind of an alert about a worsened class.</summary>
    public const string WorsenedClass = "worsened-class";

    /// <summary>The kind of an alert about goods that are out and that nobody approved.</summary>
    public const string UnapprovedDelivery = "unapproved-delivery";

    /// <summary>The kind of an alert about a case that no person decided in time.</summary>
    public const string ReviewOverdue = "review-overdue";

    /// <summary>The kind of an alert about a way of billing that was agreed and is to be set up at Invoicing.</summary>
    public const string BillingAgreed = "billing-schedule-agreed";

    private const string Raise =
        "insert into credit_alerts (alert_id, customer_id, kind, detail, raised_at) " +
        "select * from unnest($1, $2, $3, $4, $5)";

    public AlertsProjection()
        : base("credit_alerts", "credit_alerts")
    {
        OnAlert<RiskAssessed>(
            e => e.IsWorse
                ? (WorsenedClass, $"From class {e.Before} to {e.RiskClass}, score {e.Score}.{Moved(e.Moved ?? [])}")
                : null);
        OnAlert<HoldPlaced>(e => e.ByRule ? (e.Code, e.Detail) : null);
        OnAlert<DeliveryRecorded>(e => e.Unapproved is { } gone
            ? (UnapprovedDelivery, $"{gone} of order {e.OrderId} are out that nobody approved.")
            : null);
        OnAlert<TermsAgreed>(e => e.Schedule is { } schedule
            ? (BillingAgreed, $"To be set up at Invoicing: {schedule}")
            : null);
        OnAlert<ApplicationOverdue>(
            e => (ReviewOverdue, $"A case should have been decided by {e.DueBy.UtcDateTime:yyyy-MM-dd HH:mm} UTC; " +
                $"{e.To ?? "nobody"} has it now."),
            e => e.Data.CustomerId);
        On<AlertAcknowledged>(
            "update credit_alerts a set acknowledged_at = e.at, acknowledged_by = e.by " +
            "from unnest($1, $2, $3) as e (id, at, by) where a.alert_id = e.id",
            rows => rows
                .Column(e => e.Data.AlertId)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
        On<AlertAcknowledged>(
            "update credit_decision_mails m set acknowledged_at = e.at, acknowledged_by = e.by " +
            "from unnest($1, $2, $3) as e (id, at, by) where m.mail_id = e.id",
            rows => rows
                .Column(e => e.Data.AlertId)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
    }

    private static string Moved(IReadOnlyList<FactorMove> moves) => moves.Count == 0
        ? ""
        : " What moved most: " + string.Join(", ", moves.Select(move => string.Create(
            CultureInfo.InvariantCulture,
            $"{move.Code} from {move.From ?? "unknown"} to {move.To ?? "unknown"} ({move.By:+0.##;-0.##})"))) + ".";

    /// <summary>About the customer whose account it happened to, or whom the event names.</summary>
    private void OnAlert<TEvent>(
        Func<TEvent, (string Kind, string Detail)?> alert, Func<Recorded<TEvent>, Guid>? customerId = null) =>
        OnEach<TEvent, (Recorded<TEvent> Event, string Kind, string Detail)>(
            e => alert(e.Data) is { } raised ? [(e, raised.Kind, raised.Detail)] : [],
            Raise,
            rows => rows
                .Column(e => e.Event.Event.Id)
                .Column(e => customerId?.Invoke(e.Event) ?? e.Event.StreamId)
                .Column(e => e.Kind)
                .Column(e => e.Detail)
                .Column(e => e.Event.At));
}
