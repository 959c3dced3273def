using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Carries out what Collections has decided, and was allowed to: moves due dates, writes off, suspends, reinstates and
/// ends service. What is asked for and the answer are one transaction; the answer is published.
/// </summary>
public sealed class CollectionsRequestsConsumer(
    EventSourcing.EventStore store, Inbox inbox, AccountingCalendars calendars, TimeProvider clock)
    : IConsumer<RescheduleRequested>, IConsumer<WriteOffRequested>, IConsumer<ServiceChangeRequested>
{
    public const string Queue = "invoicing-collections-requests";

    public Task Consume(ConsumeContext<RescheduleRequested> context)
    {
        var asked = context.Message;
        var request = Request(context, asked.RequestId, asked.PlanId, CollectionsRequest.Reschedule);
        var items = asked.Items.ToLookup(item => item.InvoiceId);
        return CarryOutAsync(context, request, asked.RequestedBy, null, batch =>
        {
            var plan = new PlanRequest(asked.PlanId, context.Sequence(), batch.IsFirst);
            return OnInvoicesAsync(
                batch, items.Select(invoice => invoice.Key), (id, invoice) => AdjustmentDecider.Reschedule(
                    invoice, [.. Dates(invoice, items[id], plan)], plan.Source, Posting(invoice), plan.Sequence));
        });
    }

    public Task Consume(ConsumeContext<WriteOffRequested> context)
    {
        var asked = context.Message;
        var request = Request(context, asked.RequestId, asked.RecommendationId, CollectionsRequest.WriteOff);
        var items = asked.Items.ToLookup(item => item.InvoiceId);
        return CarryOutAsync(context, request, asked.RequestedBy, asked.Reason, batch => OnInvoicesAsync(
            batch, items.Select(invoice => invoice.Key), (id, invoice) => WriteOff(invoice, items[id])));
    }

    public Task Consume(ConsumeContext<ServiceChangeRequested> context)
    {
        var asked = context.Message;
        var request = Request(context, asked.RequestId, asked.RecommendationId, CollectionsRequest.ServiceChange);
        return CarryOutAsync(context, request, asked.RequestedBy, asked.Reason, async batch =>
        {
            var (customer, version) = await store.LoadAsync(
                CustomerStream.Type, asked.CustomerId, context.CancellationToken);
            if (customer.Now is null)
                throw new MessageRefusedException($"There is no customer {asked.CustomerId}.");
            var decision = Change(customer, asked.RecommendationId, asked.Change);
            if (decision.Refusal is null)
                batch.Append(CustomerStream.Type, asked.CustomerId, version, decision.Events);
            return decision.Refusal;
        });
    }

    /// <summary>A recommendation ends the suspension that it asked for, and nobody else's.</summary>
    private static Decision Change(Customer customer, Guid recommendationId, string change) => change switch
    {
        "suspend" => AccountDecider.SuspendFor(customer, recommendationId),
        "reinstate" => AccountDecider.ReinstateFor(customer, recommendationId),
        "terminate" => AccountDecider.Terminate(customer),
        _ => throw new MessageRefusedException($"'{change}' is no change of service."),
    };

    /// <summary>Only what is still open has a due date to move, and only what is for the plan to move.</summary>
    private static IEnumerable<NewDueDate> Dates(
        Invoice invoice, IEnumerable<RescheduledItem> items, PlanRequest plan) =>
        from item in items
        where invoice.Balances.TryGetValue(item.Installment, out var balance) && balance.IsPositive
        where plan.MayMove(invoice, item.Installment, givesBack: item.DueDate is null)
        let first = invoice.Issued!.Installments[item.Installment - 1].DueDate
        select new NewDueDate(item.Installment, item.DueDate ?? first);

    /// <summary>What was paid in the meantime is not given up.</summary>
    private Decision WriteOff(Invoice invoice, IEnumerable<WriteOffItem> items)
    {
        var events = new List<object>();
        foreach (var item in items)
        {
            if (!invoice.Balances.TryGetValue(item.Installment, out var balance))
                return AdjustmentRefusals.NoInstallment(invoice, item.Installment);
            var amount = Money.Min(item.Amount.ToMoney(), balance);
            if (!amount.IsPositive)
                continue;
            var decision = AdjustmentDecider.WriteOff(
                invoice, Ids.Next(clock), item.Installment, amount, Posting(invoice));
            if (decision.IsRefused)
                return decision;
            events.AddRange(decision.Events);
            invoice = decision.Events.Aggregate(invoice, Invoice.Evolve);
        }

        return Decision.Of(events);
    }

    private PostingContext Posting(Invoice invoice) => calendars.Context(invoice.Issued!.Books.LegalEntity);

    private async Task<Refusal?> OnInvoicesAsync(
        RequestBatch batch, IEnumerable<Guid> invoices, Func<Guid, Invoice, Decision> decide)
    {
        await calendars.RefreshAsync(CancellationToken.None);
        var decided = new List<(Guid Id, long Version, IReadOnlyList<object> Events)>();
        foreach (var id in invoices)
        {
            var (invoice, version) = await store.LoadAsync(InvoiceStream.Type, id);
            if (invoice.Issued is null)
                throw new UnknownInvoiceException(id);
            var decision = decide(id, invoice);
            if (decision.Refusal is { } refusal)
                return refusal;
            decided.Add((id, version, decision.Events));
        }

        foreach (var (id, version, events) in decided)
            batch.Append(InvoiceStream.Type, id, version, events);
        return null;
    }

    private static CollectionsRequest Request(ConsumeContext context, Guid requestId, Guid subjectId, string kind) =>
        new(requestId, subjectId, kind, context.StreamVersion());

    /// <summary>
    /// Once for each request: what <paramref name="carryOut"/> adds to the batch and the answer, or the refusal alone.
    /// </summary>
    private Task CarryOutAsync(
        ConsumeContext context, CollectionsRequest request, string by, string? reason,
        Func<RequestBatch, Task<Refusal?>> carryOut) => inbox.CommitAsync(context, async batch =>
        {
            var stream = CollectionsSubjectStream.Id(request.SubjectId);
            var (subject, version) = await store.LoadAsync(
                CollectionsSubjectStream.Type, stream, context.CancellationToken);
            if (subject.Known.Contains(request.RequestId))
                return;
            var metadata = inbox.Metadata(context) with { By = by, Reason = reason };
            var answer = request.Version < subject.Version ? request.Overtaken()
                : await carryOut(new RequestBatch(batch, metadata, subject.Known.IsEmpty)) is { } refusal
                    ? request.Refused(refusal)
                : request.CarriedOut();
            batch.Append(CollectionsSubjectStream.Type, stream, version, [answer], metadata);
        });

    /// <summary>The message's write, in the name of whoever asked; the first one about its subject or not.</summary>
    private sealed record RequestBatch(WriteBatch Batch, EventMetadata Metadata, bool IsFirst)
    {
        public void Append<TState>(StreamType<TState> type, Guid id, long version, IReadOnlyList<object> events)
            where TState : class => Batch.Append(type, id, version, events, Metadata);
    }
}
