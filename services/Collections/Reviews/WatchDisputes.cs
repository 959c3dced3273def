using Npgsql;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Notes that the day of a dispute has passed without a decision. One of which nothing is owed any more because it was
/// written off is closed: a write-off that does not know of it yet may pass it on the way.
/// </summary>
public sealed class WatchDisputes(EventSourcing.EventStore store) : IReviewStep
{
    private const string Due =
        "select id from disputes where status in ('open', 'investigating') and not overdue " +
        "and customer_id = any($1) and due_on < $2";

    private const string GivenUp =
        """
        select d.id from disputes d
        join open_items i on i.invoice_id = d.invoice_id and i.installment = d.installment
        where d.status in ('open', 'investigating') and d.customer_id = any($1) and i.balance = 0
        and (select h.kind from item_history h where h.invoice_id = d.invoice_id and h.installment = d.installment
            order by h.version desc limit 1) = 'written-off'
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        foreach (var id in await GivenUpAsync(chunk, cancellation))
        {
            await store.DecideAsync(
                DisputeStream.Type, id,
                IReviewStep.Itself with { Reason = "Nothing is owed on it any more: it was written off." },
                DisputeDecider.GiveUp, cancellation: cancellation);
        }

        foreach (var (id, day) in await chunk.OverAsync(store.Database, Due, cancellation))
        {
            await store.DecideAsync(
                DisputeStream.Type, id, IReviewStep.Itself, dispute => DisputeDecider.Overdue(dispute, day),
                cancellation: cancellation);
        }
    }

    private async Task<IReadOnlyList<Guid>> GivenUpAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(GivenUp);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        return await command.ReadAsync(row => row.GetGuid(0), cancellation);
    }
}
