using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Applications;

/// <summary>Decides on cases.</summary>
public static class ApplicationDecider
{
    private const int MostEntries = 500;

    /// <summary>Opens a case; opened twice under one id it is one.</summary>
    public static Decision Submit(CreditApplication application, ApplicationSubmitted submitted) =>
        application.Submitted is null ? Decision.Of(submitted) : Decision.Nothing;

    /// <summary>
    /// Takes an assessment in: what the policy decides by itself is decided, the rest is for a person. One that comes
    /// when nobody waits for it any more is nothing.
    /// </summary>
    /// <param name="application">The case.</param>
    /// <param name="assessment">What the policy says.</param>
    /// <param name="expiresOn">Last day of a limit that is granted now.</param>
    /// <param name="dueBy">By when a person should decide.</param>
    /// <param name="checklist">What that person goes through; null for nothing.</param>
    public static Decision Assess(
        CreditApplication application, Assessment assessment, DateOnly? expiresOn, DateTimeOffset dueBy,
        IReadOnlyList<ChecklistPoint>? checklist = null)
    {
        if (application is not { Submitted: not null, Status: ApplicationStatus.Assessing })
            return Decision.Nothing;
        var assessed = new ApplicationAssessed(assessment);
        var (customerId, kind) = (application.Submitted.CustomerId, application.Submitted.Kind);
        return assessment.Recommendation switch
        {
            Recommendation.Approve => Decision.Of(assessed, new ApplicationApproved(
                customerId, kind, assessment.Case.RequestedLimit, expiresOn, null, ByPolicy: true, ApprovalId: null)),
            Recommendation.Decline => Decision.Of(
                assessed, new ApplicationDeclined(customerId, kind, ByPolicy: true, assessment.Reasons)),
            _ => Decision.Of(assessed, new ApplicationReferred(dueBy, checklist)),
        };
    }

    /// <summary>
    /// Grants it, with what was asked for or otherwise; by a person other than who asked, once the mandatory points of
    /// its checklist are done.
    /// </summary>
    public static Decision Approve(CreditApplication application, ApplicationApproved approved, string by) =>
        Refuse(application, by) is { } refusal ? refusal
        : application.OpenPoints.Any() ? Refusal.State(
            "checklist-open", $"Not done yet: {string.Join(", ", application.OpenPoints)}.")
        : approved.Limit.Currency.Code != application.Assessment?.Case.Currency
            ? CreditRefusals.LimitInOtherCurrency(
                approved.Limit.Currency, Currency.Of(application.Assessment!.Case.Currency))
        : Decision.Of(approved);

    /// <summary>Declines it, by a person other than who asked, or as it was approved above.</summary>
    public static Decision Decline(CreditApplication application, string reason, string by, Guid? approvalId = null) =>
        (approvalId is null ? Refuse(application, by) : RefuseAbove(application, approvalId)) is { } refusal
            ? refusal
            : Decision.Of(new ApplicationDeclined(
                application.Submitted!.CustomerId, application.Submitted.Kind, ByPolicy: false,
                [new OrderReason("declined", reason)]));

    /// <summary>The decision waits for others.</summary>
    public static Decision SendUp(CreditApplication application, Guid approvalId) =>
        Refuse(application, by: null) is { } refusal ? refusal : Decision.Of(new ApplicationSentUp(approvalId));

    /// <summary>What it waited for is approved, and waits for another approval.</summary>
    public static Decision SendOn(CreditApplication application, Guid approvalId, Guid nextId) =>
        RefuseAbove(application, approvalId) is { } refusal ? refusal : Decision.Of(new ApplicationSentUp(nextId));

    /// <summary>
    /// Those above did not approve: it is the reviewer's again, and waits for what was asked for and has not come.
    /// </summary>
    public static Decision SendBack(CreditApplication application, Guid approvalId, string how) =>
        application.ApprovalId == approvalId
            ? Decision.Of(new ApplicationSentBack(how, application.Needed is not null))
            : Decision.Nothing;

    /// <summary>Grants what was approved above.</summary>
    public static Decision Grant(CreditApplication application, ApplicationApproved approved) =>
        RefuseAbove(application, approved.ApprovalId) is { } refusal ? refusal : Decision.Of(approved);

    /// <summary>Gives it to somebody, or back to the queue.</summary>
    public static Decision Assign(CreditApplication application, string? to) =>
        application.IsOver ? Over(application)
        : application.AssignedTo == to ? Decision.Nothing
        : Decision.Of(new ApplicationAssigned(to));

    /// <summary>Asks for more.</summary>
    public static Decision AskFor(CreditApplication application, string what) =>
        Refuse(application, by: null) is { } refusal
            ? refusal
            : application.Needed == what ? Decision.Nothing : Decision.Of(new InformationRequested(what));

    /// <summary>What was asked for has come, or more than that: the case is assessed again.</summary>
    public static Decision Provide(CreditApplication application, InformationProvided provided) =>
        Refuse(application, by: null) is { } refusal ? refusal : Decision.Of(provided);

