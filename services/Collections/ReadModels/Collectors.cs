using OrderToCash.Collections.Portfolio;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Who looks after a customer, and with what its work was last done.</summary>
public sealed class CollectorsProjection : Projection
{
    private const string Upsert =
        "insert into collectors (customer_id, collector, rule, by_hand) " +
        "select c.* from unnest($1, $2, $3, $4) as c " +
        "on conflict (customer_id) do update set collector = excluded.collector, rule = excluded.rule, " +
        "by_hand = excluded.by_hand";

    private const string Done =
        "insert into collectors (customer_id, collector, by_hand, done_with) " +
        "select d.customer_id, null, false, d.done_with from unnest($1, $2) as d (customer_id, done_with) " +
        "on conflict (customer_id) do update set done_with = excluded.done_with";

    public CollectorsProjection()
        : base("collectors", "collectors")
    {
        On<CollectorAssigned>(Upsert, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Collector)
            .Column(r => r.Data.Rule)
            .Column(r => r.Data is { Rule: null, Collector: not null }));
        On<WorkDone>(Done, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Fingerprint));
    }
}
