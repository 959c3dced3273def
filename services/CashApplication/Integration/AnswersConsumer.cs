using MassTransit;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Invoicing's answers to what was asked of it. The item after the answer is kept in the same transaction.
/// </summary>
public sealed class AnswersConsumer(Inbox inbox)
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
            (batch, _) => batch.Row(OpenItems.Write(version, answer.Item)));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplicationRejected> context)
    {
        var answer = context.Message;
        return inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId, receipt => ReceiptDecider.Reject(
            receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), answer.Code, answer.Detail));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        return inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId,
            receipt => ReceiptDecider.ConfirmReversal(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney()),
            (batch, _) => batch.Row(OpenItems.Write(version, answer.Item)));
    }
}
