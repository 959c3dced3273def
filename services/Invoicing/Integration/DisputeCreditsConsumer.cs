using MassTransit;
using OrderToCash.Approvals;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Credits accepted disputes. Whoever accepted one has the authority of Collections, not that over credit memos: the
/// amount passes the gate here, and what must be approved waits in that person's name.
/// </summary>
public sealed class DisputeCreditsConsumer(
    EventSourcing.EventStore store, DocumentNumbers numbers, ApprovalGate gate, Inbox inbox,
    AccountingCalendars calendars, TimeProvider clock)
    : IConsumer<DisputeCreditRequested>
{
    public const string Queue = "invoicing-dispute-credits";

    public Task Consume(ConsumeContext<DisputeCreditRequested> context) => Rounds.UntilWrittenAsync(
        InvoiceStream.Type.Name, context.Message.InvoiceId, () => TryAsync(context));

    /// <summary>
    /// False when another write came first. The stream of what Collections asked for says whether this request is
    /// answered already, so it is answered once whatever is redelivered.
    /// </summary>
    private async Task<bool> TryAsync(ConsumeContext<DisputeCreditRequested> context)
    {
        var (asked, cancellation) = (context.Message, context.CancellationToken);
        var stream = CollectionsSubjectStream.Id(asked.DisputeId);
        var (subject, version) = await store.LoadAsync(CollectionsSubjectStream.Type, stream, cancellation);
        if (subject.Known.Contains(asked.RequestId))
            return true;
        var (invoice, _) = await store.LoadAsync(InvoiceStream.Type, asked.InvoiceId, cancellation);
        if (invoice.Issued is null)
            throw new UnknownInvoiceException(asked.InvoiceId);
        var request = new CollectionsRequest(
            asked.RequestId, asked.DisputeId, CollectionsRequest.DisputeCredit, context.StreamVersion());
        var credit = new DisputeCredit(
            request, asked.Installment, asked.Amount.ToMoney(), asked.ReasonCode, asked.Reason);
        var metadata = inbox.Metadata(context) with { By = asked.RequestedBy, Reason = asked.Reason };
        var plan = await DisputeCrediting.PlanAsync(
            asked.InvoiceId, credit, version, store, clock, calendars, metadata, cancellation);
        var batch = new WriteBatch(metadata);
        if (plan.Refusal is { } refusal)
            batch.Append(CollectionsSubjectStream.Type, stream, version, [request.Refused(refusal)]);
        else if (await gate.RequestAsync(
            batch, DisputeCrediting.Wish(asked.InvoiceId, invoice, credit), asked.RequestedBy, cancellation) is { } id)
            batch.Append(CollectionsSubjectStream.Type, stream, version, [request.Awaited(id)]);
        var result = batch.IsEmpty
            ? await numbers.CommitAsync(plan.Series, drawn => plan.Build!(drawn).Batch, cancellation)
            : await store.CommitAsync(batch, cancellation);
        return result.IsCommitted;
    }
}
