using System.Collections.Immutable;
using OrderToCash.EventSourcing;

namespace OrderToCash.Approvals;

/// <summary>Where a request stands.</summary>
public enum ApprovalStatus
{
    /// <summary>For approvals.</summary>
    Waiting,

    /// <summary>Approved and carried out.</summary>
    Granted,

    /// <summary>Not approved.</summary>
    Rejected,

    /// <summary>Taken back by who asked.</summary>
    Withdrawn,

    /// <summary>Not decided in time.</summary>
    Expired,
}

/// <summary>A request for approval.</summary>
public sealed record Approval
{
    /// <summary>Before it is requested.</summary>
    public static readonly Approval Initial = new();

    /// <summary>What was asked for; null before that.</summary>
    public ApprovalRequested? Requested { get; init; }

    /// <summary>Who has approved.</summary>
    public ImmutableList<string> ApprovedBy { get; init; } = [];

    /// <summary>Whose delegated authority was used for it.</summary>
    public ImmutableList<string> OnBehalfOf { get; init; } = [];

    /// <summary>Who may decide: those asked at first, and those it was escalated to.</summary>
    public ImmutableList<string> Roles { get; init; } = [];

    /// <summary>True once it was escalated.</summary>
    public bool IsEscalated { get; init; }

    /// <summary>Who wants to know more before they decide; null where nobody does.</summary>
    public string? ResearchRequiredBy { get; init; }

    /// <summary>Where it stands.</summary>
    public ApprovalStatus Status { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static Approval Evolve(Approval approval, object e) => e switch
    {
        ApprovalRequested requested => approval with { Requested = requested, Roles = [.. requested.Roles] },
        ApprovalEscalated escalated => approval with
        {
            Roles = approval.Roles.Remove(escalated.To).Add(escalated.To),
            IsEscalated = true,
        },
        ApprovalGiven given => approval with
        {
            ApprovedBy = approval.ApprovedBy.Add(given.By),
            OnBehalfOf = given.OnBehalfOf is { } lender ? approval.OnBehalfOf.Add(lender) : approval.OnBehalfOf,
            ResearchRequiredBy = null,
        },
        ApprovalResearchRequired required => approval with { ResearchRequiredBy = required.By },
        ApprovalGranted => approval.Ended(ApprovalStatus.Granted),
        ApprovalRejected => approval.Ended(ApprovalStatus.Rejected),
        ApprovalWithdrawn => approval.Ended(ApprovalStatus.Withdrawn),
        ApprovalExpired => approval.Ended(ApprovalStatus.Expired),
        _ => approval,
    };

    private Approval Ended(ApprovalStatus status) => this with { Status = status, ResearchRequiredBy = null };
}

/// <summary>Requests for approval.</summary>
public static class ApprovalStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<Approval> Type = new("approval", Approval.Initial, Approval.Evolve);
}
