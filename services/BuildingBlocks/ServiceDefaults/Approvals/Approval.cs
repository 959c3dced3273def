using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>Somebody asks for a decision that others must approve.</summary>
/// <param name="Kind">What is decided, e.g. <c>write-off</c>.</param>
/// <param name="Amount">By which it is judged.</param>
/// <param name="Subject">What it is about, for people.</param>
/// <param name="Needed">How many must approve.</param>
/// <param name="Roles">Who may.</param>
/// <param name="Request">What is carried out once it is granted, as JSON.</param>
public sealed record ApprovalRequested(
    string Kind, string LegalEntity, Money Amount, string Subject, string RequestedBy, int Needed,
    IReadOnlyList<string> Roles, string Request);

/// <summary>One person approved.</summary>
public sealed record ApprovalGiven(string By);

/// <summary>Enough have approved, and what was asked for is carried out with this event.</summary>
public sealed record ApprovalGranted;

/// <summary>One person rejected it; that ends it.</summary>
public sealed record ApprovalRejected(string By);

/// <summary>Where a request stands.</summary>
public enum ApprovalStatus
{
    /// <summary>For approvals.</summary>
    Waiting,

    /// <summary>Approved and carried out.</summary>
    Granted,

    /// <summary>Not approved.</summary>
    Rejected,
}

/// <summary>
/// A request for approval. Who asks never approves, nobody approves above their band, nobody twice; every step is an
/// event.
/// </summary>
public sealed record Approval
{
    /// <summary>Before it is requested.</summary>
    public static readonly Approval Initial = new();

    /// <summary>What was asked for; null before that.</summary>
    public ApprovalRequested? Requested { get; init; }

    /// <summary>Who has approved.</summary>
    public ImmutableList<string> ApprovedBy { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public ApprovalStatus Status { get; init; }

    /// <summary>Adds one approval; with the last one it is granted.</summary>
    public Decision Approve(string by, IReadOnlySet<string> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        if (Refuse(by, roles) is { } refusal)
            return refusal;
        if (ApprovedBy.Contains(by))
            return Refusal.State("approved-already", "You have approved this; another person must, too.");
        return ApprovedBy.Count + 1 < Requested!.Needed
            ? Decision.Of(new ApprovalGiven(by))
            : Decision.Of(new ApprovalGiven(by), new ApprovalGranted());
    }

    /// <summary>Rejects it.</summary>
    public Decision Reject(string by, IReadOnlySet<string> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        return Refuse(by, roles) is { } refusal ? refusal : Decision.Of(new ApprovalRejected(by));
    }

    /// <summary>State and event in, next state out.</summary>
    public static Approval Evolve(Approval approval, object e) => e switch
    {
        ApprovalRequested requested => approval with { Requested = requested },
        ApprovalGiven given => approval with { ApprovedBy = approval.ApprovedBy.Add(given.By) },
        ApprovalGranted => approval with { Status = ApprovalStatus.Granted },
        ApprovalRejected => approval with { Status = ApprovalStatus.Rejected },
        _ => approval,
    };

    private Refusal? Refuse(string by, IReadOnlySet<string> roles) => this switch
    {
        { Status: not ApprovalStatus.Waiting } => Refusal.State(
            "approval-decided", $"This is {Status} already."),
        _ when Requested!.RequestedBy == by => new Refusal(
            "own-request", "Who asks never approves; another person must.", RefusalKind.Forbidden),
        _ when !Requested.Roles.Any(roles.Contains) => new Refusal(
            "above-authority",
            $"{Requested.Amount} of {Requested.Kind} needs one of: {string.Join(", ", Requested.Roles)}.",
            RefusalKind.Forbidden),
        _ => null,
    };
}

/// <summary>Requests for approval.</summary>
public static class ApprovalStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<Approval> Type = new("approval", Approval.Initial, Approval.Evolve);
}
