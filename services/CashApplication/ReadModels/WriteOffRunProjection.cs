using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>write_off_runs</c> and what became of each rest in <c>write_off_run_items</c>.</summary>
public sealed class WriteOffRunProjection : Projection
{
    public WriteOffRunProjection()
        : base("write_off_runs", "write_off_runs", "write_off_run_items")
    {
        On<WriteOffRunRequested>(
            "insert into write_off_runs (id, legal_entity, currency, most, effective_date, reason, requested_by, " +
            "requested_at, count, total, version, status) " +
            "select *, 'waiting' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Limit.Currency.Code)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.EffectiveDate)
                .Column(e => e.Data.Reason)
                .Column(e => e.Data.RequestedBy)
                .Column(e => e.At)
                .Column(e => e.Data.Items.Count)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.Version));
        OnEach<WriteOffRunRequested, (Guid RunId, int Ordinal, SmallRest Item)>(
            e => e.Data.Items.Select((item, index) => (e.StreamId, index + 1, item)),
            "insert into write_off_run_items (run_id, ordinal, receipt_id, receipt_number, customer_id, rest) " +
            "select * from unnest($1, $2, $3, $4, $5, $6)",
            rows => rows
                .Column(row => row.RunId)
                .Column(row => row.Ordinal)
                .Column(row => row.Item.ReceiptId)
                .Column(row => row.Item.ReceiptNumber)
                .Column(row => row.Item.CustomerId)
                .Column(row => row.Item.Rest.Amount));
        Becomes<WriteOffRunStarted>(WriteOffRunStatus.Running);
        Becomes<WriteOffRunDropped>(WriteOffRunStatus.Dropped);
        Advances();
    }

    private void Becomes<TEvent>(WriteOffRunStatus status) => On<TEvent>(
        "update write_off_runs r set status = s.status, version = s.version " +
        "from unnest($1, $2, $3) as s (id, status, version) where r.id = s.id",
        rows => rows.Column(e => e.StreamId).Column(_ => status.Kebab()).Column(e => e.Version));

    /// <summary>The sum of a run is that of its items: one statement after the other.</summary>
    private void Advances()
    {
        OnEach<WriteOffRunAdvanced, (Guid RunId, RestOutcome Outcome)>(
            e => e.Data.Outcomes.Select(outcome => (e.StreamId, outcome)),
            "update write_off_run_items i set outcome = case when s.code is null then 'written-off' else 'left' end, " +
            "code = s.code, detail = s.detail from unnest($1, $2, $3, $4) as s (run_id, receipt_id, code, detail) " +
            "where i.run_id = s.run_id and i.receipt_id = s.receipt_id",
            rows => rows
                .Column(row => row.RunId)
                .Column(row => row.Outcome.ReceiptId)
                .Column(row => row.Outcome.Code)
                .Column(row => row.Outcome.Detail));
        On<WriteOffRunAdvanced>(
            "update write_off_runs r set done = i.done, written_off_count = i.written_off_count, " +
            "written_off = i.written_off, version = s.version, " +
            "status = case when i.done = r.count then 'finished' else r.status end " +
            "from unnest($1, $2) as s (id, version) cross join lateral (" +
            "select count(*) filter (where outcome <> 'waiting') as done, " +
            "count(*) filter (where outcome = 'written-off') as written_off_count, " +
            "coalesce(sum(rest) filter (where outcome = 'written-off'), 0) as written_off " +
            "from write_off_run_items where run_id = s.id) i where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }
}
