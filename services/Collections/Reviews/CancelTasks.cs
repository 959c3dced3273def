using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Takes call tasks back that runs and overdue states have made, once nothing past due may be collected any more; and
/// tasks to repair an address once it is good again or gone.
/// </summary>
public sealed class CancelTasks(EventSourcing.EventStore store) : IReviewStep
{
    private const string Open =
        "select t.id, t.customer_id, t.kind from tasks t where t.state = 'open' and t.customer_id = any($1) " +
        "and ((t.kind = 'call' and t.created_by = 'collections') or (t.kind = 'repair-address' and not exists (" +
        "select 1 from failed_addresses f where f.customer_id = t.customer_id)))";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Open);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var tasks = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), IsCall: row.GetString(2) == "call"), cancellation);
        if (tasks.Count == 0)
            return;
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        var items = await chunk.ItemsAsync(cancellation);
        foreach (var (id, customer, isCall) in tasks)
        {
            if (isCall && items[customer].Any(item => item.DueDate < today[customer] && item.Collectible.IsPositive))
                continue;
            var why = isCall ? "Nothing past due may be collected any more." : "The address is good again.";
            await store.DecideAsync(
                CollectionTaskStream.Type, id, IReviewStep.Itself, task => TaskDecider.Cancel(task, why),
                cancellation: cancellation);
        }
    }
}
