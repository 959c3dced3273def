using Npgsql;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// Keeps how the customers of a legal entity and of its segments pay, as the forecast of the day has learned it: to
/// show one customer nobody reads what all others have paid.
/// </summary>
internal static class PaymentKinds
{
    private const string Upsert =
        "insert into payment_kinds (legal_entity, segment, as_of, hazards) values ($1, $2, $3, $4) " +
        "on conflict (legal_entity, segment) do update set as_of = excluded.as_of, hazards = excluded.hazards " +
        "where excluded.as_of >= payment_kinds.as_of";

    private const string Select =
        "select hazards from payment_kinds where legal_entity = $1 and segment in ('', coalesce($2, '')) " +
        "order by segment desc limit 1";

    /// <summary>Keeps with a forecast what was learned for it.</summary>
    public static void Keep(WriteBatch batch, NewForecast forecast)
    {
        foreach (var (segment, curve) in forecast.Behaviour.Kinds)
        {
            var command = new NpgsqlBatchCommand(Upsert);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = forecast.Made.LegalEntity });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = segment });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = forecast.Made.AsOf });
            command.Parameters.Add(new NpgsqlParameter<decimal[]> { TypedValue = [.. curve.Hazards] });
            batch.Row(command);
        }
    }

    /// <summary>How a kind pays: the segment, else the legal entity; null before anything was learned.</summary>
    public static async Task<PaymentCurve?> FindAsync(
        NpgsqlDataSource database, string legalEntity, string? segment, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = segment });
        return (await command.ReadAsync(
            row => PaymentCurve.Of(row.GetFieldValue<decimal[]>(0)), cancellation)).SingleOrDefault();
    }
}
