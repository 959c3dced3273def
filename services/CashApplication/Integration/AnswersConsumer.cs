using MassTransit;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Invoicing's answers to what was asked of it. The item after the answer is kept in the same transaction.
/// </summary>
public sealed class AnswersConsumer(Inbox inbox, EventStore store, ReceiptMatching matching)
    : IConsumer<PaymentApplied>, IConsumer<PaymentApplicationRejected>, IConsumer<PaymentReversed>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentApplied> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        return inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId,
            receipt => ReceiptDecider.Confirm(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), CreditedBy(answer)),
            (batch, _) => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentApplicationRejected> context)
    {
        var answer = context.Message;
        var deadlines = await DeadlinesAsync(answer.ReceiptId, context.CancellationToken);
        await inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId, receipt => ReceiptDecider.Reject(
            receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), answer.Code, answer.Detail,
            deadlines));
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        var deadlines = await DeadlinesAsync(answer.ReceiptId, context.CancellationToken);
        await inbox.DecideAsync(context, ReceiptStream.Type, answer.ReceiptId,
            receipt => ReceiptDecider.ConfirmReversal(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), deadlines,
                answer.Credits?.Select(one => one.CreditMemoId).ToList()),
            (batch, _) => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }

    private static Money? CreditedBy(PaymentApplied answer) => answer.Credits is { Count: > 0 } credits
        ? Money.Sum(credits.Select(one => one.Amount.ToMoney()), answer.Amount.ToMoney().Currency)
        : null;

    private async Task<Deadlines> DeadlinesAsync(Guid receiptId, CancellationToken cancellation)
    {
        var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
        return await matching.DeadlinesAsync(receipt.LegalEntity, cancellation);
    }
}
