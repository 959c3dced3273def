using MassTransit;
using Npgsql;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the replica of open items. An answer of Invoicing moves the balance and closes the allocation in one
/// transaction, so no moment sees an item neither pending nor paid.
/// </summary>
public sealed class OpenItemsConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<InvoiceIssued>, IConsumer<InvoiceVoided>, IConsumer<PaymentApplied>, IConsumer<PaymentReversed>,
        IConsumer<PaymentApplicationRejected>, IConsumer<OpenItemsChanged>
{
    private const string Upsert =
        "insert into open_items (invoice_id, installment, invoice_number, legal_entity, customer_id, due_date, " +
        "currency, amount, balance, invoice_date, original_due_date, kind, version) " +
        "select i.*, $13 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as i " +
        "on conflict (invoice_id, installment) do update set invoice_number = excluded.invoice_number, " +
        "legal_entity = excluded.legal_entity, customer_id = case when open_items.billed_to = excluded.customer_id " +
        "then open_items.customer_id else excluded.customer_id end, due_date = excluded.due_date, " +
        "currency = excluded.currency, amount = excluded.amount, balance = excluded.balance, " +
        "invoice_date = excluded.invoice_date, original_due_date = excluded.original_due_date, " +
        "kind = excluded.kind, version = excluded.version where excluded.version >= open_items.version";

    private static readonly SqlRows<OpenItem> Columns = new SqlRows<OpenItem>()
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.InvoiceNumber)
        .Column(item => item.LegalEntity)
        .Column(item => item.CustomerId)
        .Column(item => item.DueDate)
        .Column(item => item.Amount.ToMoney().Currency.Code)
        .Column(item => item.Amount.ToMoney().Amount)
        .Column(item => item.Balance.ToMoney().Amount)
        .Column(item => item.InvoiceDate)
        .Column(item => item.OriginalDueDate)
        .Column(item => item.Kind ?? "invoice");

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceIssued> context)
    {
        var issued = context.Message;
        var kind = issued.ChargebackOf is null ? ItemChange.Issued : ItemChange.ChargebackIssued;
        return WriteAsync(context, issued.InvoiceId, new(kind, issued.InvoiceDate, issued.Items));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceVoided> context) => WriteAsync(
        context, context.Message.InvoiceId, new("voided", context.Message.PostingDate, context.Message.Items));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OpenItemsChanged> context)
    {
        var message = context.Message;
        var change = new ItemChange(message.Kind, message.PostingDate, message.Items, GivenUp(message));
        return WriteAsync(context, message.InvoiceId, change, [.. Credit(context, message)]);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplied> context)
    {
        var message = context.Message;
        return WriteAsync(
            context, message.InvoiceId, new("payment-applied", message.PostingDate, [message.Item]),
            PendingAllocations.Close(
                message.AllocationId, message.InvoiceId, message.Item.Installment, message.Amount),
            ItemHistory.Settled(
                message.AllocationId, "payment", message.Item, message.Amount, message.ValueDate,
                context.StreamVersion()));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var message = context.Message;
        return WriteAsync(
            context, message.InvoiceId, new("payment-reversed", message.PostingDate, [message.Item]),
            ItemHistory.TakenBack(message.AllocationId, "payment", message.Item, message.Amount, message.PostingDate));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplicationRejected> context) => inbox.WriteAsync(
        context,
        PendingAllocations.Close(
            context.Message.AllocationId, context.Message.InvoiceId, context.Message.Installment,
            context.Message.Amount),
        ReviewQueue.RequestOwing(clock.GetUtcNow(), context.Message.InvoiceId));

    private static decimal? GivenUp(OpenItemsChanged message) => message switch
    {
        { Items.Count: not 1 } => null,
        { Kind: "written-off" } => message.Amount.ToMoney().Amount,
        { Kind: "write-off-recovered" } => -message.Amount.ToMoney().Amount,
        _ => null,
    };

    private static IEnumerable<NpgsqlBatchCommand> Credit(ConsumeContext context, OpenItemsChanged message)
    {
        if (message.SourceId is not { } source)
            yield break;
        foreach (var item in message.Items)
        {
            if (message.Kind == "credit-applied")
            {
                yield return PendingAllocations.Close(source, item.InvoiceId, item.Installment, message.Amount);
                yield return ItemHistory.Settled(
                    source, "credit", item, message.Amount, message.PostingDate, context.StreamVersion());
            }
            else if (message.Kind == "credit-unapplied")
            {
                yield return ItemHistory.TakenBack(source, "credit", item, message.Amount, message.PostingDate);
            }
        }
    }

    private Task WriteAsync(
        ConsumeContext context, Guid invoiceId, ItemChange change, params NpgsqlBatchCommand[] more)
    {
        var upsert = Columns.Command(Upsert, change.Items);
        upsert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(
            context,
            Locks.Invoice.Keys(invoiceId),
            [
                upsert, ItemHistory.Changed(change, context.StreamVersion()), .. more,
                ReviewQueue.Request(
                    clock.GetUtcNow(), [.. change.Items.Select(item => item.CustomerId).Distinct()]),
            ]);
    }
}
