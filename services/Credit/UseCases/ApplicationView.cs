using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.UseCases;

/// <summary>A point of the checklist of a case.</summary>
/// <param name="Code">The point.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="IsMandatory">The case is not approved while it is open.</param>
/// <param name="IsDone">It is done.</param>
/// <param name="Note">What came of it, or null.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
public sealed record ChecklistPointView(
    string Code, string Text, bool IsMandatory, bool IsDone, string? Note, string? By, DateTimeOffset? At);

/// <summary>A case as callers see it: the whole folder.</summary>
/// <param name="Id">The case.</param>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Round">From 1; each reopening begins another.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="RequestedLimit">What is asked for; at a review the limit it has.</param>
/// <param name="RequestedTerms">Terms that are asked for, or null.</param>
/// <param name="Trigger">Why it was opened.</param>
/// <param name="SubmittedBy">By whom.</param>
/// <param name="Financials">The newest figures that were declared with it.</param>
/// <param name="Score">0 to 100; null where too little is known.</param>
/// <param name="RiskClass">The class of the score.</param>
/// <param name="Coverage">Weight of the scorecard that is known, in percent.</param>
/// <param name="Bureau">How the bureau was found.</param>
/// <param name="Recommendation">What the policy says; null while it is assessed.</param>
/// <param name="Recommended">The limit that was worked out.</param>
/// <param name="Reasons">Why it was referred or declined.</param>
/// <param name="Policy">Number of the policy.</param>
/// <param name="DueBy">By when a person should decide.</param>
/// <param name="AssignedTo">Who works on it.</param>
/// <param name="Needed">What was asked for and has not come.</param>
/// <param name="ApprovalId">The request for approval it waits for.</param>
/// <param name="Granted">What was granted; null where nothing was.</param>
/// <param name="Folder">Notes and documents.</param>
/// <param name="Checklist">What a person goes through before approving it.</param>
/// <param name="Version">For If-Match.</param>
/// <param name="BureauMatchedBy">By what the bureau knew the company: by name alone it may be another one. Null where
/// there is no report.</param>
public sealed record ApplicationView(
    Guid Id, string Kind, ApplicationStatus Status, int Round, Guid CustomerId, string CustomerName,
    string LegalEntity, Money RequestedLimit, string? RequestedTerms, string Trigger, string SubmittedBy,
    Financials? Financials, int? Score, string? RiskClass, decimal? Coverage, ConsultationStatus? Bureau,
    Recommendation? Recommendation, Money? Recommended, IReadOnlyList<OrderReason> Reasons, int? Policy,
    DateTimeOffset? DueBy, string? AssignedTo, string? Needed, Guid? ApprovalId, ApplicationApproved? Granted,
    IReadOnlyList<FolderEntryAdded> Folder, IReadOnlyList<ChecklistPointView> Checklist, long Version,
    BureauMatch? BureauMatchedBy)
{
    /// <summary>The view of a case.</summary>
    public static ApplicationView Of(Guid id, CreditApplication application, long version)
    {
        var (submitted, assessment) = (application.Submitted!, application.Assessment);
        return new ApplicationView(
            id, submitted.Kind, application.Status, application.Round, submitted.CustomerId, submitted.CustomerName,
            submitted.LegalEntity, submitted.RequestedLimit, submitted.RequestedTerms, submitted.Trigger,
            submitted.SubmittedBy, application.Financials, assessment?.Score.Score, assessment?.Score.RiskClass,
            assessment?.Score.Coverage, assessment?.Consultation.Status, assessment?.Recommendation,
            assessment?.Recommended, application.Reasons.Count > 0 ? application.Reasons : assessment?.Reasons ?? [],
            assessment?.Policy, application.DueBy, application.AssignedTo, application.Needed, application.ApprovalId,
            application.Approved, application.Folder,
            [.. application.Checklist.Select(point => Point(point, application.Done.GetValueOrDefault(point.Code)))],
            version, assessment?.Consultation.MatchedBy);
    }

    private static ChecklistPointView Point(ChecklistPoint point, ChecklistPointMarked? done) =>
        new(point.Code, point.Text, point.IsMandatory, done is not null, done?.Note, done?.By, done?.At);
}
