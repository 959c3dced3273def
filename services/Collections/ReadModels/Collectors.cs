using OrderToCash.Collections.Portfolio;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Who looks after a customer, for the worklist.</summary>
public sealed class CollectorsProjection : Projection
{
    private const string Upsert =
        "insert into collectors (customer_id, collector) select c.* from unnest($1, $2) as c " +
        "on conflict (customer_id) do update set collector = excluded.collector";

    public CollectorsProjection()
        : base("collectors", "collectors") =>
        On<CollectorAssigned>(Upsert, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Collector));
}
