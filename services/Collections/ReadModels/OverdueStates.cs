using System.Text.Json;
using OrderToCash.Collections.OverdueStates;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>The overdue state of every customer that was ever in one.</summary>
public sealed class OverdueStatesProjection : Projection
{
    private const string Upsert =
        "insert into overdue_states (customer_id, legal_entity, state, entered_on, retries, arrears, changed_at) " +
        "select s.customer_id, s.legal_entity, s.state, s.entered_on, 0, s.arrears, s.at " +
        "from unnest($1, $2, $3, $4, $5, $6) as s (customer_id, legal_entity, state, entered_on, arrears, at) " +
        "on conflict (customer_id) do update set state = excluded.state, entered_on = excluded.entered_on, " +
        "retries = 0, arrears = excluded.arrears, changed_at = excluded.changed_at";

    private const string Retry =
        "update overdue_states s set retries = n.retries from unnest($1, $2) as n (customer_id, retries) " +
        "where s.customer_id = n.customer_id";

    public OverdueStatesProjection()
        : base("overdue_states", "overdue_states")
    {
        On<OverdueStateChanged>(Upsert, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.To)
            .Column(r => r.Data.On)
            .JsonColumn(r => JsonSerializer.Serialize(r.Data.Arrears, Json.Stored))
            .Column(r => r.At));
        On<PaymentRetryRequested>(Retry, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Attempt));
    }
}
