using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Approvals;

/// <summary>
/// Ends the requests that nobody decided in time, once a minute. Every instance does it: who comes second finds the
/// request ended. Until then an overdue request is refused where it is approved, so nothing rests on the minute.
/// </summary>
public sealed partial class ApprovalExpiry(
    EventStore store, ApprovalOptions kinds, IServiceScopeFactory scopes, TimeProvider clock,
    ILogger<ApprovalExpiry> log) : BackgroundService
{
    private const int Chunk = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                try
                {
                    await ExpireAsync(stoppingToken);
                }
                catch (NpgsqlException error)
                {
                    LogNotRead(log, error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>Ends what is past its time now; how many it ended.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancellation = default)
    {
        var ended = 0;
        foreach (var id in await OverdueAsync(cancellation))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await store.CommitAsync(_ => EndAsync(id, scope.ServiceProvider, cancellation), cancellation);
                ended++;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One that cannot be ended keeps none of the others waiting.
                LogFailed(log, id, error);
            }
        }

        return ended;
    }

    private async Task<WriteBatch> EndAsync(Guid id, IServiceProvider services, CancellationToken cancellation)
    {
        var batch = new WriteBatch(new EventMetadata("approvals"));
        var (approval, version) = await store.LoadAsync(ApprovalStream.Type, id, cancellation);
        if (ApprovalDecider.Expire(approval, clock.GetUtcNow()) is not { Events: [_, ..] events })
            return batch;
        var end = new ApprovalEnd(id, approval.Requested!, ApprovalStatus.Expired, null, services);
        await kinds.EndAsync(end, batch, cancellation);
        return batch.Append(ApprovalStream.Type, id, version, events);
    }

    private async Task<List<Guid>> OverdueAsync(CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select approval_id from approvals where status = 'Waiting' and expires_at <= $1 " +
            "order by expires_at limit $2");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Chunk });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "approvals.expiry.failed",
        Message = "Overdue request {ApprovalId} was not ended and is tried again in a minute")]
    private static partial void LogFailed(ILogger log, Guid approvalId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "approvals.expiry.not-read",
        Message = "Overdue requests for approval wait another minute to be ended: {Reason}")]
    private static partial void LogNotRead(ILogger log, string reason);
}
