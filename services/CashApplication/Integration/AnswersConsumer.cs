using MassTransit;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
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
        return DecideAsync(context, answer.ReceiptId,
            receipt => ReceiptDecider.Confirm(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), CreditedBy(answer),
                GivenUpBy(answer.Difference, answer.PostingDate, answer.DifferenceLine)),
            batch => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentApplicationRejected> context)
    {
        var answer = context.Message;
        var deadlines = await DeadlinesAsync(answer.ReceiptId, context.CancellationToken);
        await DecideAsync(context, answer.ReceiptId, receipt => ReceiptDecider.Reject(
            receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), answer.Code, answer.Detail,
            deadlines));
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var answer = context.Message;
        var version = context.StreamVersion();
        var deadlines = await DeadlinesAsync(answer.ReceiptId, context.CancellationToken);
        var takenBack = await TakenBackAsync(answer, context.CancellationToken);
        await DecideAsync(context, answer.ReceiptId,
            receipt => ReceiptDecider.ConfirmReversal(
                receipt, answer.ReceiptId, answer.AllocationId, answer.Amount.ToMoney(), deadlines, takenBack,
                GivenUpBy(answer.Difference, answer.PostingDate, answer.DifferenceLine)),
            batch => batch
                .Row(OpenItems.Write(version, answer.Item))
                .Row(ItemMovements.Of(version, answer)));
    }

    /// <summary>
    /// Decides on the receipt. A remittance advice that it follows no longer by that waits again, in the same write.
    /// Most answers let go of none: advices are read where one does, and it is decided again.
    /// </summary>
    private async Task DecideAsync(
        ConsumeContext context, Guid receiptId, Func<Receipt, Decision> decide, Action<WriteBatch>? with = null)
    {
        Dictionary<Guid, Loaded<Remittance>> advices = [];
        Guid[] before = [];
        await inbox.DecideAsync(
            context, ReceiptStream.Type, receiptId,
            receipt =>
            {
                var decision = decide(receipt);
                before = decision.Events.All(one => one is AllocationConfirmed) ? [] : [.. receipt.FollowedAdvices];
                return decision;
            },
            (batch, decided) =>
            {
                with?.Invoke(batch);
                foreach (var id in before.Length > 0 ? before.Except(decided.State.FollowedAdvices) : [])
                {
                    if (advices.TryGetValue(id, out var advice))
                    {
                        batch.Append(
                            Remittance.Type, id, advice.Version,
                            RemittanceDecider.Release(advice.State, receiptId).Events, inbox.Metadata(context));
                    }
                    else
                    {
                        batch.Outdated();
                    }
                }
            },
            async cancellation => advices = await FollowedAsync(receiptId, cancellation));
    }

    private async Task<Dictionary<Guid, Loaded<Remittance>>> FollowedAsync(
        Guid receiptId, CancellationToken cancellation)
    {
        var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
        var followed = new Dictionary<Guid, Loaded<Remittance>>();
        foreach (var id in receipt.FollowedAdvices)
            followed[id] = await store.LoadAsync(Remittance.Type, id, cancellation);
        return followed;
    }

    /// <summary>Instances that do not tell where it was booked leave it to the receipt's accounts.</summary>
    private static GivenUp? GivenUpBy(
        Contracts.MoneyAmount? difference, DateOnly postedOn, Contracts.JournalLine? line) =>
        difference is not { } given ? null : new GivenUp(
            given.ToMoney(), postedOn, line?.Account,
            line is { BaseDebit: { } debit, BaseCredit: { } credit } ? debit.ToMoney() + credit.ToMoney() : null);

    private static Money? CreditedBy(PaymentApplied answer) => answer.Credits is { Count: > 0 } credits
        ? Money.Sum(credits.Select(one => one.Amount.ToMoney()), answer.Amount.ToMoney().Currency)
        : null;

    /// <summary>
    /// Credit memos that may go with the money once more; null where the policy has none applied with money by now.
    /// </summary>
    private async Task<List<Guid>?> TakenBackAsync(PaymentReversed answer, CancellationToken cancellation)
    {
        if (answer.Credits is not { Count: > 0 } credits)
            return null;
        var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, answer.ReceiptId, cancellation);
        var settings = await matching.SettingsAsync(receipt.LegalEntity, cancellation);
        return settings.Policy.TakesOffCreditMemos ? [.. credits.Select(one => one.CreditMemoId)] : null;
    }

    private async Task<Deadlines> DeadlinesAsync(Guid receiptId, CancellationToken cancellation)
    {
        var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
        return await matching.DeadlinesAsync(receipt.LegalEntity, cancellation);
    }
}
