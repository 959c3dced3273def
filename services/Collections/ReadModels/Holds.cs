using OrderToCash.Collections.Holds;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Holds, those that ended among them.</summary>
public sealed class HoldsProjection : Projection
{
    private const string Insert =
        "insert into holds (id, legal_entity, customer_id, kind, invoice_id, installment, currency, amount, until, " +
        "releasers, reason, status, placed_at, placed_by, version) select h.id, h.legal_entity, h.customer_id, " +
        "h.kind, h.invoice_id, h.installment, h.currency, h.amount, h.until, " +
        "array(select jsonb_array_elements_text(h.releasers)), h.reason, 'active', h.at, h.by, h.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as h (id, legal_entity, " +
        "customer_id, kind, invoice_id, installment, currency, amount, until, releasers, reason, at, by, version)";

    private const string Extend =
        "update holds h set until = n.until, version = n.version from unnest($1, $2, $3) as n (id, until, version) " +
        "where h.id = n.id";

    private const string End =
        "update holds h set status = n.status, ended_at = n.at, ended_by = n.by, version = n.version " +
        "from unnest($1, $2, $3, $4, $5) as n (id, status, at, by, version) where h.id = n.id";

    public HoldsProjection()
        : base("holds", "holds")
    {
        On<HoldPlaced>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => Kebab.Of(r.Data.Kind))
            .Column(r => r.Data.InvoiceId)
            .Column(r => r.Data.Installment)
            .Column(r => r.Data.Amount?.Currency.Code)
            .Column(r => r.Data.Amount?.Amount)
            .Column(r => r.Data.Until)
            .JsonColumn(r => System.Text.Json.JsonSerializer.Serialize(r.Data.Releasers))
            .Column(r => r.Data.Reason)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        On<HoldExtended>(Extend, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.Placed.Until)
            .Column(r => r.Version));
        OnEnd<HoldReleased>("released");
        OnEnd<HoldExpired>("expired");
    }

    private void OnEnd<TEvent>(string status) => On<TEvent>(End, rows => rows
        .Column(r => r.StreamId)
        .Column(_ => status)
        .Column(r => r.At)
        .Column(r => r.Event.Metadata.By)
        .Column(r => r.Version));
}
