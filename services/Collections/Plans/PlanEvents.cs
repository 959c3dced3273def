using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Plans;

/// <summary>Where a payment plan stands.</summary>
public enum PlanStatus
{
    /// <summary>It waits for approval.</summary>
    Proposed,

    /// <summary>It is kept; its items are not asked for.</summary>
    Active,

    /// <summary>All of it is paid.</summary>
    Completed,

    /// <summary>An installment was missed; collection goes on.</summary>
    Breached,

    /// <summary>It was ended before it was paid.</summary>
    Cancelled,

    /// <summary>It was not approved.</summary>
    Rejected,
}

/// <summary>What is to be paid on a day.</summary>
/// <param name="Number">From 1.</param>
/// <param name="DueDate">Last day to pay, in the entity's calendar.</param>
/// <param name="Amount">How much.</param>
public sealed record PlanInstallment(int Number, DateOnly DueDate, Money Amount);

/// <summary>An item that a plan covers.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Covered">How much of it the plan is about.</param>
/// <param name="DueDate">When it was due before the plan.</param>
/// <param name="PlannedFor">The day by which the plan has paid all of it.</param>
/// <param name="Version">Version of the invoice then: what is settled later counts for the plan.</param>
public sealed record PlanItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, Money Covered, DateOnly DueDate, DateOnly PlannedFor,
    long Version);

/// <summary>An item of a plan that another plan covers by now.</summary>
public sealed record ItemElsewhere(Guid InvoiceId, int Installment);

/// <summary>A payment plan was worked out with a customer.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who pays.</param>
/// <param name="Amount">All of it; the installments and the items sum to it exactly.</param>
/// <param name="Installments">By due date.</param>
/// <param name="Items">Oldest first.</param>
/// <param name="GraceDays">Days after an installment's due date before the plan is breached.</param>
/// <param name="RestoreDueDates">A plan that ends unpaid gives its items their first due dates back.</param>
/// <param name="Note">In words, or null.</param>
/// <param name="ApprovalId">The request for approval; null where nobody had to approve.</param>
public sealed record PlanProposed(
    string LegalEntity, Guid CustomerId, Money Amount, IReadOnlyList<PlanInstallment> Installments,
    IReadOnlyList<PlanItem> Items, int GraceDays, bool RestoreDueDates, string? Note, Guid? ApprovalId);

/// <summary>It was approved, or nobody had to; Invoicing is asked to move the due dates.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="RequestId">The request to Invoicing.</param>
public sealed record PlanActivated(PlanProposed Plan, Guid RequestId);

/// <summary>It was not approved.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="How"><c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
public sealed record PlanRejected(PlanProposed Plan, string How);

/// <summary>An installment was not paid within its grace.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Missed">Number of the installment.</param>
/// <param name="Received">What was settled on its items since it was proposed.</param>
/// <param name="RequestId">The request to Invoicing to give the items their due dates back; null where they keep
/// them.</param>
/// <param name="Elsewhere">Items that keep theirs, as another plan covers them; null for none.</param>
public sealed record PlanBreached(
    PlanProposed Plan, int Missed, Money Received, Guid? RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<ItemElsewhere>? Elsewhere = null);

/// <summary>
/// It is kept after all: money that came in time was booked late. Or it is not completed after all: money was taken
/// back. Or it takes items back: the plan that covered them meanwhile has ended.
/// </summary>
/// <param name="Plan">The plan.</param>
/// <param name="Received">What was settled on its items since it was proposed.</param>
/// <param name="RequestId">The request to Invoicing to move the due dates.</param>
/// <param name="Elsewhere">Items that it does not cover again, as another plan does; null for none.</param>
public sealed record PlanReinstated(
    PlanProposed Plan, Money Received, Guid RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<ItemElsewhere>? Elsewhere = null);

/// <summary>All of it is settled, or nothing of it is owed any more.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Received">What was settled on its items since it was proposed.</param>
public sealed record PlanCompleted(PlanProposed Plan, Money Received);

/// <summary>It was ended before it was paid.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Received">What was settled on its items since it was proposed.</param>
/// <param name="RequestId">The request to Invoicing to give the items their due dates back; null where they keep
/// them.</param>
/// <param name="Elsewhere">Items that keep theirs, as another plan covers them; null for none.</param>
public sealed record PlanCancelled(
    PlanProposed Plan, Money Received, Guid? RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<ItemElsewhere>? Elsewhere = null);

/// <summary>Invoicing has answered the request to move due dates.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Outcome"><c>carried-out</c> or <c>refused</c>.</param>
/// <param name="Detail">Why it was refused, or null.</param>
public sealed record PlanReschedulingAnswered(Guid RequestId, string Outcome, string? Detail);
