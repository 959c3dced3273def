using OrderToCash.Collections.Playbooks;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Playbooks, as they were defined last.</summary>
public sealed class PlaybooksProjection : Projection
{
    private const string Upsert =
        "insert into playbooks as p (code, name, steps, version, defined_at, defined_by) " +
        "select n.* from unnest($1, $2, $3, $4, $5, $6) as n (code, name, steps, version, at, by) " +
        "on conflict (code) do update set name = excluded.name, steps = excluded.steps, version = excluded.version, " +
        "defined_at = excluded.defined_at, defined_by = excluded.defined_by where excluded.version >= p.version";

    public PlaybooksProjection()
        : base("playbooks", "playbooks") => On<PlaybookDefined>(Upsert, rows => rows
            .Column(r => r.Data.Code)
            .Column(r => r.Data.Name)
            .Column(r => r.Data.Steps.Count)
            .Column(r => r.Version)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By));
}
