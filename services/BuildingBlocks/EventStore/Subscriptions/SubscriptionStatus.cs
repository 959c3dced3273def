using Npgsql;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>Where a subscription is.</summary>
/// <param name="Name">Name in <c>mt_event_progression</c>.</param>
/// <param name="Position">Last sequence handled.</param>
/// <param name="LogEnd">Last sequence of the log.</param>
/// <param name="Lag">Sequence numbers between them (holes count).</param>
/// <param name="IsLeader">True when this instance runs it.</param>
/// <param name="LastError">Why it failed last, or null when its last attempt went well.</param>
public sealed record SubscriptionStatus(
    string Name, long Position, long LogEnd, long Lag, bool IsLeader, string? LastError);

/// <summary>Tells where all subscriptions of the service are; read by health checks, metrics and the administration API.</summary>
public sealed class SubscriptionMonitor(NpgsqlDataSource database, IEnumerable<SubscriptionRunner> runners)
{
    private readonly SubscriptionRunner[] _runners = [.. runners];

    /// <summary>Reads the present positions.</summary>
    public async Task<IReadOnlyList<SubscriptionStatus>> ReadAsync(CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand(
            "select p.name, p.last_seq_id, coalesce((select max(seq_id) from mt_events), 0) " +
            "from (select unnest($1) as name) n left join mt_event_progression p using (name)");
        command.Parameters.AddWithValue(_runners.Select(runner => runner.Subscription.Name).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var positions = new Dictionary<string, (long Position, long End)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            if (!reader.IsDBNull(0))
                positions[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        }

        return
        [
            .. _runners.Select(runner =>
            {
                var (position, end) = positions.GetValueOrDefault(runner.Subscription.Name);
                return new SubscriptionStatus(
                    runner.Subscription.Name, position, end, Math.Max(0, end - position), runner.IsLeader, runner.LastError);
            }),
        ];
    }
}
