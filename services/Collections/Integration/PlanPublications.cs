using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections tells the others about payment plans, and asks Invoicing for.</summary>
internal static class PlanPublications
{
    public static Publications Plans(this Publications publications) => publications
        .On<PlanProposed>(e => new Contract.PlanProposed(Plan(e, e.Data, PlanStatus.Proposed, null)))
        .On<PlanActivated>(e => new Contract.PlanActivated(Plan(e, e.Data.Plan, PlanStatus.Active, null)))
        .On<PlanActivated>(e => Moved(e, e.Data.Plan, e.Data.RequestId, null))
        .On<PlanRejected>(e => new Contract.PlanEnded(
            Plan(e, e.Data.Plan, PlanStatus.Rejected, null), e.Event.Metadata.Reason ?? ""))
        .On<PlanBreached>(e => new Contract.PlanBreached(
            Plan(e, e.Data.Plan, PlanStatus.Breached, e.Data.Received), e.Data.Missed))
        .On<PlanBreached>(e => Restored(e, e.Data.Plan, e.Data.RequestId, e.Data.Elsewhere))
        .On<PlanReinstated>(e => new Contract.PlanActivated(
            Plan(e, e.Data.Plan, PlanStatus.Active, e.Data.Received)))
        .On<PlanReinstated>(e => Moved(e, e.Data.Plan, e.Data.RequestId, e.Data.Elsewhere))
        .On<PlanCompleted>(e => new Contract.PlanCompleted(
            Plan(e, e.Data.Plan, PlanStatus.Completed, e.Data.Received)))
        .On<PlanCancelled>(e => new Contract.PlanEnded(
            Plan(e, e.Data.Plan, PlanStatus.Cancelled, e.Data.Received), e.Event.Metadata.Reason ?? ""))
        .On<PlanCancelled>(e => Restored(e, e.Data.Plan, e.Data.RequestId, e.Data.Elsewhere));

    private static Contract.RescheduleRequested Moved<TEvent>(
        Recorded<TEvent> e, PlanProposed plan, Guid requestId, IReadOnlyList<ItemElsewhere>? elsewhere) =>
        Reschedule(e, plan, requestId, elsewhere, item => item.PlannedFor);

    private static Contract.RescheduleRequested? Restored<TEvent>(
        Recorded<TEvent> e, PlanProposed plan, Guid? requestId, IReadOnlyList<ItemElsewhere>? elsewhere) =>
        requestId is { } id ? Reschedule(e, plan, id, elsewhere, _ => null) : null;

    private static Contract.RescheduleRequested Reschedule<TEvent>(
        Recorded<TEvent> e, PlanProposed plan, Guid requestId, IReadOnlyList<ItemElsewhere>? elsewhere,
        Func<PlanItem, DateOnly?> dueDate) => new(
            requestId, e.StreamId, plan.LegalEntity, plan.CustomerId, e.Event.Metadata.By,
            [
                .. plan.Items
                    .Where(item => elsewhere?.Contains(new ItemElsewhere(item.InvoiceId, item.Installment)) != true)
                    .Select(item => new Contract.RescheduledItem(
                        item.InvoiceId, item.Installment, dueDate(item))),
            ]);

    private static Contract.PaymentPlan Plan<TEvent>(
        Recorded<TEvent> e, PlanProposed plan, PlanStatus status, Money? received)
    {
        var come = received ?? Money.Zero(plan.Amount.Currency);
        return new Contract.PaymentPlan(
            e.StreamId, plan.LegalEntity, plan.CustomerId, plan.Amount.ToContract(), come.ToContract(),
            Kebab.Of(status),
            [.. plan.Installments.Select(due => new Contract.PaymentPlanInstallment(
                due.Number, due.DueDate, due.Amount.ToContract()))],
            [.. plan.Items.Select(item => new Contract.PaymentPlanItem(
                item.InvoiceId, item.Installment, item.InvoiceNumber, item.Covered.ToContract(), item.PlannedFor))]);
    }
}
