using System.Collections.Immutable;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Applications;

/// <summary>Where a case stands.</summary>
public enum ApplicationStatus
{
    /// <summary>It is being put together and judged.</summary>
    Assessing,

    /// <summary>A person must decide.</summary>
    InReview,

    /// <summary>It waits for what was asked for.</summary>
    InformationNeeded,

    /// <summary>It waits for somebody with more authority.</summary>
    AwaitingApproval,

    /// <summary>It is granted.</summary>
    Approved,

    /// <summary>It is not granted.</summary>
    Declined,

    /// <summary>Nobody asks for it any more.</summary>
    Withdrawn,
}

/// <summary>The folder of a case: an application for a limit, or a review of a customer.</summary>
public sealed record CreditApplication
{
    /// <summary>The state before the first event.</summary>
    public static readonly CreditApplication Initial = new();

    /// <summary>What is asked for; null before that.</summary>
    public ApplicationSubmitted? Submitted { get; private init; }

    /// <summary>Where it stands.</summary>
    public ApplicationStatus Status { get; private init; }

    /// <summary>
    /// The limit that the case is about to change: whoever has set another one since did so without it. Of a review it
    /// is the one that is reviewed, whatever was granted. Null where it was not kept.
    /// </summary>
    public Money? LimitBefore { get; private init; }

    /// <summary>The last day of that limit, or of the one that was granted; null for none.</summary>
    public DateOnly? LimitUntilBefore { get; private init; }

    /// <summary>False where that day was not kept.</summary>
    public bool KnowsLimitUntil { get; private init; }

    /// <summary>From 1; each reopening begins another.</summary>
    public int Round { get; private init; } = 1;

    /// <summary>The last assessment; null before the first.</summary>
    public Assessment? Assessment { get; private init; }

    /// <summary>The newest figures that were declared.</summary>
    public Financials? Financials { get; private init; }

    /// <summary>
    /// By when a person should decide; null where none must. While something is asked for it does not count, and once
    /// that has come there is a new one.
    /// </summary>
    public DateTimeOffset? DueBy { get; private init; }

    /// <summary>It was told that nobody decided it by then.</summary>
    public bool IsOverdueTold { get; private init; }

    /// <summary>The bureau is asked anew for the next assessment.</summary>
    public bool AsksBureau { get; private init; }

    /// <summary>Who works on it, or null.</summary>
    public string? AssignedTo { get; private init; }

    /// <summary>What was asked for last, while it is open.</summary>
    public string? Needed { get; private init; }

    /// <summary>The request for approval it waits for, or null.</summary>
    public Guid? ApprovalId { get; private init; }

    /// <summary>Notes and documents.</summary>
    public ImmutableList<FolderEntryAdded> Folder { get; private init; } = [];

    /// <summary>What a person goes through before approving it.</summary>
    public IReadOnlyList<ChecklistPoint> Checklist { get; private init; } = [];

    /// <summary>Points that are done, by code.</summary>
    public ImmutableDictionary<string, ChecklistPointMarked> Done { get; private init; } =
        ImmutableDictionary.Create<string, ChecklistPointMarked>(StringComparer.Ordinal);

    /// <summary>Mandatory points that are not done.</summary>
    public IEnumerable<string> OpenPoints => Checklist
        .Where(point => point.IsMandatory && !Done.ContainsKey(point.Code)).Select(point => point.Code);

    /// <summary>What was granted; null where nothing was.</summary>
    public ApplicationApproved? Approved { get; private init; }

    /// <summary>Why it was declined.</summary>
    public IReadOnlyList<OrderReason> Reasons { get; private init; } = [];

    /// <summary>True while a person can decide on it.</summary>
    public bool IsInReview => Status is ApplicationStatus.InReview or ApplicationStatus.InformationNeeded;

    /// <summary>True when it is decided, or nobody asks any more.</summary>
    public bool IsOver =>
        Status is ApplicationStatus.Approved or ApplicationStatus.Declined or ApplicationStatus.Withdrawn;

