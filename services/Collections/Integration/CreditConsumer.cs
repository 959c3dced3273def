using MassTransit;
using Npgsql;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>Keeps the holds of customers' credit; what was let go stays so, whichever message comes first.</summary>
public sealed class CreditConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<CreditHoldPlaced>, IConsumer<CreditHoldReleased>
{
    public const string Queue = "collections-credit";

    private const string Place =
        "insert into credit_holds (id, customer_id, code, until, released) values ($1, $2, $3, $4, false) " +
        "on conflict (id) do update set code = excluded.code, until = excluded.until";

    private const string Release =
        "insert into credit_holds (id, customer_id, code, until, released) values ($1, $2, $3, $4, true) " +
        "on conflict (id) do update set released = true";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditHoldPlaced> context)
    {
        var hold = context.Message;
        return WriteAsync(context, Place, hold.HoldId, hold.CustomerId, hold.Code, hold.Until);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditHoldReleased> context)
    {
        var hold = context.Message;
        return WriteAsync(context, Release, hold.HoldId, hold.CustomerId, hold.Code, null);
    }

    private Task WriteAsync(
        ConsumeContext context, string sql, Guid holdId, Guid customerId, string code, DateOnly? until)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = holdId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = until });
        return inbox.WriteAsync(context, command, ReviewQueue.Request(clock.GetUtcNow(), customerId));
    }
}
