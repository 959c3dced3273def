using System.Text.Json;
using OrderToCash.Collections.Dunning;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>
/// One row per run, and one per notice it decided on. What runs of an earlier version decided stands in their own row.
/// </summary>
public sealed class DunningRunsProjection : Projection
{
    private const string InsertDone =
        "insert into dunning_runs (id, legal_entity, date, playbook, playbook_version, at, by, notices, by_clock, " +
        "notice_count) " +
        "select r.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as r";

    private const string InsertStarted =
        "insert into dunning_runs (id, legal_entity, date, playbook, playbook_version, at, by, notices, by_clock, " +
        "under_way) " +
        "select r.id, r.legal_entity, r.date, r.playbook, r.playbook_version, r.at, r.by, '[]'::jsonb, r.by_clock, " +
        "true " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8) as r (id, legal_entity, date, playbook, playbook_version, at, " +
        "by, by_clock)";

    private const string Finish =
        "update dunning_runs m set under_way = false, notice_count = r.notices, broken_off = r.broken_off " +
        "from unnest($1, $2, $3) as r (id, notices, broken_off) where m.id = r.id";

    private const string InsertNotices =
        "insert into dunning_run_notices (run_id, number, notice_id, decided) " +
        "select n.* from unnest($1, $2, $3, $4) as n";

    public DunningRunsProjection()
        : base("dunning_runs", "dunning_runs", "dunning_run_notices")
    {
        On<DunningRunDone>(InsertDone, rows => rows
            .Column(r => r.Data.RunId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.Date)
            .Column(r => r.Data.Playbook)
            .Column(r => r.Data.PlaybookVersion)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .JsonColumn(r => JsonSerializer.Serialize(r.Data.Notices, Json.Stored))
            .Column(r => r.Data.ByClock)
            .Column(r => r.Data.Notices.Count));
        On<DunningRunStarted>(InsertStarted, rows => rows
            .Column(r => r.Data.RunId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.Date)
            .Column(r => r.Data.Playbook)
            .Column(r => r.Data.PlaybookVersion)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Data.ByClock));
        On<DunningRunFinished>(Finish, rows => rows
            .Column(r => r.Data.RunId)
            .Column(r => r.Data.Notices)
            .Column(r => r.Data.IsBrokenOff));
        OnEach<DunningRunPartDecided, (Guid Run, int Number, RunNotice Notice)>(
            r => r.Data.Notices.Select((notice, at) => (r.Data.RunId, r.Data.First + at, notice)), InsertNotices,
            rows => rows
                .Column(r => r.Run)
                .Column(r => r.Number)
                .Column(r => r.Notice.NoticeId)
                .JsonColumn(r => JsonSerializer.Serialize(r.Notice, Json.Stored)));
    }
}
