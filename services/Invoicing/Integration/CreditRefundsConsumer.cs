using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// What became of refunds that cash application was told to pay: paid ones leave receivables on the day of their
/// payment, what comes back or is not paid is open again. Credit memo and invoice change in one transaction, decided
/// again where one of them was changed meanwhile.
/// </summary>
public sealed class CreditRefundsConsumer(Inbox inbox, EventStore store, AccountingCalendars calendars)
    : IConsumer<CreditRefundChanged>
{
    public const string Queue = "invoicing-credit-refunds";

    public Task Consume(ConsumeContext<CreditRefundChanged> context) => inbox.CommitAsync(context, async batch =>
    {
        var (told, cancellation) = (context.Message, context.CancellationToken);
        await calendars.RefreshAsync(cancellation);
        var refund = await RefundedCredit.LoadAsync(told.CreditMemoId, told.RefundId, store, cancellation);
        if (refund.Memo.State.Issued is not { } issued)
            throw new MessageRefusedException($"There is no credit memo {told.CreditMemoId}.");
        var outcome = CreditRefundOutcome.Of(
            told.CreditMemoId, refund.Memo.State, refund.Invoice?.State,
            Read(told),
            await RateAsync(told, refund.Memo.State, batch, cancellation), calendars.Context(issued.Books.LegalEntity),
            refund.Lacked);
        if (outcome.Refusal is { } refusal)
            throw new MessageRefusedException($"Refund {told.RefundId}: {refusal.Code} {refusal.Detail}");
        refund.Append(
            batch, outcome.OnMemo, _ => outcome.OnInvoice, batch.Metadata with { Reason = told.Reason });
    });

    /// <summary>What ends a refund is said in so many words: a word that is not known frees nothing.</summary>
    private static PaymentOfRefund Read(CreditRefundChanged told) => told switch
    {
        { Status: "declined" or "cancelled", PaidOn: null, ReturnedOn: null } => new(told.RefundId, null, null),
        { Status: "paid", PaidOn: { } day, ReturnedOn: null } => new(told.RefundId, day, null),
        { Status: "returned", PaidOn: { } day, ReturnedOn: { } back } => new(told.RefundId, day, back),
        _ => throw new MessageRefusedException(
            $"Refund {told.RefundId}: {told.Status} of {told.PaidOn:O} and {told.ReturnedOn:O} is not known here."),
    };

    /// <summary>
    /// The rate of its payment's entry in the journal, which is kept for it like that of a receipt. Where its day has
    /// none, that of its approval is kept, and the entry is translated by it: cash clearing is even in the books, too.
    /// </summary>
    private async Task<ExchangeRate?> RateAsync(
        CreditRefundChanged told, CreditMemo memo, WriteBatch batch, CancellationToken cancellation)
    {
        var issued = memo.Issued!;
        if (issued.Rate is null || told.PaidOn is not { } day)
            return null;
        var (entity, currency) = (issued.Books.LegalEntity, issued.Total.Currency.Code);
        var rate = await OfDayAsync();
        if (rate is not null || memo.Reserved.GetValueOrDefault(told.RefundId)?.Rate is not { } approved)
            return rate;
        batch.Lock(RateTable.OfSource.Take(told.RefundId));
        await RateTable.FixReceiptAsync(store.Database, entity, told.RefundId, currency, approved, cancellation);
        batch.Row(RateTable.TranslateReceived(entity, Currency.Of(issued.Books.BaseCurrency), day));
        return await OfDayAsync();

        Task<ExchangeRate?> OfDayAsync() =>
            RateTable.OfReceiptAsync(store.Database, entity, told.RefundId, currency, day, cancellation);
    }
}
