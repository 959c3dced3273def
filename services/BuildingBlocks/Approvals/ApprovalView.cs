using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>A request for approval as the API shows it.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Kind">What is decided, e.g. <c>write-off</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="LegalEntity">Whose matrix it was judged by.</param>
/// <param name="Amount">By which it is judged.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="RequestedBy">Who asks, and so cannot approve.</param>
/// <param name="Needed">How many must approve.</param>
/// <param name="ApprovedBy">Who has.</param>
/// <param name="OnBehalfOf">Whose delegated authority was used for it.</param>
/// <param name="Roles">Who may; after an escalation those it was escalated to, too.</param>
/// <param name="Request">What is carried out once it is granted.</param>
/// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
/// <param name="EscalatesAt">When others may decide, too, if it still waits then; null for never.</param>
/// <param name="IsEscalated">True once it was.</param>
/// <param name="Version">For If-Match.</param>
/// <param name="ResearchRequiredBy">Who wants to know more before it is decided; null where nobody does.</param>
/// <param name="InBooks">By what it was judged, where that is in another currency and a rate is known.</param>
public sealed record ApprovalView(
    Guid Id, string Kind, ApprovalStatus Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
    int Needed, IReadOnlyList<string> ApprovedBy, IReadOnlyList<string> OnBehalfOf, IReadOnlyList<string> Roles,
    JsonElement Request, DateTimeOffset? ExpiresAt, DateTimeOffset? EscalatesAt, bool IsEscalated, long Version,
    string? ResearchRequiredBy = null, Money? InBooks = null)
{
    /// <summary>The view of a request.</summary>
    public static ApprovalView Of(Guid id, Approval approval, long version)
    {
        ArgumentNullException.ThrowIfNull(approval);
        var requested = approval.Requested!;
        using var request = JsonDocument.Parse(requested.Request);
        return new ApprovalView(
            id, requested.Kind, approval.Status, requested.LegalEntity, requested.Amount, requested.Subject,
            requested.RequestedBy, requested.Needed, approval.ApprovedBy, approval.OnBehalfOf, approval.Roles,
            request.RootElement.Clone(), requested.ExpiresAt, requested.EscalatesAt, approval.IsEscalated, version,
            approval.ResearchRequiredBy, requested.InBooks);
    }
}
