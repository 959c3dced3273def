using System.Text.Json;
using OrderToCash.CashApplication.Statements.Mappings;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>csv_mappings</c>.</summary>
public sealed class CsvMappingProjection : Projection
{
    public CsvMappingProjection()
        : base("csv_mappings", "csv_mappings") => On<CsvMappingDefined>(
            "insert into csv_mappings (code, mapping, version) select * from unnest($1, $2, $3) " +
            "on conflict (code) do update set mapping = excluded.mapping, version = excluded.version",
            rows => rows
                .Column(e => e.Data.Code)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Mapping, Json.Stored))
                .Column(e => e.Version));
}
