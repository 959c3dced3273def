using OrderToCash.Collections.Plans;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Payment plans, what is due on them, and which items an active one covers.</summary>
public sealed class PaymentPlansProjection : Projection
{
    private const string Insert =
        "insert into payment_plans (id, legal_entity, customer_id, currency, amount, received, grace_days, status, " +
        "approval_id, first_due_date, last_due_date, note, proposed_at, proposed_by, version) " +
        "select p.id, p.legal_entity, p.customer_id, p.currency, p.amount, 0, p.grace_days, 'proposed', " +
        "p.approval_id, p.first_due_date, p.last_due_date, p.note, p.at, p.by, p.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as p (id, legal_entity, customer_id, " +
        "currency, amount, grace_days, approval_id, first_due_date, last_due_date, note, at, by, version)";

    private const string Installments =
        "insert into plan_installments (plan_id, number, due_date, amount) " +
        "select i.* from unnest($1, $2, $3, $4) as i";

    private const string Items =
        "insert into plan_items (plan_id, invoice_id, installment, covered, source_version, active) " +
        "select i.*, false from unnest($1, $2, $3, $4, $5) as i";

    private const string Update =
        "update payment_plans p set status = n.status, received = coalesce(n.received, p.received), " +
        "missed = n.missed, request_id = coalesce(n.request_id, p.request_id), " +
        "rescheduling = case when n.request_id is null then p.rescheduling end, version = n.version " +
        "from unnest($1, $2, $3, $4, $5, $6) as n (id, status, received, missed, request_id, version) " +
        "where p.id = n.id";

    private const string Cover = "update plan_items set active = true where plan_id = any($1)";

    /// <summary>An item that another plan covers in the meantime stays with that one.</summary>
    private const string CoverAgain =
        "update plan_items i set active = not exists (select 1 from plan_items o where o.active " +
        "and o.invoice_id = i.invoice_id and o.installment = i.installment and o.plan_id <> i.plan_id) " +
        "where i.plan_id = any($1)";

    private const string Uncover = "update plan_items set active = false where plan_id = any($1)";

    private const string Answer =
        "update payment_plans p set rescheduling = n.outcome, version = n.version " +
        "from unnest($1, $2, $3, $4) as n (id, request_id, outcome, version) " +
        "where p.id = n.id and p.request_id = n.request_id";

    public PaymentPlansProjection()
        : base("payment_plans", "payment_plans", "plan_installments", "plan_items")
    {
        OnProposed();
        OnStatus<PlanActivated>(PlanStatus.Active, _ => null, _ => null, activated => activated.RequestId, Cover);
        OnStatus<PlanRejected>(PlanStatus.Rejected, _ => null, _ => null, _ => null, Uncover);
        OnStatus<PlanBreached>(
            PlanStatus.Breached, breached => breached.Received, breached => breached.Missed,
            breached => breached.RequestId, Uncover);
        OnStatus<PlanReinstated>(
            PlanStatus.Active, active => active.Received, _ => null, active => active.RequestId, CoverAgain);
        OnStatus<PlanCompleted>(PlanStatus.Completed, completed => completed.Received, _ => null, _ => null, Uncover);
        OnStatus<PlanCancelled>(
            PlanStatus.Cancelled, cancelled => cancelled.Received, _ => null, cancelled => cancelled.RequestId,
            Uncover);
        On<PlanReschedulingAnswered>(Answer, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.RequestId)
            .Column(r => r.Data.Outcome)
            .Column(r => r.Version));
    }

    private void OnProposed()
    {
        On<PlanProposed>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Amount.Currency.Code)
            .Column(r => r.Data.Amount.Amount)
            .Column(r => r.Data.GraceDays)
            .Column(r => r.Data.ApprovalId)
            .Column(r => r.Data.Installments[0].DueDate)
            .Column(r => r.Data.Installments[^1].DueDate)
            .Column(r => r.Data.Note)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnEach<PlanProposed, (Guid Plan, PlanInstallment Due)>(
            r => r.Data.Installments.Select(due => (r.StreamId, due)), Installments, rows => rows
                .Column(r => r.Plan)
                .Column(r => r.Due.Number)
                .Column(r => r.Due.DueDate)
                .Column(r => r.Due.Amount.Amount));
        OnEach<PlanProposed, (Guid Plan, PlanItem Item)>(
            r => r.Data.Items.Select(item => (r.StreamId, item)), Items, rows => rows
                .Column(r => r.Plan)
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment)
                .Column(r => r.Item.Covered.Amount)
                .Column(r => r.Item.Version));
    }

    private void OnStatus<TEvent>(
        PlanStatus status, Func<TEvent, Money?> received, Func<TEvent, int?> missed, Func<TEvent, Guid?> requestId,
        string items)
    {
        On<TEvent>(Update, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => Kebab.Of(status))
            .Column(r => received(r.Data)?.Amount)
            .Column(r => missed(r.Data))
            .Column(r => requestId(r.Data))
            .Column(r => r.Version));
        On<TEvent>(items, rows => rows.Column(r => r.StreamId));
    }
}
