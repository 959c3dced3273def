using Npgsql;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.ReferenceRates;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Reference rates by legal entity, name and half-year.</summary>
public sealed class ReferenceRatesProjection : Projection
{
    public ReferenceRatesProjection()
        : base("reference_rates", "reference_rates") => On<ReferenceRateSet>(
            "insert into reference_rates (legal_entity, name, valid_from, percent) " +
            "select * from unnest($1, $2, $3, $4) " +
            "on conflict (legal_entity, name, valid_from) do update set percent = excluded.percent",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Name)
                .Column(e => e.Data.ValidFrom)
                .Column(e => e.Data.Percent));
}

/// <summary>Finds reference rates.</summary>
public static class ReferenceRateTable
{
    /// <summary>The rates of a legal entity that hold on a day, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, decimal>> OnAsync(
        NpgsqlDataSource database, string legalEntity, DateOnly day, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select name, percent from reference_rates where legal_entity = $1 and valid_from = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = ReferenceRate.HalfYearOf(day) });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            rates[reader.GetString(0)] = reader.GetDecimal(1);
        return rates;
    }
}
