using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>
/// What may become of a request: who asks never approves, nobody approves above their band, nobody twice.
/// </summary>
public static class ApprovalDecider
{
    /// <summary>Adds one approval; with the last one it is granted.</summary>
    public static Decision Approve(Approval approval, string by, IReadOnlySet<string> roles, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(approval);
        if (Refuse(approval, by, roles) is { } refusal)
            return refusal;
        if (approval.Requested!.ExpiresAt <= now)
            return Refusal.State("approval-expired", $"This was to be decided by {approval.Requested.ExpiresAt:u}.");
        if (approval.ApprovedBy.Contains(by))
            return Refusal.State("approved-already", "You have approved this; another person must, too.");
        return approval.ApprovedBy.Count + 1 < approval.Requested.Needed
            ? Decision.Of(new ApprovalGiven(by))
            : Decision.Of(new ApprovalGiven(by), new ApprovalGranted());
    }

    /// <summary>Rejects it.</summary>
    public static Decision Reject(Approval approval, string by, IReadOnlySet<string> roles)
    {
        ArgumentNullException.ThrowIfNull(approval);
        return Refuse(approval, by, roles) is { } refusal ? refusal : Decision.Of(new ApprovalRejected(by));
    }

    /// <summary>Takes it back; only who asked can.</summary>
    public static Decision Withdraw(Approval approval, string by)
    {
        ArgumentNullException.ThrowIfNull(approval);
        return Ended(approval) is { } refusal ? refusal
            : approval.Requested!.RequestedBy != by ? new Refusal(
                "not-your-request", $"{approval.Requested.RequestedBy} asked for this; others reject it.",
                RefusalKind.Forbidden)
            : Decision.Of(new ApprovalWithdrawn(by));
    }

    /// <summary>Ends it once its time is over.</summary>
    public static Decision Expire(Approval approval, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(approval);
        return approval is { Status: ApprovalStatus.Waiting, Requested: { } requested } && requested.ExpiresAt <= now
            ? Decision.Of(new ApprovalExpired())
            : Decision.Nothing;
    }

    private static Refusal? Refuse(Approval approval, string by, IReadOnlySet<string> roles) => approval switch
    {
        _ when Ended(approval) is { } ended => ended,
        _ when approval.Requested!.RequestedBy == by => new Refusal(
            "own-request", "Who asks never approves; another person must.", RefusalKind.Forbidden),
        _ when !approval.Requested.Roles.Any(roles.Contains) => new Refusal(
            "above-authority",
            $"{approval.Requested.Amount} of {approval.Requested.Kind} needs one of: " +
            $"{string.Join(", ", approval.Requested.Roles)}.",
            RefusalKind.Forbidden),
        _ => null,
    };

    private static Refusal? Ended(Approval approval) => approval.Status == ApprovalStatus.Waiting
        ? null
        : Refusal.State("approval-decided", $"This is {approval.Status} already.");
}
