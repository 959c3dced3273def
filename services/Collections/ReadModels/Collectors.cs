using OrderToCash.Collections.Portfolio;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>
/// Who looks after a customer and who did before, by which playbook of its own, and with what its work was last done.
/// </summary>
public sealed class CollectorsProjection : Projection
{
    private const string Upsert =
        "insert into collectors (customer_id, collector, rule, by_hand) " +
        "select c.* from unnest($1, $2, $3, $4) as c " +
        "on conflict (customer_id) do update set collector = excluded.collector, rule = excluded.rule, " +
        "by_hand = excluded.by_hand";

    private const string History =
        "insert into collector_history (customer_id, version, collector, at) select h.* from unnest($1, $2, $3, $4) " +
        "as h on conflict (customer_id, version) do nothing";

    private const string Done =
        "insert into collectors (customer_id, collector, by_hand, done_with, done_until, done_until_with) " +
        "select d.customer_id, null, false, d.done_with, d.done_until, d.done_with " +
        "from unnest($1, $2, $3) as d (customer_id, done_with, done_until) on conflict (customer_id) " +
        "do update set done_with = excluded.done_with, done_until = excluded.done_until, " +
        "done_until_with = excluded.done_until_with";

    private const string Playbook =
        "insert into collectors (customer_id, collector, by_hand, playbook, playbook_until) " +
        "select p.customer_id, null, false, p.playbook, p.until " +
        "from unnest($1, $2, $3) as p (customer_id, playbook, until) on conflict (customer_id) " +
        "do update set playbook = excluded.playbook, playbook_until = excluded.playbook_until";

    public CollectorsProjection()
        : base("collectors", "collectors", "collector_history")
    {
        On<CollectorAssigned>(Upsert, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Collector)
            .Column(r => r.Data.Rule)
            .Column(r => r.Data is { Rule: null, Collector: not null }));
        On<CollectorAssigned>(History, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Version)
            .Column(r => r.Data.Collector)
            .Column(r => r.At));
        On<PlaybookAssigned>(Playbook, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Playbook)
            .Column(r => r.Data.Until));
        On<WorkDone>(Done, rows => rows
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Fingerprint)
            .Column(r => r.Data.Until));
    }
}
