using Npgsql;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Reviews;

/// <summary>Ends holds whose last day is over.</summary>
public sealed class ExpireHolds(EventSourcing.EventStore store) : IReviewStep
{
    private const string Due =
        "select id from holds where status = 'active' and customer_id = any($1) and until < $2";

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
                    HoldStream.Type, id, IReviewStep.Itself, hold => HoldDecider.Expire(hold, day.Key),
                    cancellation: cancellation);
            }
        }
    }
}
