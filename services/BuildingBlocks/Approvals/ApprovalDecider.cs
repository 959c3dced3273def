using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>By what somebody decides.</summary>
/// <param name="By">Who.</param>
/// <param name="Roles">The roles of their token.</param>
/// <param name="Delegated">The roles that others have delegated to them and that hold at this moment.</param>
public sealed record Authority(string By, IReadOnlySet<string> Roles, IReadOnlyList<DelegatedRoles> Delegated);

/// <summary>Roles that somebody else has given to who decides.</summary>
public sealed record DelegatedRoles(string By, IReadOnlyList<string> Roles);

/// <summary>
/// What may become of a request: who asks never approves, nobody approves above their band, nobody twice. Who decides
/// on behalf of somebody stands for both of them: neither may have asked, and neither counts again.
/// </summary>
public static class ApprovalDecider
{
    /// <summary>Adds one approval; with the last one it is granted.</summary>
    public static Decision Approve(Approval approval, Authority authority, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(authority);
        if (Refuse(approval, authority) is { } refusal)
            return refusal;
        if (approval.Requested!.ExpiresAt <= now)
            return Refusal.State("approval-expired", $"This was to be decided by {approval.Requested.ExpiresAt:u}.");
        var voices = approval.ApprovedBy.Concat(approval.OnBehalfOf).ToHashSet();
        if (voices.Contains(authority.By))
        {
            return Refusal.State(
                "approved-already", "You have approved this, or somebody on your behalf; another person must, too.");
        }

        if (!TryFind(approval, authority, voices, out var lender))
        {
            return Refusal.State(
                "approved-already",
                "Whose authority was delegated to you has approved this; another person must, too.");
        }

        var given = new ApprovalGiven(authority.By, lender);
        return approval.ApprovedBy.Count + 1 < approval.Requested.Needed
            ? Decision.Of(given)
            : Decision.Of(given, new ApprovalGranted());
    }

    /// <summary>Rejects it.</summary>
    public static Decision Reject(Approval approval, Authority authority)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(authority);
        if (Refuse(approval, authority) is { } refusal)
            return refusal;
        TryFind(approval, authority, [], out var lender);
        return Decision.Of(new ApprovalRejected(authority.By, lender));
    }

    /// <summary>Wants to know more before it is decided, by somebody who may decide; it still waits.</summary>
    public static Decision RequireResearch(Approval approval, Authority authority)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(authority);
        if (Refuse(approval, authority) is { } refusal)
            return refusal;
        if (approval.ResearchRequiredBy == authority.By)
            return Decision.Nothing;
        TryFind(approval, authority, [], out var lender);
        return Decision.Of(new ApprovalResearchRequired(authority.By, lender));
    }

    /// <summary>Lets others decide, too, once it has waited long enough.</summary>
    public static Decision Escalate(Approval approval, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(approval);
        return approval is { Status: ApprovalStatus.Waiting, IsEscalated: false, Requested: { } requested }
            && requested.EscalatesAt <= now
            ? Decision.Of(new ApprovalEscalated(requested.EscalatesTo!))
            : Decision.Nothing;
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

    private static Refusal? Refuse(Approval approval, Authority authority) => approval switch
    {
        _ when Ended(approval) is { } ended => ended,
        _ when approval.Requested!.RequestedBy == authority.By => new Refusal(
            "own-request", "Who asks never approves; another person must.", RefusalKind.Forbidden),
        _ when !TryFind(approval, authority, [], out _) => new Refusal(
            "above-authority",
            $"{approval.Requested.Amount} of {approval.Requested.Kind} needs one of: " +
            $"{string.Join(", ", approval.Roles)}.",
            RefusalKind.Forbidden),
        _ => null,
    };

    /// <summary>
    /// By their own roles, where these are enough; else on behalf of somebody who has not asked for it and is not
    /// among these.
    /// </summary>
    private static bool TryFind(
        Approval approval, Authority authority, HashSet<string> voices, out string? onBehalfOf)
    {
        onBehalfOf = null;
        if (approval.Roles.Any(authority.Roles.Contains))
            return true;
        onBehalfOf = authority.Delegated
            .FirstOrDefault(delegated => delegated.By != approval.Requested!.RequestedBy
                && !voices.Contains(delegated.By) && approval.Roles.Any(delegated.Roles.Contains))?.By;
        return onBehalfOf is not null;
    }

    private static Refusal? Ended(Approval approval) => approval.Status == ApprovalStatus.Waiting
        ? null
        : Refusal.State("approval-decided", $"This is {approval.Status} already.");
}
