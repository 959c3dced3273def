using System.Text.Json;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Approvals;

/// <summary>Who decides by whose roles, from when until when.</summary>
public sealed class DelegationsProjection : Projection
{
    public DelegationsProjection()
        : base("approval_delegations", "approval_delegations")
    {
        On<ApprovalDelegated>(
            "insert into approval_delegations (delegation_id, legal_entity, delegated_by, delegated_to, roles, " +
            "starts_at, ends_at, revoked, version) " +
            "select e.id, e.entity, e.given_by, e.given_to, array(select jsonb_array_elements_text(e.roles)), " +
            "e.starts_at, e.ends_at, false, e.version from unnest($1, $2, $3, $4, $5, $6, $7, $8) " +
            "as e (id, entity, given_by, given_to, roles, starts_at, ends_at, version)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.By)
                .Column(e => e.Data.To)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Roles))
                .Column(e => e.Data.From.ToUniversalTime())
                .Column(e => e.Data.Until.ToUniversalTime())
                .Column(e => e.Version));
        On<ApprovalDelegationRevoked>(
            "update approval_delegations set revoked = true, version = e.version " +
            "from unnest($1, $2) as e (id, version) where delegation_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }
}
