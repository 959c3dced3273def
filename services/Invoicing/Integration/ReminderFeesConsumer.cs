using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Charges for dunning notices that went out: a debit memo per notice, under the one identifier of the notice, with the
/// answer in one transaction. What the contract allows is looked up here again: a fee was told with the notice, and
/// never more than the clause is charged. It is refused only where the clause allows nothing: an answer is for ever,
/// and what can be mended, such as a missing rate, leaves the message in the error queue until it is played again.
/// </summary>
public sealed class ReminderFeesConsumer(
    EventSourcing.EventStore store, DocumentNumbers numbers, Inbox inbox, TimeProvider clock)
    : IConsumer<ReminderFeeRequested>
{
    public const string Queue = "invoicing-reminder-fees";

    public Task Consume(ConsumeContext<ReminderFeeRequested> context) => Rounds.UntilWrittenAsync(
        CollectionsSubjectStream.Type.Name, context.Message.NoticeId, () => TryAsync(context));

    /// <summary>
    /// False when another write came first. The stream of what Collections asked for says whether the notice is charged
    /// already, so it is charged once whatever is redelivered.
    /// </summary>
    private async Task<bool> TryAsync(ConsumeContext<ReminderFeeRequested> context)
    {
        var (asked, cancellation) = (context.Message, context.CancellationToken);
        var stream = CollectionsSubjectStream.Id(asked.NoticeId);
        var (subject, version) = await store.LoadAsync(CollectionsSubjectStream.Type, stream, cancellation);
        if (!subject.Known.IsEmpty)
            return true;
        var request = new CollectionsRequest(
            asked.RequestId, asked.NoticeId, CollectionsRequest.LateFee, context.StreamVersion());
        var metadata = inbox.Metadata(context) with { By = asked.RequestedBy };
        var (draft, refusal) = await DraftAsync(asked, cancellation);
        if (draft is null)
        {
            var batch = new WriteBatch(metadata);
            batch.Append(CollectionsSubjectStream.Type, stream, version, [request.Refused(refusal!)]);
            return (await store.CommitAsync(batch, cancellation)).IsCommitted;
        }

        var id = Ids.From("reminder-fee", asked.NoticeId.ToString("D"));
        var plan = DocumentIssuing.Plan(id, draft, metadata, (batch, issued) => batch.Append(
            CollectionsSubjectStream.Type, stream, version, [request.CarriedOut(id, issued.Number)], metadata));
        return (await numbers.CommitAsync(plan.Series, drawn => plan.Build!(drawn).Batch, cancellation)).IsCommitted;
    }

    private async Task<(InvoiceDraft? Draft, Refusal? Refusal)> DraftAsync(
        ReminderFeeRequested asked, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var known = await BillingAccounts.LoadAsync(store.Database, [asked.CustomerId], cancellation);
        if (!known.TryGetValue(asked.CustomerId, out var billed))
            throw new MessageRefusedException($"There is no customer {asked.CustomerId}.");
        var (customer, _) = await store.LoadAsync(CustomerStream.Type, billed.CustomerId, cancellation);
        var fee = asked.Amount.ToMoney();
        if (customer.Now?.Clauses?.ReminderFee is not { } allowed || fee.Currency.Code != billed.Currency)
            return (null, CustomerRefusals.NoReminderFee(billed.CustomerId, fee.Currency.Code));
        var wish = new IssueInvoice(asked.CustomerId,
        [
            new IssueInvoiceLine(
                FormattableString.Invariant($"Fee for the notice of {asked.Date:yyyy-MM-dd} ({asked.Step})"), 1,
                decimal.Min(fee.Amount, allowed)),
        ]);
        var account = (await BillingAccounts.LoadAsync(store.Database, null, [wish], now, cancellation))[0]!;
        var (draft, obstacle) = IssueDebitMemo.Draft(wish, account, now);
        return draft is null
            ? throw new MessageRefusedException($"{obstacle!.Code} {obstacle.Detail}")
            : (draft, null);
    }
}
