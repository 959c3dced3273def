using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Takes call tasks back that runs and overdue states have made, once nothing past due may be collected any more or a
/// hold forbids contact; and tasks to repair an address once that very address is good again or nobody's any more.
/// Which one it is stands in the task's text (<see cref="TaskDecider.RepairAddress"/>), and goes from there when the
/// person is forgotten; a task that somebody has worded otherwise is for all of the customer's addresses. So it is with
/// what messages do not reach (<see cref="TaskDecider.Repair"/>), once messages reach it again. Where nobody knows
/// which address it was, none can be seen to be good again: such a task stays until somebody has done it.
/// </summary>
public sealed class CancelTasks(EventSourcing.EventStore store) : IReviewStep
{
    /// <summary>Begins why a call is taken back that a hold forbids; the kind of the hold comes after it.</summary>
    internal const string NobodyCalls = "Nobody gets in touch with the customer: ";

    private const string Open =
        $"""
        select t.id, t.customer_id, t.kind, {CompanyHolds.Kinds} from tasks t
        cross join lateral (select t.customer_id as id) c
        where t.state = 'open' and t.customer_id = any($1)
        and ((t.kind = 'call' and t.created_by = 'collections') or (t.kind = 'repair-address'
            and t.text not like 'Mail to {TaskDecider.Nobody} came back.%' and not exists (
            select 1 from failed_addresses f
            join customers o on o.id = f.customer_id
            cross join lateral jsonb_array_elements(o.contacts) p
            where f.customer_id = t.customer_id and f.address = lower(trim(p->>'Email'))
            and (t.text not like 'Mail to % came back.%' or position(' ' || f.address || ' ' in lower(t.text)) > 0)))
        or (t.kind = 'other' and t.text like '% does not reach %. Find what does.'
            and t.text not like '% does not reach {TaskDecider.Nobody}. %' and not exists (
            select 1 from failed_message_addresses f where f.customer_id = t.customer_id
            and lower(t.text) = f.channel || ' does not reach ' || f.address || '. find what does.')))
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Open);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var tasks = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), IsCall: row.GetString(2) == "call",
                Forbids: row.GetFieldValue<string[]>(3).Select(Kebab.Parse<HoldKind>)
                    .Where(HoldDecider.ForbidsContact).Select(hold => Kebab.Of(hold)).FirstOrDefault()),
            cancellation);
        if (tasks.Count == 0)
            return;
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        var items = await chunk.ItemsAsync(cancellation);
        foreach (var (id, customer, isCall, forbids) in tasks)
        {
            if (isCall && forbids is null
                && items[customer].Any(item => item.DueDate < today[customer] && item.Collectible.IsPositive))
                continue;
            var why = (isCall, forbids) switch
            {
                (false, _) => "The address is good again, or nobody's any more.",
                (_, { } hold) => $"{NobodyCalls}{hold}.",
                _ => "Nothing past due may be collected any more.",
            };
            await store.DecideAsync(
                CollectionTaskStream.Type, id, IReviewStep.Itself, task => TaskDecider.Cancel(task, why),
                cancellation: cancellation);
        }
    }
}
