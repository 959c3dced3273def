using OrderToCash.Collections.Escalations;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Escalations, those that are settled among them.</summary>
public sealed class EscalationsProjection : Projection
{
    private const string Insert =
        "insert into escalations (id, legal_entity, customer_id, target, cause, source_id, text, acknowledge_by, " +
        "status, raised_at, raised_by, version) select e.id, e.legal_entity, e.customer_id, e.target, e.cause, " +
        "e.source_id, e.text, e.acknowledge_by, 'open', e.at, e.by, e.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as e (id, legal_entity, customer_id, target, " +
        "cause, source_id, text, acknowledge_by, at, by, version)";

    private const string Update =
        "update escalations e set target = n.target, acknowledge_by = n.acknowledge_by, " +
        "status = coalesce(n.status, e.status), acknowledged_by = coalesce(n.acknowledged_by, e.acknowledged_by), " +
        "result = coalesce(n.result, e.result), ended_at = coalesce(n.ended_at, e.ended_at), version = n.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8) as n (id, target, acknowledge_by, status, acknowledged_by, " +
        "result, ended_at, version) where e.id = n.id";

    public EscalationsProjection()
        : base("escalations", "escalations")
    {
        On<EscalationRaised>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => Kebab.Of(r.Data.Target))
            .Column(r => Kebab.Of(r.Data.Cause))
            .Column(r => r.Data.SourceId)
            .Column(r => r.Data.Text)
            .Column(r => r.Data.AcknowledgeBy)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnChange<EscalationAcknowledged>(e => e.Raised, "acknowledged", by: e => e.By);
        OnChange<EscalationMovedUp>(e => e.Raised);
        OnChange<EscalationClosed>(e => e.Raised, "closed", result: e => e.Result);
    }

    private void OnChange<TEvent>(
        Func<TEvent, EscalationRaised> raised, string? status = null, Func<TEvent, string>? by = null,
        Func<TEvent, string>? result = null) => On<TEvent>(Update, rows => rows
            .Column(r => r.StreamId)
            .Column(r => Kebab.Of(raised(r.Data).Target))
            .Column(r => raised(r.Data).AcknowledgeBy)
            .Column(_ => status)
            .Column(r => by?.Invoke(r.Data))
            .Column(r => result?.Invoke(r.Data))
            .Column(r => result is null ? (DateTimeOffset?)null : r.At)
            .Column(r => r.Version));
}
