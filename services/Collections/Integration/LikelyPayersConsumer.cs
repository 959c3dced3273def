using MassTransit;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>Keeps who has likely paid the money that waits to be identified.</summary>
public sealed class LikelyPayersConsumer(Inbox inbox, TimeProvider clock) : IConsumer<ReceiptPayersFound>
{
    public const string Queue = "collections-likely-payers";

    /// <summary>From here on nobody is reminded who may have paid already.</summary>
    private const decimal Likely = 0.60m;

    /// <summary>Those that were likely before are looked at, too.</summary>
    private const string Upsert =
        "with before as (select customers from likely_payers where receipt_id = $1), " +
        "told as (insert into likely_payers as p (receipt_id, customers, version) values ($1, $2, $3) " +
        "on conflict (receipt_id) do update set customers = excluded.customers, version = excluded.version " +
        "where excluded.version > p.version returning p.customers) " +
        $"{ReviewQueue.InsertInto} select c, $4 from (select unnest(customers) from told " +
        "union select unnest(customers) from before) as x (c)";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptPayersFound> context)
    {
        Guid[] customers =
        [
            .. context.Message.Payers.Where(payer => payer.Confidence >= Likely).Select(payer => payer.CustomerId),
        ];
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = context.Message.ReceiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });

        // In turn with who makes contact: whoever sends after this is written knows of the money.
        return inbox.WriteAsync(context, Locks.Contact.Keys(customers), [command]);
    }
}
