using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Recommendations;

/// <summary>What is recommended.</summary>
public enum RecommendationKind
{
    /// <summary>Suspend service.</summary>
    Suspend,

    /// <summary>End service.</summary>
    Terminate,

    /// <summary>Give items up as uncollectible.</summary>
    WriteOff,
}

/// <summary>An item that a recommendation is about.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="DueDate">When it was due.</param>
/// <param name="Amount">How much of it: what may be collected and is not disputed.</param>
public sealed record RecommendedItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, Money Amount);

/// <summary>What speaks for it, as it was known on the day.</summary>
/// <param name="OldestDaysOverdue">Days since the oldest item was due.</param>
/// <param name="NoticesSent">Notices that went out.</param>
/// <param name="ContactAttempts">Attempts at contact that are in the log.</param>
/// <param name="Conversations">Times somebody was spoken to.</param>
/// <param name="BrokenPromises">Promises that were broken.</param>
/// <param name="BreachedPlans">Payment plans that were breached.</param>
/// <param name="RejectedDisputes">Disputes that were found wrong.</param>
/// <param name="LastPaymentOn">Value date of the last payment, or null.</param>
/// <param name="OnHold">Kind of the hold the customer is under, or null.</param>
/// <param name="Score">0 to 100: how little is to be expected; see <see cref="EvidenceScore"/>.</param>
/// <param name="Reasons">The same in words.</param>
/// <param name="RiskClass">The class that Credit has put the customer into, or null.</param>
/// <param name="RiskScore">0 (worst) to 100 on Credit's scorecard, or null.</param>
/// <param name="CostToCollect">What attempts at contact have cost since the oldest item was due (days in UTC), by the
/// policy's price of a contact in the customer's currency; null where it has none.</param>
public sealed record Evidence(
    int OldestDaysOverdue, int NoticesSent, int ContactAttempts, int Conversations, int BrokenPromises,
    int BreachedPlans, int RejectedDisputes, DateOnly? LastPaymentOn, string? OnHold, int Score,
    IReadOnlyList<string> Reasons,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? RiskClass = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? RiskScore = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Money? CostToCollect = null);

/// <summary>Something is recommended about a customer.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind">What.</param>
/// <param name="Amount">By which it is judged: the sum of the items in the customer's currency; where none is, in that
/// of what is due longest.</param>
/// <param name="Items">What it is about.</param>
/// <param name="Evidence">What speaks for it.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="ApprovalId">The request for approval; null where nobody has to approve.</param>
public sealed record RecommendationMade(
    string LegalEntity, Guid CustomerId, RecommendationKind Kind, Money Amount, IReadOnlyList<RecommendedItem> Items,
    Evidence Evidence, string Reason, Guid? ApprovalId);

/// <summary>It was approved, or nobody had to; Invoicing is asked to carry it out.</summary>
/// <param name="Made">What was recommended, as far as it may still be collected.</param>
/// <param name="RequestId">The request to Invoicing.</param>
public sealed record RecommendationApproved(RecommendationMade Made, Guid RequestId);

/// <summary>It was not approved.</summary>
/// <param name="Made">What was recommended.</param>
/// <param name="How"><c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
public sealed record RecommendationRejected(RecommendationMade Made, string How);

/// <summary>It is no longer needed: what it was about is paid, or is disputed, promised or planned now.</summary>
/// <param name="Made">What was recommended.</param>
/// <param name="Why">In words.</param>
public sealed record RecommendationWithdrawn(RecommendationMade Made, string Why);

/// <summary>Invoicing has carried it out.</summary>
/// <param name="Made">What was recommended.</param>
public sealed record RecommendationCarriedOut(RecommendationMade Made);

/// <summary>Invoicing has refused it.</summary>
/// <param name="Made">What was recommended.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">In words.</param>
public sealed record RecommendationRefused(RecommendationMade Made, string Code, string Detail);

/// <summary>Service was suspended, and what it was suspended for is paid: Invoicing is asked to let it go on.</summary>
/// <param name="Made">What was recommended.</param>
/// <param name="RequestId">The request to Invoicing.</param>
public sealed record RecommendationReversed(RecommendationMade Made, Guid RequestId);
