using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>A schedule was agreed.</summary>
/// <param name="Currency">Of its lines.</param>
/// <param name="Terms">Of its invoices; null for those agreed with the customer.</param>
/// <param name="NextBillOn">Day of the next invoice; null where nothing is to come by itself.</param>
/// <param name="Agreement">What Credit has agreed on and this sets up; null for none.</param>
public sealed record BillingScheduleCreated(
    string LegalEntity, Guid CustomerId, string Name, string Currency, BillingPlan Plan, string? Terms,
    string? OrderReference, string? PurchaseOrder, DateOnly? NextBillOn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Agreement = null);

/// <summary>One of its invoices was issued, in the same write.</summary>
/// <param name="Key">Which one; see <see cref="BillingPeriod"/>.</param>
public sealed record SchedulePeriodBilled(
    string Key, Guid InvoiceId, string InvoiceNumber, DateOnly BillOn, Money Total, DateOnly? NextBillOn);

/// <summary>One of its invoices could not be issued; it is tried again on later days.</summary>
/// <param name="On">Day on which it was tried.</param>
/// <param name="Code">Why, as a caller would have been told.</param>
public sealed record SchedulePeriodRefused(string Key, DateOnly On, string Code, string Detail);

/// <summary>A milestone is reached and is billed.</summary>
public sealed record MilestoneReached(string Code, DateOnly On, DateOnly? NextBillOn);

/// <summary>It bills nothing until it is resumed; what falls into the pause is billed then.</summary>
public sealed record BillingSchedulePaused;

/// <summary>It bills again.</summary>
public sealed record BillingScheduleResumed(DateOnly? NextBillOn);

/// <summary>It bills nothing after this day.</summary>
public sealed record BillingScheduleEnded(DateOnly LastDay, DateOnly? NextBillOn);
