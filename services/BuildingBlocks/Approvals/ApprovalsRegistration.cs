using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;

namespace OrderToCash.Approvals;

/// <summary>Adds approvals to a service.</summary>
public static class ApprovalsRegistration
{
    /// <summary>The gate, and the kinds that this service carries out.</summary>
    public static IServiceCollection AddApprovals(
        this IServiceCollection services, Action<ApprovalOptions>? configure = null)
    {
        var options = new ApprovalOptions();
        configure?.Invoke(options);
        services.AddSingleton(options);
        services.AddSingleton<ApprovalGate>();
        services.AddSingleton<DelegatedAuthority>();
        services.AddHostedService<ApprovalDeadlines>();
        return services;
    }

    /// <summary>
    /// Stored names (for ever), tables and read models. Comes after the service's own schema, which may have made the
    /// table in an earlier version.
    /// </summary>
    public static EventStoreOptions AddApprovals(this EventStoreOptions store)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Types
            .Add<ApprovalMatrixDefined>("approval_matrix_defined")
            .Add<ApprovalDelegated>("approval_delegated")
            .Add<ApprovalDelegationRevoked>("approval_delegation_revoked")
            .Add<ApprovalRequested>("approval_requested")
            .Add<ApprovalEscalated>("approval_escalated")
            .Add<ApprovalGiven>("approval_given")
            .Add<ApprovalResearchRequired>("approval_research_required")
            .Add<ApprovalGranted>("approval_granted")
            .Add<ApprovalRejected>("approval_rejected")
            .Add<ApprovalWithdrawn>("approval_withdrawn")
            .Add<ApprovalExpired>("approval_expired");
        return store.Schema<Approval>("approvals").Inline(new ApprovalsProjection())
            .Inline(new DelegationsProjection());
    }

    /// <summary><c>/v1/approvals</c> of this service.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="read">The scope that sees requests.</param>
    /// <param name="write">The scope of those who make them, and may take their own back.</param>
    public static void MapApprovals(this IEndpointRouteBuilder routes, string read, string write)
    {
        ReadApprovals.Map(routes, read);
        DecideApproval.Map(routes, write);
    }
}
