using OrderToCash.Collections.Placements;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Placements with agencies, and which items are with one.</summary>
public sealed class PlacementsProjection : Projection
{
    private const string Insert =
        "insert into placements (id, legal_entity, customer_id, agency, commission_percent, currency, amount, " +
        "received, commission, reason, approval_id, status, proposed_at, proposed_by, version) select p.id, " +
        "p.legal_entity, p.customer_id, p.agency, p.commission_percent, p.currency, p.amount, 0, 0, p.reason, " +
        "p.approval_id, 'proposed', p.at, p.by, p.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as p (id, legal_entity, customer_id, agency, " +
        "commission_percent, currency, amount, reason, approval_id, at, by, version)";

    private const string Items =
        "insert into placement_items (placement_id, invoice_id, installment, source_version, placed) " +
        "select i.*, false from unnest($1, $2, $3, $4) as i";

    private const string Update =
        "update placements p set status = n.status, placed_at = coalesce(p.placed_at, n.placed_at), " +
        "ended_at = n.ended_at, version = n.version from unnest($1, $2, $3, $4, $5) " +
        "as n (id, status, placed_at, ended_at, version) where p.id = n.id";

    private const string Mark =
        "update placement_items i set placed = n.placed from unnest($1, $2) as n (id, placed) " +
        "where i.placement_id = n.id";

    private const string Accrue =
        "update placements p set received = n.received, commission = n.commission, version = n.version " +
        "from unnest($1, $2, $3, $4) as n (id, received, commission, version) where p.id = n.id";

    public PlacementsProjection()
        : base("placements", "placements", "placement_items")
    {
        On<PlacementProposed>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Agency)
            .Column(r => r.Data.CommissionPercent)
            .Column(r => r.Data.Amount.Currency.Code)
            .Column(r => r.Data.Amount.Amount)
            .Column(r => r.Data.Reason)
            .Column(r => r.Data.ApprovalId)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnEach<PlacementProposed, (Guid Placement, PlacedItem Item)>(
            r => r.Data.Items.Select(item => (r.StreamId, item)), Items, rows => rows
                .Column(r => r.Placement)
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment)
                .Column(r => r.Item.Version));
        OnStatus<PlacementMade>(PlacementStatus.Placed);
        OnStatus<PlacementRejected>(PlacementStatus.Rejected);
        OnStatus<PlacementRecalled>(PlacementStatus.Recalled);
        OnStatus<PlacementClosed>(PlacementStatus.Closed);
        On<CommissionAccrued>(Accrue, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.Received.Amount)
            .Column(r => r.Data.Commission.Amount)
            .Column(r => r.Version));
    }

    private void OnStatus<TEvent>(PlacementStatus status)
    {
        On<TEvent>(Update, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => Kebab.Of(status))
            .Column(r => status == PlacementStatus.Placed ? r.At : (DateTimeOffset?)null)
            .Column(r => status == PlacementStatus.Placed ? (DateTimeOffset?)null : r.At)
            .Column(r => r.Version));
        On<TEvent>(Mark, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => status == PlacementStatus.Placed));
    }
}
