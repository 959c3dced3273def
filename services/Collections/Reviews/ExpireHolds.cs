using OrderToCash.Collections.Holds;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Ends holds whose last day is over. All that the customer was merged with were under them, and are looked at again.
/// </summary>
public sealed class ExpireHolds(EventSourcing.EventStore store, TimeProvider clock) : IReviewStep
{
    private const string Due =
        "select id from holds where status = 'active' and customer_id = any($1) and until < $2";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        foreach (var (id, day) in await chunk.OverAsync(store.Database, Due, cancellation))
        {
            await store.DecideAsync(
                HoldStream.Type, id, IReviewStep.Itself, hold => HoldDecider.Expire(hold, day),
                with: (batch, decided) =>
                {
                    if (decided.Events.Count > 0)
                        batch.Row(ReviewQueue.RequestCompany(clock.GetUtcNow(), decided.State.Placed!.CustomerId));
                },
                cancellation: cancellation);
        }
    }
}
