using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

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

/// <summary>What a service asked of the others.</summary>
/// <param name="Asked">One line per queue and service asked.</param>
public sealed record CatchUpView(IReadOnlyList<Asked> Asked);

internal static class Administration
{
    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/projections", ReadAsync).RequireScope(Scopes.Admin);
        routes.MapPost("/admin/projections/{name}/rebuild", RebuildAsync)
            .RequireScope(Scopes.Admin)
            .Produces<RebuiltProjection>()
            .DisableRequestTimeout();
        if (routes.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(CatchUp)))
        {
            routes.MapPost("/admin/catch-up", CatchUpAsync)
                .RequireScope(Scopes.Admin)
                .Produces<CatchUpView>(StatusCodes.Status202Accepted);
        }
    }

    /// <summary>Shows how far read models and subscriptions are.</summary>
    private static async Task<Ok<ProjectionsView>> ReadAsync(
        SubscriptionMonitor monitor, IReadOnlyList<Projection> projections, CancellationToken cancellation) =>
        TypedResults.Ok(new ProjectionsView(
            [.. projections.Select(projection => projection.Name).Order(StringComparer.Ordinal)],
            await monitor.ReadAsync(cancellation)));

    /// <summary>
    /// Builds a read model anew from the log while the service goes on. It ends with the process and not with its
    /// caller, whose connection may be too impatient for a long log.
    /// </summary>
    private static async Task<IResult> RebuildAsync(
        string name, HttpCommand command, ProjectionRebuild rebuild, IReadOnlyList<Projection> projections,
        IHostApplicationLifetime process) =>
        projections.Any(projection => projection.Name == name)
            ? await command.RepeatableAsync(
                async end => Reply.Ok(new RebuiltProjection(name, await rebuild.RunAsync(name, end))),
                process.ApplicationStopping)
            : Problems.From(Refusal.NotFound("read model", name));

    /// <summary>
    /// Has everything published into this service's queues once more, from this place in the sources' logs on (0: from
    /// the beginning), after a queue was lost or the database restored. What was handled before does not count again.
    /// </summary>
    private static Task<IResult> CatchUpAsync(CatchUp catchUp, HttpCommand command, long after = 0) =>
        command.RepeatableAsync(
            async end => Reply.Accepted(null, new CatchUpView(await catchUp.AskAsync(after, end))));
}
