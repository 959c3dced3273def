using MassTransit;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps what is open of each customer's credit memos. What one settles of an invoice is held back there until
/// Invoicing's own word has lowered the balance: in between it would be neither credit nor paid.
/// </summary>
public sealed class CreditMemosConsumer(Inbox inbox, NpgsqlDataSource database, TimeProvider clock)
    : IConsumer<CreditMemoIssued>, IConsumer<CreditMemoChanged>
{
    public const string Queue = "collections-credit-memos";

    private const string Owner = "select customer_id from credit_memos where id = $1 and customer_id is not null";

    private const string Upsert =
        "with kept as (insert into credit_memos as m (id, customer_id, currency, open, version) " +
        "values ($1, $2, $3, $4, $5) on conflict (id) do update set " +
        "customer_id = coalesce(m.customer_id, excluded.customer_id), " +
        "open = case when excluded.version > m.version then excluded.open else m.open end, " +
        "version = greatest(m.version, excluded.version) returning customer_id) " +
        $"{ReviewQueue.InsertInto} select customer_id, $6 from kept where customer_id is not null";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoIssued> context)
    {
        var issued = context.Message;
        return inbox.WriteAsync(
            context, Locks.Contact.Keys(issued.CustomerId),
            [Row(issued.CreditMemoId, issued.CustomerId, issued.Total, context.StreamVersion())]);
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<CreditMemoChanged> context)
    {
        var changed = context.Message;
        await using var find = database.CreateCommand(Owner);
        find.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = changed.CreditMemoId });
        var owners = await find.ReadAsync(row => row.GetGuid(0), context.CancellationToken);
        var row = Row(changed.CreditMemoId, null, changed.Open, context.StreamVersion());
        NpgsqlBatchCommand[] applied = changed is
        {
            InvoiceId: { } invoice, ApplicationId: { } application, Installment: { } installment,
        }
            ? [PendingAllocations.Open(application, invoice, installment, changed.Amount.ToMoney())]
            : [];

        // In turn with who makes contact: whoever sends after this is written knows of it.
        await inbox.WriteAsync(
            context,
            [
                .. Locks.Invoice.Keys(applied.Length > 0 ? [changed.InvoiceId!.Value] : []),
                .. Locks.Contact.Keys(owners),
            ],
            [.. applied, row]);
    }

    private NpgsqlBatchCommand Row(Guid id, Guid? customerId, MoneyAmount open, long version)
    {
        var money = open.ToMoney();
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = money.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = money.Amount });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        return command;
    }
}
