using System.Text.Json;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Statements and runs as they are now.</summary>
public sealed class StatementsProjection : Projection
{
    public StatementsProjection()
        : base("statements", "statement_runs", "statements")
    {
        Runs();
        On<StatementPrepared>(
            "insert into statements (statement_id, run_id, legal_entity, customer_id, from_date, to_date, known_at, " +
            "channel, addressed, pdf, due, sha256, status, sends, prepared_at, changed_at, version) " +
            "select e.id, e.run, e.entity, e.customer, e.from_date, e.to_date, e.known_at, e.channel, e.addressed, " +
            "e.pdf, e.due, e.sha256, 'Prepared', 0, e.at, e.at, e.version " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as e (id, run, entity, " +
            "customer, from_date, to_date, known_at, channel, addressed, pdf, due, sha256, at, version)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.RunId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.From)
                .Column(e => e.Data.To)
                .Column(e => e.Data.KnownAt)
                .Column(e => e.Data.Channel.ToString())
                .Column(e => e.Data.Addressed)
                .Column(e => e.Data.Pdf)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Due, Json.Stored))
                .Column(e => e.Data.Sha256)
                .Column(e => e.At)
                .Column(e => e.Version));
        Became<StatementSent>(_ => StatementStatus.Sent, _ => null, sends: 1);
        Became<StatementNotSent>(_ => StatementStatus.NotSent, e => e.Reason, retryAt: e => e.RetryAt);
        Became<StatementSendAgain>(_ => StatementStatus.Prepared, _ => null);
        Became<StatementDeliveryReported>(
            e => Statement.StatusOf(e.State), e => e.State == DeliveryState.Bounced ? e.Detail : null);
        On<StatementAddressFailed>(
            "update statements set version = e.version from unnest($1, $2) as e (id, version) " +
            "where statement_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }

    private void Runs()
    {
        On<StatementRunStarted>(
            "insert into statement_runs (run_id, legal_entity, cycle, from_date, to_date, known_at, pdf, started_by, " +
            "started_at, version) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Cycle.ToString())
                .Column(e => e.Data.From)
                .Column(e => e.Data.To)
                .Column(e => e.Data.KnownAt)
                .Column(e => e.Data.Pdf)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.At)
                .Column(e => e.Version));
        On<StatementRunFinished>(
            "update statement_runs set finished_at = e.at, made = e.made, made_before = e.before, " +
            "nothing = e.nothing, failed = e.failed, version = e.version " +
            "from unnest($1, $2, $3, $4, $5, $6, $7) as e (id, at, made, before, nothing, failed, version) " +
            "where run_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.At)
                .Column(e => e.Data.Made)
                .Column(e => e.Data.MadeBefore)
                .Column(e => e.Data.Nothing)
                .Column(e => e.Data.Failed)
                .Column(e => e.Version));
    }

    private void Became<TEvent>(
        Func<TEvent, StatementStatus> status, Func<TEvent, string?> reason, int sends = 0,
        Func<TEvent, DateTimeOffset?>? retryAt = null) => On<TEvent>(
            "update statements set status = e.status, reason = e.reason, sends = statements.sends + e.sends, " +
            "changed_at = e.at, version = e.version, retry_at = e.retry " +
            "from unnest($1, $2, $3, $4, $5, $6, $7) as e (id, status, reason, sends, at, version, retry) " +
            "where statement_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => status(e.Data).ToString())
                .Column(e => reason(e.Data))
                .Column(_ => sends)
                .Column(e => e.At)
                .Column(e => e.Version)
                .Column(e => retryAt?.Invoke(e.Data)));
}
