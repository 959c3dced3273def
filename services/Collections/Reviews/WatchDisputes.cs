using Npgsql;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;

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
        foreach (var day in chunk.Customers.GroupBy(customer => customer.Today))
        {
            await using var command = store.Database.CreateCommand(Due);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. day.Select(one => one.Id)] });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day.Key });
            foreach (var id in await command.ReadAsync(row => row.GetGuid(0), cancellation))
            {
                await store.DecideAsync(
                    DisputeStream.Type, id, IReviewStep.Itself, dispute => DisputeDecider.Overdue(dispute, day.Key),
                    cancellation: cancellation);
            }
        }
    }
}
