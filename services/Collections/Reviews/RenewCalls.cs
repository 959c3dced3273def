using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Hands a call out anew that a hold has taken back (<see cref="CancelTasks"/>), once no hold forbids contact any more:
/// where something is still owed that was past due when it was handed out, and no other call was since. It comes after
/// the overdue states, which hand out calls of their own when a hold ends.
/// </summary>
public sealed class RenewCalls(EventSourcing.EventStore store) : IReviewStep
{
    private const string TakenBack =
        $"""
        select t.id, t.customer_id, t.text, t.due_on, t.assignee, t.notice_id, {CompanyHolds.Kinds}
        from unnest($1) as c (id)
        cross join lateral (
            select * from tasks where customer_id = c.id and kind = 'call' and created_by = 'collections'
            order by created_at desc, id desc limit 1) t
        where t.state = 'cancelled' and starts_with(t.result, '{CancelTasks.NobodyCalls}')
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(TakenBack);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var calls = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), Text: row.GetString(2),
                DueOn: row.GetFieldValue<DateOnly>(3), Assignee: row.Text(4), Notice: row.Optional<Guid>(5),
                Holds: row.GetFieldValue<string[]>(6)),
            cancellation);
        if (calls.Count == 0)
            return;
        var customers = chunk.Customers.ToDictionary(customer => customer.Id);
        var items = await chunk.ItemsAsync(cancellation);
        foreach (var call in calls)
        {
            if (call.Holds.Select(Kebab.Parse<HoldKind>).Any(HoldDecider.ForbidsContact)
                || !items[call.Customer].Any(item => item.DueDate < call.DueOn && item.Collectible.IsPositive))
                continue;
            var customer = customers[call.Customer];
            var again = new TaskCreated(
                customer.LegalEntity, customer.Id, TaskKind.Call, call.Text, customer.Today, call.Assignee,
                call.Notice);
            await store.DecideAsync(
                CollectionTaskStream.Type, Ids.From("call-again", call.Id.ToString("D")), IReviewStep.Itself,
                task => TaskDecider.Create(task, again), cancellation: cancellation);
        }
    }
}