    /// <summary>Documents that are kept with the case.</summary>
    public IEnumerable<CaseDocument> Documents => Folder.Select(entry => entry.Document).OfType<CaseDocument>()
        .Where(document => !Folder.Exists(entry => entry.Removes == document.DocumentId));

    /// <summary>The document with these bytes, by their hash; null where none is kept.</summary>
    public CaseDocument? DocumentOf(string sha256) => Documents.FirstOrDefault(one => one.Sha256 == sha256);

    /// <summary>State and event in, next state out.</summary>
    public static CreditApplication Evolve(CreditApplication application, object e) => e switch
    {
        ApplicationSubmitted submitted => application with
        {
            Submitted = submitted,
            LimitBefore = submitted.Kind == Assessor.Review ? submitted.RequestedLimit : submitted.LimitBefore,
            LimitUntilBefore = submitted.LimitUntil,
            KnowsLimitUntil = submitted.LimitBefore is not null,
            Financials = submitted.Financials,
        },
        ApplicationAssessed assessed => application with { Assessment = assessed.Assessment, AsksBureau = false },
        ApplicationReferred referred => application with
        {
            Status = ApplicationStatus.InReview,
            DueBy = application.DueBy ?? referred.DueBy,
            Checklist = referred.Checklist ?? [],
        },
        ChecklistPointMarked point => application with
        {
            Done = point.IsDone ? application.Done.SetItem(point.Code, point) : application.Done.Remove(point.Code),
        },
        ApplicationAssigned assigned => application with { AssignedTo = assigned.To },
        InformationRequested request => application with
        {
            Status = ApplicationStatus.InformationNeeded,
            Needed = request.What,
        },
        InformationProvided provided => Informed(application, provided),
        ReassessmentRequested asked => application with
        {
            Status = ApplicationStatus.Assessing,
            AsksBureau = asked.AsksBureau,
        },
        ApplicationOverdue overdue => application with { IsOverdueTold = true, AssignedTo = overdue.To },
        FolderEntryAdded entry => application with { Folder = application.Folder.Add(entry) },
        ApplicationSentUp sent => application with
        {
            Status = ApplicationStatus.AwaitingApproval,
            ApprovalId = sent.ApprovalId,
        },
        ApplicationSentBack back => application with
        {
            Status = back.IsInformationNeeded ? ApplicationStatus.InformationNeeded : ApplicationStatus.InReview,
            ApprovalId = null,
        },
        ApplicationApproved approved => Over(application, ApplicationStatus.Approved) with
        {
            Approved = approved,
            LimitBefore = approved.Kind == Assessor.Review ? application.LimitBefore : approved.Limit,
            LimitUntilBefore = approved.ExpiresOn,
            KnowsLimitUntil = true,
        },
        ApplicationDeclined declined => Over(application, ApplicationStatus.Declined) with
        {
            Reasons = declined.Reasons,
        },
        ApplicationReopened reopened => application with
        {
            Status = ApplicationStatus.Assessing,
            Round = reopened.Round,
            DueBy = null,
            IsOverdueTold = false,
            Done = application.Done.Clear(),
            Approved = null,
            Reasons = [],
        },
        ApplicationWithdrawn => Over(application, ApplicationStatus.Withdrawn),
        _ => throw new InvalidOperationException($"A credit application has no event {e.GetType().Name}."),
    };

    /// <summary>What was asked for has come, or what nobody asked for, which gives nobody more time.</summary>
    private static CreditApplication Informed(CreditApplication application, InformationProvided provided) =>
        application with
        {
            Status = ApplicationStatus.Assessing,
            DueBy = application.Status == ApplicationStatus.InformationNeeded ? null : application.DueBy,
            IsOverdueTold = application.Status != ApplicationStatus.InformationNeeded && application.IsOverdueTold,
            Needed = null,
            Financials = provided.Financials ?? application.Financials,
        };

    private static CreditApplication Over(CreditApplication application, ApplicationStatus status) =>
        application with { Status = status, Needed = null, ApprovalId = null };
}

/// <summary>One stream per case.</summary>
public static class ApplicationStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<CreditApplication> Type =
        new("credit_application", CreditApplication.Initial, CreditApplication.Evolve);
}
