using System.Text.Json;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>When a customer came into the class it is in, and why.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Risk">The score that did it.</param>
public sealed record ClassChange(DateTimeOffset At, RiskAssessed Risk);

/// <summary>The last changes of class, read from the log: the accounts do not hold why.</summary>
public static class RiskHistory
{
    private const string Last =
        """
        select c.id, e.timestamp, e.data::text
        from unnest($1::uuid[]) as c (id)
        cross join lateral (
            select x.timestamp, x.data from mt_events x
            where x.stream_id = c.id and x.type = 'risk_assessed'
              and x.data->>'Before' is distinct from x.data->>'RiskClass'
            order by x.version desc limit 1) e
        """;

    /// <summary>The last change of each of these customers who has one.</summary>
    public static async Task<Dictionary<Guid, ClassChange>> LastAsync(
        NpgsqlDataSource database, Guid[] customers, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Last);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var changes = new Dictionary<Guid, ClassChange>();
        while (await reader.ReadAsync(cancellation))
        {
            changes[reader.GetGuid(0)] = new ClassChange(
                reader.GetFieldValue<DateTimeOffset>(1),
                JsonSerializer.Deserialize<RiskAssessed>(reader.GetString(2), Json.Stored)!);
        }

        return changes;
    }
}
