using System.Text.Json.Serialization;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Applications;

/// <summary>A limit is asked for, or a customer is to be looked at again.</summary>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="RequestedLimit">What is asked for; at a review the limit it has.</param>
/// <param name="RequestedTerms">Payment terms that are asked for; null for those it has.</param>
/// <param name="Financials">Declared figures, or null.</param>
/// <param name="Trigger">Why, in words.</param>
/// <param name="LimitBefore">The limit that the customer has, zero for none; null in events from before it was kept.
/// </param>
/// <param name="LimitUntil">The last day of that limit; null for none.</param>
public sealed record ApplicationSubmitted(
    string Kind, Guid CustomerId, string LegalEntity, string CustomerName, Money RequestedLimit,
    string? RequestedTerms, Financials? Financials, string Trigger, string SubmittedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? LimitBefore = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? LimitUntil = null);

/// <summary>Everything that is known was put together and judged by the policy.</summary>
public sealed record ApplicationAssessed(Assessment Assessment);

/// <summary>A person must decide.</summary>
/// <param name="DueBy">By when.</param>
/// <param name="Checklist">What is to be gone through before it is approved; null for nothing.</param>
public sealed record ApplicationReferred(
    DateTimeOffset DueBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<ChecklistPoint>? Checklist = null);

/// <summary>A point of the checklist is done, or is not after all.</summary>
/// <param name="Code">The point.</param>
/// <param name="IsDone">It is done.</param>
/// <param name="Note">What came of it, or null.</param>
public sealed record ChecklistPointMarked(string Code, bool IsDone, string? Note, string By, DateTimeOffset At);

/// <summary>No person decided it in time. It is told once in a round.</summary>
/// <param name="CustomerId">Whose case it is.</param>
/// <param name="DueBy">By when it should have been decided.</param>
/// <param name="From">Who had it; null for nobody.</param>
/// <param name="To">Who has it from now on; null for nobody.</param>
public sealed record ApplicationOverdue(Guid CustomerId, DateTimeOffset DueBy, string? From, string? To);

/// <summary>Somebody is to work on it.</summary>
/// <param name="To">Subject of the person; null gives it back to the queue.</param>
public sealed record ApplicationAssigned(string? To);

/// <summary>More must be known before it can be decided.</summary>
/// <param name="What">What is asked for.</param>
public sealed record InformationRequested(string What);

/// <summary>What was asked for has come; it is assessed again.</summary>
/// <param name="CustomerId">Whose case it is.</param>
/// <param name="Text">In words.</param>
/// <param name="Financials">Figures, or null.</param>
public sealed record InformationProvided(Guid CustomerId, string Text, Financials? Financials);

/// <summary>
/// It is assessed again on what is known now: a bureau that was away is back, or a policy has changed.
/// </summary>
/// <param name="AsksBureau">The bureau is asked anew, however fresh its last answer is.</param>
public sealed record ReassessmentRequested(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AsksBureau = false);

/// <summary>A note or a document was put into the folder.</summary>
/// <param name="Kind"><c>note</c> or <c>document</c>.</param>
/// <param name="Text">The note, or what the document is.</param>
/// <param name="Reference">Where the document is; null for a note.</param>
/// <param name="Document">The document, where it is kept here; null for a note and for one that is elsewhere.</param>
/// <param name="Removes">The document that, as the note says, is kept here no more; null for none.</param>
public sealed record FolderEntryAdded(
    string Kind, string Text, string? Reference, string By, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CaseDocument? Document = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Removes = null);

/// <summary>The decision is above the reviewer's authority and waits for others.</summary>
/// <param name="ApprovalId">The request for approval.</param>
public sealed record ApplicationSentUp(Guid ApprovalId);

/// <summary>Those above said no, or nothing: it is the reviewer's again.</summary>
/// <param name="How"><c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="IsInformationNeeded">What was asked for before it was sent up has not come yet.</param>
public sealed record ApplicationSentBack(
    string How,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsInformationNeeded = false);

