using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>A kept forecast and how well it has foreseen what came since, in one currency and grain.</summary>
/// <param name="Id">The forecast.</param>
/// <param name="AsOf">Day it was made.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Grain"><c>day</c>, <c>week</c> or <c>month</c>.</param>
/// <param name="Score">Over the times that are over.</param>
public sealed record ScoredForecast(Guid Id, DateOnly AsOf, string Currency, string Grain, ForecastScore Score);

/// <summary>
/// Holds kept forecasts against what came. Scores are never stored: money that is booked late, or taken back, corrects
/// them. Only what was open when a forecast was made counts, because it is about nothing else.
/// </summary>
public sealed class ForecastScores(NpgsqlDataSource database)
{
    private const string Kept =
        "select f.id, f.as_of, f.content::text from forecasts f where f.legal_entity = $1 " +
        "and f.as_of between $2 and $3 order by f.as_of desc limit 100";

    private const string Came =
        """
        select f.id, s.currency, s.value_date, sum(s.amount)
        from forecasts f
        join settlements s on s.legal_entity = f.legal_entity and s.value_date > f.as_of and s.value_date <= f.through
        where f.id = any($1) and s.kind = 'payment' and not s.reversed and exists (
            select 1 from item_history h where h.invoice_id = s.invoice_id and h.installment = s.installment
            and h.posting_date <= f.as_of)
        group by 1, 2, 3
        """;

    /// <summary>Scores of the forecasts made in a time, the latest first; at most the last hundred.</summary>
    /// <param name="legalEntity">Whose.</param>
    /// <param name="from">First day of making.</param>
    /// <param name="to">Last day of making.</param>
    /// <param name="through">Times that end by this day are compared; yesterday at the latest.</param>
    /// <param name="cancellation">Stops reading.</param>
    public async Task<IReadOnlyList<ScoredForecast>> ReadAsync(
        string legalEntity, DateOnly from, DateOnly to, DateOnly through, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Kept);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
        var kept = await command.ReadAsync(
            row => (Id: row.GetGuid(0), AsOf: row.GetFieldValue<DateOnly>(1),
                Rows: JsonSerializer.Deserialize<IReadOnlyList<ForecastRow>>(row.GetString(2), Json.Stored)!),
            cancellation);
        var came = await CameAsync([.. kept.Select(forecast => forecast.Id)], cancellation);
        var scored = new List<ScoredForecast>();
        foreach (var (id, asOf, rows) in kept)
        {
            foreach (var group in rows.GroupBy(row => (row.Expected.Currency.Code, row.Grain)))
            {
                var days = came[(id, group.Key.Code)].ToDictionary(day => day.Date, day => day.Amount);
                if (ForecastScore.Of(group, days, through) is { } score)
                    scored.Add(new ScoredForecast(id, asOf, group.Key.Code, Kebab.Of(group.Key.Grain), score));
            }
        }

        return scored;
    }

    private async Task<ILookup<(Guid, string), (DateOnly Date, decimal Amount)>> CameAsync(
        Guid[] forecasts, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Came);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = forecasts });
        var rows = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Currency: row.GetString(1), Date: row.GetFieldValue<DateOnly>(2),
                Amount: row.GetDecimal(3)),
            cancellation);
        return rows.ToLookup(row => (row.Id, row.Currency), row => (row.Date, row.Amount));
    }
}
