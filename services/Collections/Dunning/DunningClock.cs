using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// Starts the day's dunning run of the legal entities that have a schedule, looked for once a minute. Every instance
/// does it: the runs of an entity are one stream, so of two that start the run of a day one writes it and the other
/// sees that it is done. After a time without any instance there is one run, today's; it finds what the others would
/// have found.
/// </summary>
public sealed class DunningClock(
    EventSourcing.EventStore store, LegalEntities entities, PolicyBook policies, PlaybookBook playbooks,
    DunningRunner runner, TimeProvider clock, ILogger<DunningClock> log)
    : RecurringWork("Start of dunning runs", TimeSpan.FromMinutes(1), clock, log)
{
    /// <summary>
    /// Starts what is due now. One whose run cannot be made keeps none of the others waiting; one whose first part
    /// fails begins without it.
    /// </summary>
    public async Task StartDueAsync(CancellationToken cancellation)
    {
        foreach (var entity in await entities.AllAsync(cancellation))
        {
            var run = $"Today's dunning run of {entity.Code}";
            if (!await TryAsync(run, () => StartDueAsync(entity, isPartMade: true, cancellation), cancellation))
                await TryAsync(run, () => StartDueAsync(entity, isPartMade: false, cancellation), cancellation);
        }
    }

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => StartDueAsync(cancellation);

    private async Task StartDueAsync(LegalEntity entity, bool isPartMade, CancellationToken cancellation)
    {
        var local = LocalTime.Of(Clock.GetUtcNow(), entity.TimeZone);
        var policy = await policies.InForceAsync(entity.Code, cancellation);
        if (policy.Dunning is not { } schedule || !schedule.IsDueAt(local, entity.Calendar))
            return;
        var day = DateOnly.FromDateTime(local);
        await store.CommitAsync(
            async stop =>
            {
                var batch = new WriteBatch(IReviewStep.Itself);
                var runs = await store.LoadAsync(DunningRunsStream.Type, DunningRunsStream.Id(entity.Code), stop);
                if (runs.State.LastByClock >= day || runs.State.UnderWay is not null)
                    return batch;

                // The playbooks were there when the policy was laid down, and none is ever taken away.
                var order = new DunningOrder(
                    entity, day, await playbooks.OfEntityAsync(policy, usual: null, stop), ByClock: true);
                await runner.StartAsync(batch, runs, order, isPartMade, stop);
                return batch;
            },
            cancellation);
    }
}