    /// <summary>
    /// Assesses it again on what is known now. While something that was asked for has not come, it waits for that.
    /// </summary>
    public static Decision Reassess(CreditApplication application, bool asksBureau = false) =>
        Refuse(application, by: null) is { } refusal ? refusal
        : application.Status == ApplicationStatus.InformationNeeded ? Over(application)
        : Decision.Of(new ReassessmentRequested(asksBureau));

    /// <summary>
    /// Its time is over and nobody has decided: that is told, and it goes to whom the policy names. No time runs while
    /// it waits for what was asked for.
    /// </summary>
    /// <param name="application">The case.</param>
    /// <param name="now">The time.</param>
    /// <param name="to">Who gets it; null leaves it with whoever has it.</param>
    public static Decision MissDeadline(CreditApplication application, DateTimeOffset now, string? to) =>
        application is { Status: ApplicationStatus.InReview, IsOverdueTold: false, DueBy: { } dueBy } && dueBy < now
            ? Decision.Of(new ApplicationOverdue(
                application.Submitted!.CustomerId, dueBy, application.AssignedTo, to ?? application.AssignedTo))
            : Decision.Nothing;

    /// <summary>Marks a point of the checklist as done, or as not done after all; the same again is nothing.</summary>
    public static Decision Mark(CreditApplication application, ChecklistPointMarked point) =>
        Refuse(application, by: null) is { } refusal ? refusal
        : application.Checklist.All(one => one.Code != point.Code) ? Refusal.NotFound("checklist point", point.Code)
        : application.Done.GetValueOrDefault(point.Code) is var done && (point.IsDone
            ? done?.Note == point.Note && done is not null
            : done is null) ? Decision.Nothing
        : Decision.Of(point);

    /// <summary>Puts a note or a document into the folder; a decided case takes them, too.</summary>
    public static Decision Add(CreditApplication application, FolderEntryAdded entry) =>
        application.Submitted is null ? Missing()
        : application.Folder.Count >= MostEntries
            ? Refusal.State("folder-full", $"A folder holds {MostEntries} entries.")
        : Decision.Of(entry);

    /// <summary>Keeps a document in the folder; the same bytes again are nothing.</summary>
    public static Decision Keep(CreditApplication application, FolderEntryAdded entry) =>
        application.DocumentOf(entry.Document!.Sha256) is not null ? Decision.Nothing
        : application.Documents.Count() >= CaseDocument.MostDocuments
            ? Refusal.State("folder-full", $"A folder holds {CaseDocument.MostDocuments} documents.")
        : Add(application, entry);

    /// <summary>
    /// Notes that a document is kept no more; its name and hash stay. Once more is nothing, and no folder is too full
    /// for it.
    /// </summary>
    public static Decision Remove(
        CreditApplication application, Guid documentId, string reason, string by, DateTimeOffset at) =>
        application.Folder.Find(entry => entry.Document?.DocumentId == documentId)?.Document is not { } document
            ? Refusal.NotFound("document", documentId)
        : !application.Documents.Contains(document) ? Decision.Nothing
        : Decision.Of(new FolderEntryAdded(
            "note", $"{document.Name} is kept no more: {reason}", null, by, at, Removes: documentId));

    /// <summary>Decides a case anew, as its next round.</summary>
    public static Decision Reopen(CreditApplication application) =>
        application.Submitted is null ? Missing()
        : application is { Status: ApplicationStatus.Withdrawn, Submitted.Kind: Assessor.Review } ? Refusal.State(
            "review-comes-again", "A review that was withdrawn is not reopened; the customer is looked at anew.")
        : application.IsOver ? Decision.Of(new ApplicationReopened(application.Round + 1))
        : Refusal.State("not-decided", "The case is not decided yet.");

    /// <summary>Nobody asks for it any more.</summary>
    public static Decision Withdraw(CreditApplication application) => application switch
    {
        { Submitted: null } => Missing(),
        { Status: ApplicationStatus.Withdrawn } => Decision.Nothing,
        { IsOver: true } => Over(application),
        { Status: ApplicationStatus.AwaitingApproval } => Refusal.State(
            "awaiting-approval", "It waits for approval; withdraw that request first."),
        _ => Decision.Of(new ApplicationWithdrawn()),
    };

    private static Refusal? Refuse(CreditApplication application, string? by) => application switch
    {
        { Submitted: null } => Missing(),
        { IsInReview: false } => Over(application),
        _ when by is not null && application.Submitted.SubmittedBy == by => new Refusal(
            "own-request", "Who asks never decides; another person must.", RefusalKind.Forbidden),
        _ => null,
    };

    private static Refusal? RefuseAbove(CreditApplication application, Guid? approvalId) =>
        application.Status == ApplicationStatus.AwaitingApproval && application.ApprovalId == approvalId
            ? null
            : Over(application);

    private static Refusal Missing() => new("not-found", "There is no such case.", RefusalKind.NotFound);

    private static Refusal Over(CreditApplication application) => Refusal.State(
        "not-in-review", $"The case is {Json.NameOf(application.Status)}; nothing can be decided on it now.");
}
