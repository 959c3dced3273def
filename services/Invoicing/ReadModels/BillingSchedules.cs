using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.BillingSchedules;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Billing schedules as they are now.</summary>
public sealed class BillingSchedulesProjection : Projection
{
    public BillingSchedulesProjection()
        : base("billing_schedules", "billing_schedules")
    {
        On<BillingScheduleCreated>(
            "insert into billing_schedules (schedule_id, legal_entity, customer_id, name, kind, currency, " +
            "next_bill_on, version) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.Name)
                .Column(e => KindOf(e.Data.Plan))
                .Column(e => e.Data.Currency)
                .Column(e => e.Data.NextBillOn)
                .Column(e => e.Version));
        On<SchedulePeriodBilled>(
            "update billing_schedules set next_bill_on = e.next, billed = billed + 1, refused_on = null, " +
            "refused_code = null, version = e.version from unnest($1, $2, $3) as e (id, next, version) " +
            "where schedule_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.NextBillOn).Column(e => e.Version));
        On<SchedulePeriodRefused>(
            "update billing_schedules set refused_on = e.day, refused_code = e.code, version = e.version " +
            "from unnest($1, $2, $3, $4) as e (id, day, code, version) where schedule_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.On)
                .Column(e => e.Data.Code)
                .Column(e => e.Version));
        On<BillingSchedulePaused>(
            "update billing_schedules set is_paused = true, next_bill_on = null, version = e.version " +
            "from unnest($1, $2) as e (id, version) where schedule_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<BillingScheduleResumed>(
            "update billing_schedules set is_paused = false, next_bill_on = e.next, version = e.version " +
            "from unnest($1, $2, $3) as e (id, next, version) where schedule_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.NextBillOn).Column(e => e.Version));
        On<MilestoneReached>(
            "update billing_schedules set next_bill_on = e.next, version = e.version " +
            "from unnest($1, $2, $3) as e (id, next, version) where schedule_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.NextBillOn).Column(e => e.Version));
        On<BillingScheduleEnded>(
            "update billing_schedules set ended_on = e.day, next_bill_on = e.next, version = e.version " +
            "from unnest($1, $2, $3, $4) as e (id, day, next, version) where schedule_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LastDay)
                .Column(e => e.Data.NextBillOn)
                .Column(e => e.Version));
    }

    /// <summary><c>recurring</c>, <c>milestones</c> or <c>dates</c>.</summary>
    public static string KindOf(BillingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Recurring is not null ? "recurring" : plan.Milestones is not null ? "milestones" : "dates";
    }
}
