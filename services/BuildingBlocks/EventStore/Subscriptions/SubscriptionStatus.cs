using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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

/// <summary>
/// Tells where all subscriptions of the service are: to health checks, metrics and the administration API.
/// </summary>
public sealed partial class SubscriptionMonitor(
    NpgsqlDataSource database, IEnumerable<SubscriptionRunner> runners, TimeProvider clock,
    ILogger<SubscriptionMonitor> log) : BackgroundService
{
    private static readonly TimeSpan MetricInterval = TimeSpan.FromSeconds(5);

    private readonly SubscriptionRunner[] _runners = [.. runners];

    /// <summary>Reads the present positions.</summary>
    public async Task<IReadOnlyList<SubscriptionStatus>> ReadAsync(CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand(
            "select n.name, coalesce(p.last_seq_id, 0), coalesce((select max(seq_id) from mt_events), 0), " +
            "clock_timestamp() " +
            "from unnest($1) as n (name) left join mt_event_progression p using (name)");
        command.Parameters.AddWithValue(_runners.Select(runner => runner.Subscription.Name).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var positions = new Dictionary<string, (long Position, long End)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            positions[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
            EventStoreMetrics.ClocksDiffer(clock.GetUtcNow() - reader.GetFieldValue<DateTimeOffset>(3));
        }

        return
        [
            .. _runners.Select(runner =>
            {
                var name = runner.Subscription.Name;
                var (position, end) = positions[name];
                return new SubscriptionStatus(
                    name, position, end, Math.Max(0, end - position), runner.IsLeader, runner.LastError);
            }),
        ];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EventStoreMetrics.AnnounceLosses();
        if (_runners.Length == 0)
            return;
        foreach (var runner in _runners)
            EventStoreMetrics.AnnounceSubscription(runner.Subscription.Name);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var status in await ReadAsync(stoppingToken))
                    EventStoreMetrics.SubscriptionLag(status.Name, status.Lag);
            }
            catch (NpgsqlException error)
            {
                // An old figure would look like a healthy one: rather show none.
                EventStoreMetrics.ClocksDiffer(null);
                foreach (var runner in _runners)
                    EventStoreMetrics.SubscriptionLag(runner.Subscription.Name, null);
                LogUnknown(log, error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(MetricInterval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "store.subscription.unknown",
        Message = "The positions of the subscriptions cannot be read: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);
}
