using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the replica of open items. An answer of Invoicing moves the balance and closes the allocation in one
/// transaction, so no moment sees an item neither pending nor paid.
/// </summary>
public sealed class OpenItemsConsumer(Inbox inbox)
    : IConsumer<InvoiceIssued>, IConsumer<InvoiceVoided>, IConsumer<PaymentApplied>, IConsumer<PaymentReversed>,
        IConsumer<PaymentApplicationRejected>, IConsumer<OpenItemsChanged>
{
    private const string Upsert =
        "insert into open_items (invoice_id, installment, invoice_number, legal_entity, customer_id, due_date, " +
        "currency, amount, balance, version) " +
        "select i.*, $10 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as i " +
        "on conflict (invoice_id, installment) do update set invoice_number = excluded.invoice_number, " +
        "legal_entity = excluded.legal_entity, customer_id = excluded.customer_id, due_date = excluded.due_date, " +
        "currency = excluded.currency, amount = excluded.amount, balance = excluded.balance, " +
        "version = excluded.version where excluded.version > open_items.version";

    private static readonly SqlRows<OpenItem> Columns = new SqlRows<OpenItem>()
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.InvoiceNumber)
        .Column(item => item.LegalEntity)
        .Column(item => item.CustomerId)
        .Column(item => item.DueDate)
        .Column(item => item.Amount.ToMoney().Currency.Code)
        .Column(item => item.Amount.ToMoney().Amount)
        .Column(item => item.Balance.ToMoney().Amount);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceIssued> context) =>
        WriteAsync(context, context.Message.InvoiceId, context.Message.Items);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceVoided> context) =>
        WriteAsync(context, context.Message.InvoiceId, context.Message.Items);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OpenItemsChanged> context) =>
        WriteAsync(context, context.Message.InvoiceId, context.Message.Items);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplied> context) => WriteAsync(
        context, context.Message.InvoiceId, [context.Message.Item],
        PendingAllocations.Close(
            context.Message.AllocationId, context.Message.InvoiceId, context.Message.Item.Installment,
            context.Message.Amount));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentReversed> context) =>
        WriteAsync(context, context.Message.InvoiceId, [context.Message.Item]);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplicationRejected> context) => inbox.WriteAsync(
        context,
        PendingAllocations.Close(
            context.Message.AllocationId, context.Message.InvoiceId, context.Message.Installment,
            context.Message.Amount));

    private Task WriteAsync(
        ConsumeContext context, Guid invoiceId, IReadOnlyList<OpenItem> items, params NpgsqlBatchCommand[] more)
    {
        var upsert = Columns.Command(Upsert, items);
        upsert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, [InvoiceLock.Take(invoiceId), upsert, .. more]);
    }
}
