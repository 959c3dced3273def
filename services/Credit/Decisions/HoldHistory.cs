using Npgsql;

namespace OrderToCash.Credit.Decisions;

/// <summary>When holds were placed, read from the log: a rule gives all of its holds of a customer one id.</summary>
public static class HoldHistory
{
    private const string Placed =
        "select exists (select 1 from mt_events where stream_id = $1 and version > $2 and type = 'hold_placed' " +
        "and (data->>'HoldId')::uuid = $3)";

    /// <summary>True where the hold was placed, the first time or anew, after this version of the account.</summary>
    public static async Task<bool> IsPlacedAfterAsync(
        NpgsqlDataSource database, Guid customerId, Guid holdId, long version, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Placed);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = holdId });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
