using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Runs that write off small balances, and what became of each rest.</summary>
public sealed class WriteOffRunsProjection : Projection
{
    public WriteOffRunsProjection()
        : base("write_off_runs", "write_off_runs", "write_off_run_items")
    {
        Requested();
        Becomes<WriteOffRunStarted>(WriteOffRunStatus.Running);
        Becomes<WriteOffRunDropped>(WriteOffRunStatus.Dropped);
        Advanced();
    }

    private void Requested()
    {
        On<WriteOffRunRequested>(
            "insert into write_off_runs (run_id, legal_entity, currency, most, posting_date, reason, requested_by, " +
            "requested_at, count, total, version, status) " +
            "select *, 'waiting' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Limit.Currency.Code)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.PostingDate)
                .Column(e => e.Data.Reason)
                .Column(e => e.Data.RequestedBy)
                .Column(e => e.At)
                .Column(e => e.Data.Items.Count)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.Version));
        OnEach<WriteOffRunRequested, (Guid RunId, int Ordinal, SmallRest Item)>(
            e => e.Data.Items.Select((item, index) => (e.StreamId, index + 1, item)),
            "insert into write_off_run_items (run_id, ordinal, invoice_id, invoice_number, installment, customer_id, " +
            "rest) select * from unnest($1, $2, $3, $4, $5, $6, $7)",
            rows => rows
                .Column(row => row.RunId)
                .Column(row => row.Ordinal)
                .Column(row => row.Item.InvoiceId)
                .Column(row => row.Item.InvoiceNumber)
                .Column(row => row.Item.Installment)
                .Column(row => row.Item.CustomerId)
                .Column(row => row.Item.Rest.Amount));
    }

    private void Becomes<TEvent>(WriteOffRunStatus status) => On<TEvent>(
        "update write_off_runs r set status = e.status, version = e.version " +
        "from unnest($1, $2, $3) as e (id, status, version) where r.run_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(_ => Json.NameOf(status)).Column(e => e.Version));

    /// <summary>The sum of a run is that of its items: one statement after the other.</summary>
    private void Advanced()
    {
        OnEach<WriteOffRunAdvanced, (Guid RunId, RestOutcome Outcome)>(
            e => e.Data.Outcomes.Select(outcome => (e.StreamId, outcome)),
            "update write_off_run_items i set outcome = case when e.code is null then 'written-off' else 'left' end, " +
            "code = e.code, detail = e.detail " +
            "from unnest($1, $2, $3, $4, $5) as e (run_id, invoice_id, installment, code, detail) " +
            "where i.run_id = e.run_id and i.invoice_id = e.invoice_id and i.installment = e.installment",
            rows => rows
                .Column(row => row.RunId)
                .Column(row => row.Outcome.InvoiceId)
                .Column(row => row.Outcome.Installment)
                .Column(row => row.Outcome.Code)
                .Column(row => row.Outcome.Detail));
        On<WriteOffRunAdvanced>(
            "update write_off_runs r set done = i.done, written_off_count = i.written_off_count, " +
            "written_off = i.written_off, version = e.version, " +
            "status = case when i.done = r.count then 'finished' else r.status end " +
            "from unnest($1, $2) as e (id, version) cross join lateral (" +
            "select count(*) filter (where outcome <> 'waiting') as done, " +
            "count(*) filter (where outcome = 'written-off') as written_off_count, " +
            "coalesce(sum(rest) filter (where outcome = 'written-off'), 0) as written_off " +
            "from write_off_run_items where run_id = e.id) i where r.run_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }
}
