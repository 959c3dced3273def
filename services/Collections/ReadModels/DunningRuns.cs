using System.Text.Json;
using OrderToCash.Collections.Dunning;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>One row per run, with what it decided.</summary>
public sealed class DunningRunsProjection : Projection
{
    private const string Insert =
        "insert into dunning_runs (id, legal_entity, date, playbook, playbook_version, at, by, notices, by_clock) " +
        "select r.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as r";

    public DunningRunsProjection()
        : base("dunning_runs", "dunning_runs") =>
        On<DunningRunDone>(Insert, rows => rows
            .Column(r => r.Data.RunId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.Date)
            .Column(r => r.Data.Playbook)
            .Column(r => r.Data.PlaybookVersion)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .JsonColumn(r => JsonSerializer.Serialize(r.Data.Notices, Json.Stored))
            .Column(r => r.Data.ByClock));
}