/// <summary>It is approved.</summary>
/// <param name="CustomerId">Whose case it is.</param>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="Limit">The limit that is granted.</param>
/// <param name="ExpiresOn">Its last day, or null.</param>
/// <param name="Terms">Payment terms that are granted; null for those it has.</param>
/// <param name="ByPolicy">Without a person.</param>
/// <param name="ApprovalId">The approval behind it, or null.</param>
public sealed record ApplicationApproved(
    Guid CustomerId, string Kind, Money Limit, DateOnly? ExpiresOn, string? Terms, bool ByPolicy, Guid? ApprovalId);

/// <summary>It is declined.</summary>
/// <param name="CustomerId">Whose case it is.</param>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="ByPolicy">Without a person.</param>
/// <param name="Reasons">Why.</param>
public sealed record ApplicationDeclined(
    Guid CustomerId, string Kind, bool ByPolicy, IReadOnlyList<OrderReason> Reasons);

/// <summary>It is decided anew, as the next round of the same folder.</summary>
public sealed record ApplicationReopened(int Round);

/// <summary>Nobody asks for it any more.</summary>
public sealed record ApplicationWithdrawn;

/// <summary>What the policy says about a case.</summary>
public enum Recommendation
{
    /// <summary>Grant it.</summary>
    Approve,

    /// <summary>A person must look at it.</summary>
    Refer,

    /// <summary>Do not grant it.</summary>
    Decline,
}

/// <summary>
/// Everything a decision rests on, and what it came to: enough to explain it to anybody, and to make it again.
/// </summary>
/// <param name="On">The day, in the calendar of the legal entity.</param>
/// <param name="Policy">Number of the policy.</param>
/// <param name="Consultation">What the bureau said.</param>
/// <param name="Facts">Everything else that was known.</param>
/// <param name="Case">What was asked for, as it stood then.</param>
/// <param name="Score">The score, factor by factor.</param>
/// <param name="Limit">The limit that was worked out; null without a class.</param>
/// <param name="Recommended">What is recommended, in the account's currency; null where there is none.</param>
/// <param name="Recommendation">What the policy says.</param>
/// <param name="Reasons">Why; empty for an approval.</param>
public sealed record Assessment(
    DateOnly On, int Policy, Consultation Consultation, CustomerFacts Facts, CaseFacts Case, ScoreResult Score,
    LimitCalculation? Limit, Money? Recommended, Recommendation Recommendation, IReadOnlyList<OrderReason> Reasons);

/// <summary>What was asked for, and how the account stood.</summary>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="RequestedLimit">What is asked for.</param>
/// <param name="RequestedTerms">Terms that are asked for; null for those it has.</param>
/// <param name="AgreedTerms">Terms that it has, or null.</param>
/// <param name="Currency">The account's currency.</param>
/// <param name="Holds">Codes of the holds in force.</param>
/// <param name="RiskClass">The class it was in before, or null.</param>
/// <param name="Base">The policy's currency.</param>
/// <param name="Rates">Exchange rates of the day that were at hand; null for none.</param>
/// <param name="Segment">The segment that it was in; null for none, and in events from before it was kept.</param>
/// <param name="Limit">The limit that it had, zero for none; null in events from before it was kept.</param>
/// <param name="LimitBefore">The limit that the case began with: of a review what is reviewed, of an application what
/// the customer had when it was submitted, or what the round before granted. Null where that was not kept.</param>
/// <param name="LimitUntil">The last day of the limit that it had; null for none, and where that of the one before was
/// not kept.</param>
/// <param name="LimitUntilBefore">The last day of the limit that the case began with, or that the round before granted;
/// null for none, and where it was not kept.</param>
public sealed record CaseFacts(
    string Kind, Money RequestedLimit, string? RequestedTerms, string? AgreedTerms, string Currency,
    IReadOnlyList<string> Holds, string? RiskClass, string Base, IReadOnlyDictionary<string, DatedRate>? Rates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Segment = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Limit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? LimitBefore = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? LimitUntil = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? LimitUntilBefore = null);
