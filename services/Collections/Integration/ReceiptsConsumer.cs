using MassTransit;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the unapplied cash of every receipt, by customer, and what is on its way to an item. An allocation that
/// CashApplication has confirmed stays pending here until Invoicing's own message lowers the balance: in between the
/// item would look unpaid. A pending payment is no cash; what it is expected to pay is held back until it ends.
/// Who owes an item is looked at when money for it is on its way or is not any more, whoever pays.
/// </summary>
public sealed class ReceiptsConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<ReceiptBalanceChanged>, IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>,
        IConsumer<AllocationRejected>, IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>,
        IConsumer<PendingPaymentRecorded>, IConsumer<PendingPaymentEnded>
{
    private const string Upsert =
        "insert into receipts (id, customer_id, currency, unapplied, version) values ($1, $2, $3, $4, $5) " +
        "on conflict (id) do update set customer_id = excluded.customer_id, currency = excluded.currency, " +
        "unapplied = excluded.unapplied, version = excluded.version where excluded.version >= receipts.version";

    /// <summary>
    /// Whoever has no share by this word has none. A newer word that is here already has said it of everybody, also of
    /// whom it does not name: then this one gives nothing to anybody. The receipt's row, which is written before, keeps
    /// other words of it waiting.
    /// </summary>
    private const string Shares =
        "with told as (select * from unnest($2, $3) as s (customer_id, unapplied) " +
        "where not exists (select 1 from receipts w where w.id = $1 and w.version > $5)), " +
        "gone as (update receipt_shares r set unapplied = 0, version = $5 where r.receipt_id = $1 " +
        "and r.version < $5 and not exists (select 1 from told t where t.customer_id = r.customer_id) " +
        "returning r.customer_id), " +
        "kept as (insert into receipt_shares as r (receipt_id, customer_id, currency, unapplied, version) " +
        "select $1, t.customer_id, $4, t.unapplied, $5 from told t on conflict (receipt_id, customer_id) do update " +
        "set currency = excluded.currency, unapplied = excluded.unapplied, version = excluded.version " +
        "where excluded.version > r.version returning r.customer_id) " +
        $"{ReviewQueue.InsertInto} select c, $6 from (select customer_id from gone " +
        "union select customer_id from kept " +
        "union select unnest(p.customers) from likely_payers p where p.receipt_id = $1) as x (c)";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptRecorded> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptIdentified> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptReversed> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptBalanceChanged> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRequested> context)
    {
        var message = context.Message;
        return WriteAsync(
            context, message.ReceiptId, message.Balance, Locks.Invoice.Keys(message.InvoiceId),
            PendingAllocations.Open(message), ReviewQueue.RequestOwing(clock.GetUtcNow(), message.InvoiceId));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationConfirmed> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRejected> context)
    {
        var message = context.Message;
        return WriteAsync(
            context, message.ReceiptId, message.Balance, [],
            PendingAllocations.Close(message.AllocationId, message.InvoiceId, message.Installment, message.Amount),
            ReviewQueue.RequestOwing(clock.GetUtcNow(), message.InvoiceId));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversalRequested> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversed> context) =>
        WriteAsync(context, context.Message.ReceiptId, context.Message.Balance, []);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PendingPaymentRecorded> context) =>
        HoldBackAsync(context, context.Message.CustomerId, context.Message.Items, item =>
            PendingAllocations.Open(item, context.Message.ExpectedOn));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PendingPaymentEnded> context) =>
        HoldBackAsync(context, context.Message.CustomerId, context.Message.Items, item =>
            PendingAllocations.Close(item.ItemId, item.InvoiceId, item.Installment, item.Amount));

    private Task HoldBackAsync(
        ConsumeContext context, Guid? customerId, IReadOnlyList<PendingPaymentItem> items,
        Func<PendingPaymentItem, NpgsqlBatchCommand> row)
    {
        Guid[] customers = customerId is { } customer ? [customer] : [];
        Guid[] invoices = [.. items.Select(item => item.InvoiceId)];
        var now = clock.GetUtcNow();
        return inbox.WriteAsync(
            context,
            [.. Locks.Invoice.Keys(invoices), .. Locks.Contact.Keys(customers)],
            [.. items.Select(row), ReviewQueue.Request(now, customers), ReviewQueue.RequestOwing(now, invoices)]);
    }

    /// <summary>
    /// In turn with who makes contact: whoever sends after this is written knows of the money.
    /// </summary>
    private Task WriteAsync(
        ConsumeContext context, Guid receiptId, ReceiptBalance balance, long[] locks,
        params NpgsqlBatchCommand[] first)
    {
        var version = context.StreamVersion();
        var shares = Shared(balance);
        long[] all = [.. locks, .. Locks.Contact.Keys(shares.Select(one => one.CustomerId))];
        NpgsqlBatchCommand[] rows =
            [.. first, Whole(receiptId, balance, version), ByCustomer(receiptId, balance, shares, version)];
        return inbox.WriteAsync(context, all, rows);
    }

    private static CustomerShare[] Shared(ReceiptBalance balance) => balance switch
    {
        { Shares: { } several } => [.. several],
        { CustomerId: { } one } => [new CustomerShare(one, balance.Unapplied)],
        _ => [],
    };

    private static NpgsqlBatchCommand Whole(Guid receiptId, ReceiptBalance balance, long version)
    {
        var unapplied = balance.Unapplied.ToMoney();
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = balance.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = unapplied.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = unapplied.Amount });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return command;
    }

    private NpgsqlBatchCommand ByCustomer(
        Guid receiptId, ReceiptBalance balance, CustomerShare[] shares, long version)
    {
        var command = new NpgsqlBatchCommand(Shares);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. shares.Select(one => one.CustomerId)] });
        command.Parameters.Add(new NpgsqlParameter<decimal[]>
        {
            TypedValue = [.. shares.Select(one => one.Unapplied.ToMoney().Amount)],
        });
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = balance.Unapplied.ToMoney().Currency.Code,
        });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        return command;
    }
}
