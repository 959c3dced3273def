using MassTransit;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps which customers were merged into which, and that a merge was undone. What is owed follows when the customer is
/// looked at.
/// </summary>
public sealed class MergedCustomersConsumer(Inbox inbox, TimeProvider clock) : IConsumer<CustomerChanged>
{
    public const string Queue = "collections-merged-customers";

    /// <summary>
    /// Kept of whoever was never merged, too: an older word that comes later would merge it again. Only where something
    /// is new anybody is looked at: the customer itself, which looks at its survivor.
    /// </summary>
    private const string Upsert =
        "with before as (select survivor_id from merged_customers where customer_id = $1), " +
        "told as (insert into merged_customers as m (customer_id, survivor_id, version) values ($1, $2, $3) " +
        "on conflict (customer_id) do update set survivor_id = excluded.survivor_id, version = excluded.version " +
        "where excluded.version > m.version returning survivor_id) " +
        $"{ReviewQueue.InsertInto} select $1, $4 from told t " +
        "where t.survivor_id is distinct from (select b.survivor_id from before b)";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerChanged> context)
    {
        var (customer, survivor) = (context.Message.CustomerId, context.Message.MergedInto);
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customer });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = survivor });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });

        // In turn with who makes contact: whoever sends after this is written knows that they are one.
        Guid[] both = survivor is { } other ? [customer, other] : [customer];
        return inbox.WriteAsync(context, Locks.Contact.Keys(both), [command]);
    }
}
