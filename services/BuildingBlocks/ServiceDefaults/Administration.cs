using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>A read model that was built anew.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Events">Events that were read.</param>
public sealed record RebuiltProjection(string Name, long Events);

/// <summary>Where the read models and subscriptions of a service are.</summary>
/// <param name="Projections">Names of all read models.</param>
/// <param name="Subscriptions">What follows the log, and how far it is.</param>
public sealed record ProjectionsView(
    IReadOnlyList<string> Projections, IReadOnlyList<SubscriptionStatus> Subscriptions);

internal static class Administration
{
    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/projections", ReadAsync).RequireScope(Scopes.Admin);
        routes.MapPost("/admin/projections/{name}/rebuild", RebuildAsync)
            .RequireScope(Scopes.Admin)
            .DisableRequestTimeout();
    }

    /// <summary>Shows how far read models and subscriptions are.</summary>
    private static async Task<Ok<ProjectionsView>> ReadAsync(
        SubscriptionMonitor monitor, IReadOnlyList<Projection> inline, IReadOnlyList<ISubscription> subscriptions,
        CancellationToken cancellation) =>
        TypedResults.Ok(new ProjectionsView(
            [.. Names(inline, subscriptions).Order(StringComparer.Ordinal)], await monitor.ReadAsync(cancellation)));

    /// <summary>Builds a read model anew from the log while the service goes on.</summary>
    private static async Task<Results<Ok<RebuiltProjection>, Problem>> RebuildAsync(
        string name, ProjectionRebuild rebuild, IReadOnlyList<Projection> inline,
        IReadOnlyList<ISubscription> subscriptions,
        CancellationToken cancellation) =>
        Names(inline, subscriptions).Contains(name)
            ? TypedResults.Ok(new RebuiltProjection(name, await rebuild.RunAsync(name, cancellation)))
            : Problems.From(Refusal.NotFound("read model", name));

    private static IEnumerable<string> Names(
        IReadOnlyList<Projection> inline, IReadOnlyList<ISubscription> subscriptions) =>
        inline.Concat(subscriptions.OfType<AsyncProjection>().Select(subscription => subscription.Projection))
            .Select(projection => projection.Name);
}
