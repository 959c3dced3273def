using System.Text.Json;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Approvals;

/// <summary>Requests for approval as they are now.</summary>
public sealed class ApprovalsProjection : Projection
{
    public ApprovalsProjection()
        : base("approvals", "approvals")
    {
        On<ApprovalRequested>(
            "insert into approvals (approval_id, kind, legal_entity, currency, amount, subject, requested_by, " +
            "requested_at, needed, given, roles, status, version, expires_at, escalates_at) " +
            "select e.id, e.kind, e.entity, e.currency, e.amount, e.subject, e.requested_by, e.at, e.needed, 0, " +
            "array(select jsonb_array_elements_text(e.roles)), 'Waiting', e.version, e.expires_at, e.escalates_at " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as e (id, kind, entity, currency, " +
            "amount, subject, requested_by, at, needed, roles, version, expires_at, escalates_at)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Kind)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Amount.Currency.Code)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.Subject)
                .Column(e => e.Data.RequestedBy)
                .Column(e => e.At)
                .Column(e => e.Data.Needed)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Roles))
                .Column(e => e.Version)
                .Column(e => e.Data.ExpiresAt?.ToUniversalTime())
                .Column(e => e.Data.EscalatesAt?.ToUniversalTime()));
        On<ApprovalEscalated>(
            "update approvals set escalated_at = e.at, roles = array_append(array_remove(roles, e.role), e.role), " +
            "version = e.version from unnest($1, $2, $3, $4) as e (id, at, role, version) where approval_id = e.id",
            rows => rows
                .Column(e => e.StreamId).Column(e => e.At).Column(e => e.Data.To).Column(e => e.Version));
        On<ApprovalGiven>(
            "update approvals set given = given + 1, research_required = false, version = e.version " +
            "from unnest($1, $2) as e (id, version) where approval_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<ApprovalResearchRequired>(
            "update approvals set research_required = true, version = e.version " +
            "from unnest($1, $2) as e (id, version) where approval_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        Ended<ApprovalGranted>(ApprovalStatus.Granted);
        Ended<ApprovalRejected>(ApprovalStatus.Rejected);
        Ended<ApprovalWithdrawn>(ApprovalStatus.Withdrawn);
        Ended<ApprovalExpired>(ApprovalStatus.Expired);
    }

    private void Ended<TEvent>(ApprovalStatus status) => On<TEvent>(
        "update approvals set status = e.status, research_required = false, version = e.version " +
        "from unnest($1, $2, $3) as e (id, status, version) where approval_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(_ => status.ToString()).Column(e => e.Version));
}
