using MassTransit;
using Npgsql;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the holds of customers' credit, whichever message comes first. A rule's hold has one identifier, however often
/// it is placed and let go: the newer version of the customer's account counts.
/// </summary>
public sealed class CreditConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<CreditHoldPlaced>, IConsumer<CreditHoldReleased>
{
    public const string Queue = "collections-credit";

    private const string Upsert =
        "insert into credit_holds as h (id, customer_id, code, until, released, version) " +
        "values ($1, $2, $3, $4, $5, $6) on conflict (id) do update set code = excluded.code, " +
        "until = excluded.until, released = excluded.released, version = excluded.version " +
        "where excluded.version >= h.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditHoldPlaced> context)
    {
        var hold = context.Message;
        return WriteAsync(context, hold.HoldId, hold.CustomerId, hold.Code, hold.Until, released: false);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditHoldReleased> context)
    {
        var hold = context.Message;
        return WriteAsync(context, hold.HoldId, hold.CustomerId, hold.Code, null, released: true);
    }

    private Task WriteAsync(
        ConsumeContext context, Guid holdId, Guid customerId, string code, DateOnly? until, bool released)
    {
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = holdId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = until });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = released });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, command, ReviewQueue.Request(clock.GetUtcNow(), customerId));
    }
}
