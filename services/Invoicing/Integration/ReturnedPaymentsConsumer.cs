using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Bills whoever paid with money that did not hold (not enough of it, a returned debit, a card's chargeback, a stopped
/// check) what the automation policy of the billing legal entity asks for that: a debit memo of its own, which is owed
/// whatever becomes of what the money was for. Its identifier is the receipt's, so a receipt costs one fee whatever is
/// sent again. Money whose payer is not known costs nobody anything, nor does money of which a part alone was taken
/// back. What can be mended, such as a missing rate, leaves the message in the error queue until it is played again.
/// </summary>
public sealed class ReturnedPaymentsConsumer(
    EventSourcing.EventStore store, DocumentNumbers numbers, Inbox inbox, TimeProvider clock)
    : IConsumer<ReceiptReversed>
{
    public const string Queue = "invoicing-returned-payments";

    public Task Consume(ConsumeContext<ReceiptReversed> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Inbox.HandleAsync(context, guard => numbers.CommitAsync(
            cancellation => PlanAsync(context, guard, cancellation), context.CancellationToken));
    }

    private async Task<NumberedWrite> PlanAsync(
        ConsumeContext<ReceiptReversed> context, Func<WriteBatch, WriteBatch> guard, CancellationToken cancellation)
    {
        var returned = context.Message;
        var metadata = inbox.Metadata(context) with { Reason = $"payment returned: {Why(returned)}" };
        var id = Ids.From("returned-payment-fee", returned.ReceiptId.ToString("D"));
        var (known, _) = await store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (known.Issued is not null || await DraftAsync(returned, cancellation) is not { } draft)
            return NumberedWrite.Of(guard(new WriteBatch(metadata)));
        var plan = DocumentIssuing.Plan(id, draft, metadata);
        return new NumberedWrite(plan.Series, drawn => guard(plan.Build!(drawn).Batch));
    }

    /// <summary>What is billed; null where nothing is.</summary>
    private async Task<InvoiceDraft?> DraftAsync(ReceiptReversed returned, CancellationToken cancellation)
    {
        if (returned.Balance.CustomerId is not { } payer)
            return null;
        var known = await BillingAccounts.LoadAsync(store.Database, [payer], cancellation);
        if (!known.TryGetValue(payer, out var billed))
            throw new MessageRefusedException($"There is no customer {payer}.");
        var (policy, _) = await store.LoadAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(billed.Books.LegalEntity), cancellation);
        if (policy.Definition?.ReturnedPayments?.For(
            returned.Reason, returned.ReturnCode, returned.PostingDate, Currency.Of(billed.Currency)) is not { } fee)
            return null;
        var wish = new IssueInvoice(payer,
        [
            new IssueInvoiceLine(
                FormattableString.Invariant(
                    $"Fee for the payment of {returned.Balance.Amount.ToMoney()} that was returned on ") +
                FormattableString.Invariant($"{returned.PostingDate:yyyy-MM-dd} ({Why(returned)})"), 1, fee.Amount),
        ]);
        var now = clock.GetUtcNow();
        var account = (await BillingAccounts.LoadAsync(store.Database, null, [wish], now, cancellation))[0]!;
        var (draft, obstacle) = IssueDebitMemo.Draft(wish, account, now);
        return draft ?? throw new MessageRefusedException($"{obstacle!.Code} {obstacle.Detail}");
    }

    private static string Why(ReceiptReversed returned) =>
        returned.ReturnCode is { } code ? $"{returned.Reason} {code}" : returned.Reason;
}
