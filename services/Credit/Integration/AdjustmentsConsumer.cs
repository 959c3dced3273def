using MassTransit;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// What becomes of invoices besides being paid: credit memos and deposits change what is billed of orders, and what is
/// written off is a loss that the customer's score does not forget.
/// </summary>
public sealed class AdjustmentsConsumer(
    Inbox inbox, EventStore store, BillingSources sources, DecisionBooks books, TimeProvider clock)
    : IConsumer<CreditMemoIssued>, IConsumer<CreditMemoChanged>, IConsumer<DepositChanged>, IConsumer<OpenItemsChanged>
{
    private const string Voided = "voided";
    private const string WrittenOff = "written-off";
    private const string Recovered = "write-off-recovered";

    /// <summary>What is credited later than this is of an order that nobody waits for any more.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(366);

    /// <summary>Reasons for which less is owed, and nothing is to be billed anew.</summary>
    private static readonly string[] OfPrice = ["price", "goodwill"];

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoIssued> context)
    {
        var memo = context.Message;
        return memo.InvoiceId is { } invoice && !OfPrice.Contains(memo.Reason) && IsNews(context)
            ? CreditAsync(context, new BillingSource(
                memo.CreditMemoId, memo.CustomerId, invoice, memo.Total.Amount, memo.Total.Currency,
                context.StreamVersion()))
            : inbox.WriteAsync(context);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoChanged> context)
    {
        var memo = context.Message;
        return memo.Kind == Voided && IsNews(context)
            ? CreditAsync(context, new BillingSource(
                memo.CreditMemoId, null, null, 0, memo.Amount.Currency, context.StreamVersion()))
            : inbox.WriteAsync(context);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DepositChanged> context)
    {
        var deposit = context.Message;
        var news = new BillingSource(
            deposit.DepositId, null, null, deposit.Unused.Amount, deposit.Unused.Currency, context.StreamVersion());
        return inbox.CommitAsync(context, async batch =>
        {
            var now = await sources.KeepAsync(batch, news, context.CancellationToken);
            if (now.CustomerId is not { } customer)
                return;
            var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
            var today = (await books.FactsAsync(context.CancellationToken))(account.State).Today;
            batch.Append(CreditAccountStream.Type, customer, account.Version, ExposureDecider.NoteDeposit(
                account.State, now.SourceId, Money.Of(now.Amount, now.Currency), now.Version, today).Events);
        });
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OpenItemsChanged> context)
    {
        var change = context.Message;
        return change is { Kind: WrittenOff or Recovered, SourceId: { } source, Items: [var item] }
            ? inbox.WriteAsync(context, BehaviourRows.Loss(
                source, item, change.Kind == WrittenOff ? change.Amount.Amount : -change.Amount.Amount,
                change.PostingDate))
            : inbox.WriteAsync(context);
    }

    private Task CreditAsync(ConsumeContext context, BillingSource news) => inbox.CommitAsync(context, async batch =>
    {
        var now = await sources.KeepAsync(batch, news, context.CancellationToken);
        if (now is not { CustomerId: { } customer, InvoiceId: { } invoice })
            return;
        var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
        var today = (await books.FactsAsync(context.CancellationToken))(account.State).Today;
        batch.Append(CreditAccountStream.Type, customer, account.Version, ExposureDecider.NoteCredit(
            account.State, invoice, now.SourceId, Money.Of(now.Amount, now.Currency), now.Version, today).Events);
    });

    private bool IsNews(ConsumeContext context) => clock.GetUtcNow() - context.HappenedAt() < News;
}
