using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps the open receivables of each credit account, turns reservations into them, and notes how late money came. What
/// was paid with money that may bounce moves in the same write as the item, so none of it is counted twice or not at
/// all.
/// </summary>
public sealed class ReceivablesConsumer(
    Inbox inbox, EventStore store, BillingSources sources, KnownReceipts receipts, DecisionBooks books)
    : IConsumer<InvoiceIssued>, IConsumer<PaymentApplied>, IConsumer<PaymentReversed>, IConsumer<InvoiceVoided>,
        IConsumer<OpenItemsChanged>
{
    private const string Deposit = "deposit";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceIssued> context) => context.Message.Items is [{ Kind: Deposit }, ..]
        ? RecordDepositAsync(context)
        : RecordAsync(context, context.Message.Items, context.Message.InvoiceDate);

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<PaymentApplied> context)
    {
        var paid = context.Message;
        var reported = Reported(paid.Item, context.StreamVersion(), paid.ValueDate, isVoid: false);
        var (known, facts) = (
            await FindAsync(context.CancellationToken), await books.FactsAsync(context.CancellationToken));
        await inbox.DecideAsync(context, CreditAccountStream.Type, paid.Item.CustomerId,
            account => With(
                account, ExposureDecider.RecordReceivables(account, [reported], facts(account)).Events,
                paid.ReceiptId, known,
                known.WasReversed is null ? paid.Amount.ToMoney() : null),
            (batch, _) => Keep(batch, paid.ReceiptId, known, BehaviourRows.Payment(
                paid.AllocationId, paid.ReceiptId, paid.Item, paid.Amount, paid.ValueDate, isReversed: false,
                known.WasReversed)),
            refresh: async cancellation => known = await FindAsync(cancellation));

        Task<KnownPayment> FindAsync(CancellationToken cancellation) =>
            receipts.FindPaymentAsync(paid.AllocationId, paid.ReceiptId, cancellation);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentReversed> context)
    {
        var back = context.Message;
        var reported = Reported(back.Item, context.StreamVersion(), back.PostingDate, isVoid: false);

        // Not together with the payment itself, of which it must know.
        return inbox.CommitAsync(context, async batch =>
        {
            var (account, version) = await store.LoadAsync(
                CreditAccountStream.Type, back.Item.CustomerId, context.CancellationToken);
            var known = await receipts.FindPaymentAsync(
                back.AllocationId, back.ReceiptId, context.CancellationToken);
            Keep(batch, back.ReceiptId, known, BehaviourRows.Payment(
                back.AllocationId, back.ReceiptId, back.Item, back.Amount, back.PostingDate, isReversed: true,
                known.WasReversed));
            var facts = (await books.FactsAsync(context.CancellationToken))(account);

            // That it was taken back is forgotten when it is made good, and no news when it is told again.
            var happened = known.WasReversed is true
                ? ExposureDecider.RecordReceivables(account, [reported], facts)
                : ExposureDecider.TakeBack(account, reported, back.ReceiptId, back.PostingDate, facts);
            batch.Append(CreditAccountStream.Type, back.Item.CustomerId, version, With(
                account, happened.Events, back.ReceiptId, known,
                known.WasReversed is false ? -back.Amount.ToMoney() : null).Events);
        });
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OpenItemsChanged> context) =>
        RecordAsync(context, context.Message.Items, context.Message.PostingDate);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceVoided> context) =>
        RecordAsync(context, context.Message.Items, context.Message.PostingDate, isVoid: true);

    /// <summary>What invoices took of it may be known before it is.</summary>
    private Task RecordDepositAsync(ConsumeContext<InvoiceIssued> context)
    {
        var (deposit, version) = (context.Message, context.StreamVersion());
        var news = new BillingSource(
            deposit.InvoiceId, deposit.CustomerId, deposit.InvoiceId, deposit.Total.Amount, deposit.Total.Currency,
            version);
        var reported = deposit.Items.Select(item => Reported(item, version, deposit.InvoiceDate, isVoid: false))
            .ToArray();
        return inbox.CommitAsync(context, async batch =>
        {
            var now = await sources.KeepAsync(batch, news, context.CancellationToken);
            var account = await store.LoadAsync(
                CreditAccountStream.Type, deposit.CustomerId, context.CancellationToken);
            var facts = (await books.FactsAsync(context.CancellationToken))(account.State);
            var recorded = ExposureDecider.RecordReceivables(account.State, reported, facts).Events;
            var noted = ExposureDecider.NoteDeposit(
                recorded.Aggregate(account.State, CreditAccount.Evolve), now.SourceId,
                Money.Of(now.Amount, now.Currency), now.Version, facts.Today).Events;
            batch.Append(CreditAccountStream.Type, deposit.CustomerId, account.Version, [.. recorded, .. noted]);
        });
    }

    /// <summary>What happened to the item, and to what its receipt has paid.</summary>
    private static Decision With(
        CreditAccount account, IReadOnlyList<object> events, Guid receiptId, KnownPayment known, Money? change) =>
        known.Booked is not { } booked || change is not { } paid
            ? Decision.Of(events)
            : Decision.Of(
            [
                .. events, .. ExposureDecider.Pay(
                    events.Aggregate(account, CreditAccount.Evolve), receiptId, paid, booked).Events,
            ]);

    private static void Keep(WriteBatch batch, Guid receiptId, KnownPayment known, NpgsqlBatchCommand payment)
    {
        if (known.Booked is null)
            batch.Guard(KnownReceipts.PayEarly(receiptId));
        batch.Guard(payment);
    }

    private async Task RecordAsync(
        ConsumeContext context, IReadOnlyList<OpenItem> items, DateOnly on, bool isVoid = false)
    {
        if (items.Count == 0)
            throw new MessageRefusedException("An invoice without installments is owed by nobody.");
        var version = context.StreamVersion();
        var reported = items.Select(item => Reported(item, version, on, isVoid)).ToArray();
        var facts = await books.FactsAsync(context.CancellationToken);
        await inbox.DecideAsync(context, CreditAccountStream.Type, items[0].CustomerId,
            account => ExposureDecider.RecordReceivables(account, reported, facts(account)));
    }

    private static ReportedReceivable Reported(OpenItem item, long version, DateOnly on, bool isVoid)
    {
        var amount = item.Amount.ToMoney();
        return new ReportedReceivable(
            item.InvoiceId, item.Installment, item.InvoiceNumber,
            string.IsNullOrWhiteSpace(item.OrderReference) ? null : item.OrderReference.Trim(),
            isVoid ? Money.Zero(amount.Currency) : amount, item.Balance.ToMoney(), version, item.DueDate,
            item.Disputed is { Amount: not 0 } disputed ? disputed.ToMoney() : null, on, item.InvoiceDate);
    }
}
