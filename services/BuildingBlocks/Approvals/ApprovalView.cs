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
/// <param name="Roles">Who may.</param>
/// <param name="Request">What is carried out once it is granted.</param>
/// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
/// <param name="Version">For If-Match.</param>
public sealed record ApprovalView(
    Guid Id, string Kind, ApprovalStatus Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
    int Needed, IReadOnlyList<string> ApprovedBy, IReadOnlyList<string> Roles, JsonElement Request,
    DateTimeOffset? ExpiresAt, long Version)
{
    /// <summary>The view of a request.</summary>
    public static ApprovalView Of(Guid id, Approval approval, long version)
    {
        ArgumentNullException.ThrowIfNull(approval);
        var requested = approval.Requested!;
        using var request = JsonDocument.Parse(requested.Request);
        return new ApprovalView(
            id, requested.Kind, approval.Status, requested.LegalEntity, requested.Amount, requested.Subject,
            requested.RequestedBy, requested.Needed, approval.ApprovedBy, requested.Roles,
            request.RootElement.Clone(), requested.ExpiresAt, version);
    }
}
