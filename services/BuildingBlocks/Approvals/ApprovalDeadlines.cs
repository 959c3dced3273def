using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Approvals;

/// <summary>
/// Ends the requests that nobody decided in time, and escalates those that have waited long, once a minute. Every
/// instance does it: who comes second finds it done. Until then an overdue request is refused where it is approved, so
/// nothing rests on the minute.
/// </summary>
public sealed partial class ApprovalDeadlines(
    EventStore store, ApprovalOptions kinds, IServiceScopeFactory scopes, TimeProvider clock,
    ILogger<ApprovalDeadlines> log) : BackgroundService
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
                    await MeetAsync(stoppingToken);
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

    /// <summary>Ends and escalates what it is time for; for how many requests it did.</summary>
    public async Task<int> MeetAsync(CancellationToken cancellation = default)
    {
        var met = 0;
        foreach (var id in await DueAsync(cancellation))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await store.CommitAsync(_ => PlanAsync(id, scope.ServiceProvider, cancellation), cancellation);
                met++;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One for which it cannot be done keeps none of the others waiting.
                LogFailed(log, id, error);
            }
        }

        return met;
    }

    private async Task<WriteBatch> PlanAsync(Guid id, IServiceProvider services, CancellationToken cancellation)
    {
        var batch = new WriteBatch(new EventMetadata("approvals"));
        var (approval, version) = await store.LoadAsync(ApprovalStream.Type, id, cancellation);
        if (ApprovalDecider.Expire(approval, clock.GetUtcNow()) is not { Events: [_, ..] ends })
        {
            return batch.Append(
                ApprovalStream.Type, id, version, ApprovalDecider.Escalate(approval, clock.GetUtcNow()).Events);
        }

        var end = new ApprovalEnd(id, approval.Requested!, ApprovalStatus.Expired, null, services);
        await kinds.EndAsync(end, batch, cancellation);
        return batch.Append(ApprovalStream.Type, id, version, ends);
    }

    private async Task<List<Guid>> DueAsync(CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select approval_id from approvals where status = 'Waiting' and expires_at <= $1 " +
            "union select approval_id from approvals " +
            "where status = 'Waiting' and escalates_at <= $1 and escalated_at is null limit $2");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Chunk });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "approvals.deadlines.failed",
        Message = "Request {ApprovalId} was not ended or escalated in time; this is tried again in a minute")]
    private static partial void LogFailed(ILogger log, Guid approvalId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "approvals.deadlines.not-read",
        Message = "Requests for approval whose time has come wait another minute: {Reason}")]
    private static partial void LogNotRead(ILogger log, string reason);
}
