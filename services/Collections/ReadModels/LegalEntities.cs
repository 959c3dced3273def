using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Legal entities of the replica.</summary>
public sealed class LegalEntities(NpgsqlDataSource database)
{
    private const string Select = "select code, name, time_zone, country, days_off, holidays from legal_entities";

    /// <summary>The legal entity of a code, or null when Invoicing has not told of it.</summary>
    public async Task<LegalEntity?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} where code = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        return (await command.ReadAsync(Row, cancellation)).SingleOrDefault();
    }

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<LegalEntity>> AllAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        return await command.ReadAsync(Row, cancellation);
    }

    private static LegalEntity Row(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Calendar(row));

    private static WorkingDays Calendar(NpgsqlDataReader row) => row.IsDBNull(4)
        ? WorkingDays.Weekdays
        : new WorkingDays
        {
            DaysOff = [.. row.GetFieldValue<string[]>(4).Select(Kebab.Parse<DayOfWeek>)],
            Holidays = [.. row.GetFieldValue<DateOnly[]>(5)],
        };
}
