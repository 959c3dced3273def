using MassTransit;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the unapplied cash of every receipt and what is on its way to an item. An allocation that CashApplication has
/// confirmed stays pending here until Invoicing's own message lowers the balance: in between the item would look
/// unpaid.
/// </summary>
public sealed class ReceiptsConsumer(Inbox inbox)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>, IConsumer<AllocationRejected>,
        IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>
{
    private const string Upsert =
        "insert into receipts (id, customer_id, currency, unapplied, version) values ($1, $2, $3, $4, $5) " +
        "on conflict (id) do update set customer_id = excluded.customer_id, currency = excluded.currency, " +
        "unapplied = excluded.unapplied, version = excluded.version where excluded.version > receipts.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptRecorded> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptIdentified> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptReversed> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRequested> context)
    {
        var message = context.Message;
        return inbox.WriteAsync(
            context,
            InvoiceLock.Take(message.InvoiceId),
            PendingAllocations.Open(message.AllocationId, message.InvoiceId, message.Installment, message.Amount),
            Balance(context, message.ReceiptId, message.Balance));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationConfirmed> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRejected> context)
    {
        var message = context.Message;
        return inbox.WriteAsync(
            context,
            PendingAllocations.Close(message.AllocationId, message.InvoiceId, message.Installment, message.Amount),
            Balance(context, message.ReceiptId, message.Balance));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversalRequested> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversed> context) =>
        inbox.WriteAsync(context, Balance(context, context.Message.ReceiptId, context.Message.Balance));

    private static NpgsqlBatchCommand Balance(ConsumeContext context, Guid receiptId, ReceiptBalance balance)
    {
        var unapplied = balance.Unapplied.ToMoney();
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = balance.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = unapplied.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = unapplied.Amount });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return command;
    }
}
