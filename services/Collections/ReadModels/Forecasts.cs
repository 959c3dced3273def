using System.Text.Json;
using OrderToCash.Collections.Forecasts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Forecasts, each with its rows as they were made.</summary>
public sealed class ForecastsProjection : Projection
{
    private const string Insert =
        "insert into forecasts (id, legal_entity, as_of, through, items, content, made_at, made_by) " +
        "select f.* from unnest($1, $2, $3, $4, $5, $6, $7, $8) as f";

    public ForecastsProjection()
        : base("forecasts", "forecasts") => On<ForecastMade>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.AsOf)
            .Column(r => r.Data.Through)
            .Column(r => r.Data.Items)
            .JsonColumn(r => JsonSerializer.Serialize(r.Data.Rows, Json.Stored))
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By));
}
