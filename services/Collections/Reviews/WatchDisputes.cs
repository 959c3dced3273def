using OrderToCash.Collections.Disputes;

namespace OrderToCash.Collections.Reviews;

/// <summary>Notes that the day of a dispute has passed without a decision.</summary>
public sealed class WatchDisputes(EventSourcing.EventStore store) : IReviewStep
{
    private const string Due =
        "select id from disputes where status in ('open', 'investigating') and not overdue " +
        "and customer_id = any($1) and due_on < $2";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        foreach (var (id, day) in await chunk.OverAsync(store.Database, Due, cancellation))
        {
            await store.DecideAsync(
                DisputeStream.Type, id, IReviewStep.Itself, dispute => DisputeDecider.Overdue(dispute, day),
                cancellation: cancellation);
        }
    }
}
