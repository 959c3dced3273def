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

    public Task Consume(ConsumeContext<DisputeCreditRequested> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Inbox.HandleAsync(context, guard => numbers.CommitAsync(
            cancellation => PlanAsync(context, guard, cancellation), context.CancellationToken));
    }

    /// <summary>
    /// The stream of what Collections asked for says whether this request is answered already, so it is answered once
    /// whatever is sent again.
    /// </summary>
    private async Task<NumberedWrite> PlanAsync(
        ConsumeContext<DisputeCreditRequested> context, Func<WriteBatch, WriteBatch> guard,
        CancellationToken cancellation)
    {
        var asked = context.Message;
        var metadata = inbox.Metadata(context) with { By = asked.RequestedBy, Reason = asked.Reason };
        var batch = guard(new WriteBatch(metadata));
        var stream = CollectionsSubjectStream.Id(asked.DisputeId);
        var (subject, version) = await store.LoadAsync(CollectionsSubjectStream.Type, stream, cancellation);
        if (subject.Known.Contains(asked.RequestId))
            return NumberedWrite.Of(batch);
        var invoice = await store.LoadAsync(InvoiceStream.Type, asked.InvoiceId, cancellation);
        if (invoice.State.Issued is null)
            throw new UnknownInvoiceException(asked.InvoiceId);
        var family = await InvoiceFamily.LoadAsync(store, asked.InvoiceId, invoice, cancellation);
        var request = new CollectionsRequest(
            asked.RequestId, asked.DisputeId, CollectionsRequest.DisputeCredit, context.StreamVersion());
        var credit = new DisputeCredit(
            request, asked.Installment, asked.Amount.ToMoney(), asked.ReasonCode, asked.Reason);
        var plan = await DisputeCrediting.PlanAsync(
            asked.InvoiceId, credit, version, store, clock, calendars, metadata, cancellation);
        if (plan.Refusal is { } refusal)
            batch.Append(CollectionsSubjectStream.Type, stream, version, [request.Refused(refusal)]);
        else if (await gate.RequestAsync(
            batch, DisputeCrediting.Wish(asked.InvoiceId, invoice.State, family, credit), asked.RequestedBy,
            cancellation) is { } id)
            batch.Append(CollectionsSubjectStream.Type, stream, version, [request.Awaited(id)]);
        else
            return new NumberedWrite(plan.Series, drawn => family.Guard(guard(plan.Build!(drawn).Batch)));
        return NumberedWrite.Of(batch);
    }
}
