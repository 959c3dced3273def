using MassTransit;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Invoicing's answers to what was asked of it. The item after the answer is kept in the same transaction.
/// </summary>
public sealed class AnswersConsumer(Inbox inbox, EventStore store, TimeProvider clock)
    : IConsumer<PaymentApplied>, IConsumer<PaymentApplicationRejected>, IConsumer<PaymentReversed>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplied> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        return inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId,
            receipt => ReceiptDecider.Confirm(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney()),
            (batch, _) => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentApplicationRejected> context)
    {
        var answer = context.Message;
        var asked = await store.LoadAsync(ReceiptStream.Type, answer.ReceiptId, context.CancellationToken);
        var entity = await store.Database.LegalEntityAsync(asked.State.LegalEntity, context.CancellationToken);
        var today = clock.Today(entity?.TimeZone ?? "UTC");
        await inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId, receipt => ReceiptDecider.Reject(
            receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), answer.Code, answer.Detail,
            today));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        return inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId,
            receipt => ReceiptDecider.ConfirmReversal(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney()),
            (batch, _) => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }
}
