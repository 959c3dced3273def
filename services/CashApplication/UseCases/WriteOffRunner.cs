using Npgsql;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Carries out runs that have started, a hundred rests to a transaction with what became of each. It follows the log,
/// so one instance does it; after a crash another goes on behind the last rest that was dealt with.
/// </summary>
public sealed class WriteOffRunner(EventStore store, ReceiptMatching matching) : ISubscription
{
    private const int AtOnce = 100;

    /// <inheritdoc/>
    public string Name => "WriteOffRunner:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(WriteOffRunStarted)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        foreach (var started in events.Where(e => e.Data is WriteOffRunStarted))
        {
            while (await AdvanceAsync(started, cancellation))
            {
                // The next rests are a transaction of their own.
            }
        }

        return [];
    }

    /// <summary>Deals with the next rests; false when none is left.</summary>
    private async Task<bool> AdvanceAsync(StoredEvent started, CancellationToken cancellation)
    {
        var isAdvanced = false;
        var result = await store.CommitAsync(
            async token =>
            {
                var batch = new WriteBatch(Metadata(started));
                var (run, version) = await store.LoadAsync(WriteOffRun.Type, started.StreamId, token);
                var next = run.Next(AtOnce);
                isAdvanced = next.Count > 0;
                if (isAdvanced)
                    await AddAsync(batch, started.StreamId, run.Requested!, version, next, token);
                return batch;
            },
            cancellation);
        return result.IsCommitted ? isAdvanced : throw new InvalidOperationException(
            $"Rests of run {started.StreamId} were not given up: {result.Status} {result.Constraint}");
    }

    private async Task AddAsync(
        WriteBatch batch, Guid runId, WriteOffRunRequested run, long version, IReadOnlyList<SmallRest> items,
        CancellationToken cancellation)
    {
        var settings = await matching.SettingsAsync(run.LegalEntity, cancellation);
        var limit = settings.Policy.WriteOffLimit(run.Limit.Currency);
        var outcomes = new List<RestOutcome>(items.Count);
        foreach (var item in items)
        {
            var (receipt, receiptVersion) = await store.LoadAsync(ReceiptStream.Type, item.ReceiptId, cancellation);
            var (outcome, events) = WriteOffRunDecider.GiveUp(runId, run, item, receipt, receiptVersion, limit);
            outcomes.Add(outcome);
            batch.Append(ReceiptStream.Type, item.ReceiptId, receiptVersion, events);
        }

        batch.Append(WriteOffRun.Type, runId, version, [new WriteOffRunAdvanced(outcomes)]);
    }

    private static EventMetadata Metadata(StoredEvent started) => new(
        started.Metadata.By, started.Metadata.CorrelationId, started.Id.ToString(), started.Metadata.Reason,
        started.Metadata.TraceParent);
}
