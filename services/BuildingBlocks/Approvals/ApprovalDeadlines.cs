using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>
/// Ends the requests that nobody decided in time, and escalates those that have waited long, once a minute. Every
/// instance does it: who comes second finds it done. Until then an overdue request is refused where it is approved, so
/// nothing rests on the minute.
/// </summary>
public sealed class ApprovalDeadlines(
    EventStore store, ApprovalOptions kinds, IServiceScopeFactory scopes, TimeProvider clock,
    ILogger<ApprovalDeadlines> log)
    : RecurringWork("Deadlines of requests for approval", TimeSpan.FromMinutes(1), clock, log)
{
    private const int Chunk = 100;

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => MeetAsync(cancellation);

    /// <summary>
    /// Ends and escalates what it is time for; for how many requests it did. One for which it cannot be done keeps none
    /// of the others waiting.
    /// </summary>
    public async Task<int> MeetAsync(CancellationToken cancellation = default)
    {
        var met = 0;
        var after = Guid.Empty;
        while (await DueAsync(after, cancellation) is { Count: > 0 } due)
        {
            foreach (var id in due)
            {
                if (await TryAsync($"Deadline of request {id}", () => MeetAsync(id, cancellation), cancellation))
                    met++;
            }

            after = due[^1];
        }

        return met;
    }

    private async Task MeetAsync(Guid id, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        await store.CommitAsync(_ => PlanAsync(id, scope.ServiceProvider, cancellation), cancellation);
    }

    private async Task<WriteBatch> PlanAsync(Guid id, IServiceProvider services, CancellationToken cancellation)
    {
        var batch = new WriteBatch(new EventMetadata("approvals"));
        var (approval, version) = await store.LoadAsync(ApprovalStream.Type, id, cancellation);
        if (ApprovalDecider.Expire(approval, Clock.GetUtcNow()) is not { Events: [_, ..] ends })
        {
            return batch.Append(
                ApprovalStream.Type, id, version, ApprovalDecider.Escalate(approval, Clock.GetUtcNow()).Events);
        }

        var end = new ApprovalEnd(id, approval.Requested!, ApprovalStatus.Expired, null, services);
        await kinds.EndAsync(end, batch, cancellation);
        return batch.Append(ApprovalStream.Type, id, version, ends);
    }

    private async Task<List<Guid>> DueAsync(Guid after, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select approval_id from approvals where status = 'Waiting' and approval_id > $3 and expires_at <= $1 " +
            "union select approval_id from approvals " +
            "where status = 'Waiting' and approval_id > $3 and escalates_at <= $1 and escalated_at is null " +
            "order by approval_id limit $2");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = Clock.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Chunk });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
