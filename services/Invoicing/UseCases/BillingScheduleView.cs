using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>An invoice that a schedule has come to.</summary>
public sealed record BilledPeriodView(
    string Key, Guid InvoiceId, string InvoiceNumber, DateOnly BillOn, Money Total);

/// <summary>A billing schedule as the API shows it.</summary>
/// <param name="Terms">Of its invoices; null for those agreed with the customer.</param>
/// <param name="Billed">Its invoices, in the order of their keys.</param>
/// <param name="Reached">Milestones that are reached.</param>
/// <param name="NextBillOn">Day of the next invoice; null where nothing is to come by itself.</param>
/// <param name="EndedOn">Nothing is billed after this day; null where it was not ended.</param>
/// <param name="Refused">Why the last try failed; null after one that did not.</param>
/// <param name="Agreement">What Credit has agreed on and this sets up; null for none.</param>
public sealed record BillingScheduleView(
    Guid Id, string LegalEntity, Guid CustomerId, string Name, BillingScheduleStatus Status, string Currency,
    BillingPlan Plan, string? Terms, string? OrderReference, string? PurchaseOrder,
    IReadOnlyList<BilledPeriodView> Billed, IReadOnlyDictionary<string, DateOnly> Reached, DateOnly? NextBillOn,
    DateOnly? EndedOn, SchedulePeriodRefused? Refused, long Version, Guid? Agreement = null)
{
    public static BillingScheduleView Of(Guid id, BillingSchedule schedule, long version)
    {
        var agreed = schedule.Agreed!;
        return new BillingScheduleView(
            id, agreed.LegalEntity, agreed.CustomerId, agreed.Name, schedule.Status, agreed.Currency, agreed.Plan,
            agreed.Terms, agreed.OrderReference, agreed.PurchaseOrder,
            [.. schedule.Billed.Select(one => new BilledPeriodView(
                one.Key, one.Value.InvoiceId, one.Value.InvoiceNumber, one.Value.BillOn, one.Value.Total))],
            schedule.Reached, schedule.NextBillOn, schedule.EndedOn, schedule.Refused, version,
            agreed.Agreement);
    }
}
