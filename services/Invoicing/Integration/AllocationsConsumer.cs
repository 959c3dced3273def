using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Our side of the allocation handshake: cash application says what to apply, the balance says whether. Every answer is
/// an event of the invoice, so it is published once for each allocation, whatever is redelivered.
/// </summary>
public sealed class AllocationsConsumer(Inbox inbox, EventStore store, AccountingCalendars calendars)
    : IConsumer<AllocationRequested>, IConsumer<AllocationReversalRequested>
{
    public const string Queue = "invoicing-allocations";

    /// <summary>
    /// A period that was closed since turns the write away; one that was reopened may be missed for so long.
    /// </summary>
    internal static readonly TimeSpan CalendarAge = TimeSpan.FromSeconds(1);

    public async Task Consume(ConsumeContext<AllocationRequested> context)
    {
        var message = context.Message;
        await calendars.RefreshAsync(CalendarAge, context.CancellationToken);
        var rate = calendars.MayBeForeign(message.LegalEntity, message.Amount.Currency)
            ? await RateTable.OfReceiptAsync(
                store.Database, message.LegalEntity, message.ReceiptId, message.Amount.Currency, message.ValueDate,
                context.CancellationToken)
            : null;
        var command = new ApplyPayment(
            message.AllocationId, message.ReceiptId, message.Installment, message.Amount.ToMoney(), message.ValueDate,
            message.UnappliedCashAccount, message.Discount?.ToMoney(), message.Difference?.ToMoney(), rate,
            GivesUnearned: message.GivesUnearnedDiscount == true);
        if (message.Credits is { Count: > 0 } credits)
            await ApplyAsync(context, message.InvoiceId, command, credits);
        else
        {
            await DecideAsync(context, message.InvoiceId, (invoice, posting) =>
                InvoiceDecider.ApplyPayment(invoice, command, posting));
        }
    }

    /// <summary>
    /// Payment and the credit memos beside it in one transaction; decided again where one of them was changed
    /// meanwhile.
    /// </summary>
    public Task Consume(ConsumeContext<AllocationReversalRequested> context)
    {
        var message = context.Message;
        var command = new ReversePayment(
            message.AllocationId, message.ReceiptId, message.Installment, message.Amount.ToMoney(), message.Reason);
        var age = CalendarAge;
        return inbox.CommitAsync(context, async batch =>
        {
            var (invoice, version, posting) = await LoadAsync(message.InvoiceId, age, context.CancellationToken);
            age = TimeSpan.Zero;
            var memos = new List<(Guid Id, CreditMemo State)>();
            var versions = new Dictionary<Guid, long>();
            foreach (var memoId in CreditedPayment.MemosBeside(invoice, message.AllocationId))
            {
                var memo = await store.LoadAsync(CreditMemoStream.Type, memoId, context.CancellationToken);
                versions[memoId] = memo.Version;
                memos.Add((memoId, memo.State));
            }

            var netted = await NettedDocuments.LoadAsync(
                store, message.InvoiceId, invoice, context.CancellationToken);
            var reversed = CreditedPayment.Reverse(
                invoice, command with { Lacked = netted.Lacked() }, memos, posting);
            Append(batch, message.InvoiceId, version, versions, reversed);
            netted.Follow(batch, reversed.OnInvoice);
        });
    }

    /// <summary>
    /// Payment and credit memos in one transaction; decided again where one of them was changed meanwhile.
    /// </summary>
    private Task ApplyAsync(
        ConsumeContext context, Guid invoiceId, ApplyPayment command, IReadOnlyList<CreditToApply> credits) =>
        inbox.CommitAsync(context, async batch =>
        {
            var cancellation = context.CancellationToken;
            var (invoice, version, posting) = await LoadAsync(invoiceId, TimeSpan.Zero, cancellation);
            var versions = new Dictionary<Guid, long>();
            var takenOff = new List<CreditTakenOff>();
            foreach (var credit in credits.GroupBy(one => one.CreditMemoId))
            {
                var memo = await store.LoadAsync(CreditMemoStream.Type, credit.Key, cancellation);
                versions[credit.Key] = memo.Version;
                takenOff.Add(new CreditTakenOff(credit.Key, memo.State, Money.Sum(
                    credit.Select(one => one.Amount.ToMoney()), credit.First().Amount.ToMoney().Currency)));
            }

            var account = await CustomerGroups.OfAsync(
                store.Database, invoice.Issued!.CustomerId, cancellation);
            var applied = CreditedPayment.Apply(invoiceId, invoice, command, takenOff, account, posting);
            Append(batch, invoiceId, version, versions, applied);
        });

    private async Task<(Invoice Invoice, long Version, PostingContext Posting)> LoadAsync(
        Guid invoiceId, TimeSpan calendarAge, CancellationToken cancellation)
    {
        await calendars.RefreshAsync(calendarAge, cancellation);
        var (invoice, version) = await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
        return invoice.Issued is { } issued
            ? (invoice, version, calendars.Context(issued.Books.LegalEntity))
            : throw new UnknownInvoiceException(invoiceId);
    }

    private static void Append(
        WriteBatch batch, Guid invoiceId, long version, Dictionary<Guid, long> versions, CreditedPayment payment)
    {
        if (payment.OnInvoice.Count > 0)
            batch.Append(InvoiceStream.Type, invoiceId, version, payment.OnInvoice);
        foreach (var (memoId, events) in payment.OnMemos)
            batch.Append(CreditMemoStream.Type, memoId, versions[memoId], events);
    }

    private async Task DecideAsync(
        ConsumeContext context, Guid invoiceId, Func<Invoice, PostingContext, Decision> decide)
    {
        await calendars.RefreshAsync(CalendarAge, context.CancellationToken);
        await inbox.DecideAsync(
            context, InvoiceStream.Type, invoiceId,
            invoice => invoice.Issued is null
                ? throw new UnknownInvoiceException(invoiceId)
                : decide(invoice, calendars.Context(invoice.Issued.Books.LegalEntity)),
            refresh: calendars.RefreshAsync);
    }
}

/// <summary>
/// Cash application knows invoices from us alone, so a missing one is no business outcome: the message is tried again
/// and then waits in the error queue for a person.
/// </summary>
public sealed class UnknownInvoiceException(Guid invoiceId) : Exception($"There is no invoice {invoiceId}.");
