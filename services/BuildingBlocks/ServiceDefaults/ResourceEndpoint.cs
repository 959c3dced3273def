using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary><c>GET …/{id}</c> and <c>GET …/{id}/history</c>: one stream as it is, and how it came to be so.</summary>
public static class ResourceEndpoint
{
    /// <summary>Maps both for one kind of stream.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="collection">The path of the collection, such as <c>/v1/collections/holds</c>.</param>
    /// <param name="type">The kind of stream.</param>
    /// <param name="scope">The scope that may read it.</param>
    /// <param name="legalEntity">The legal entity of the state, which the caller must be allowed to see; null where
    /// there is nothing yet.</param>
    /// <param name="view">Identifier, state and version in, what is shown out.</param>
    /// <param name="summary">Of the first, for the documentation.</param>
    /// <param name="otherScope">Another scope that may read it too.</param>
    public static void Map<TState, TView>(
        IEndpointRouteBuilder routes, string collection, StreamType<TState> type, string scope,
        Func<TState, string?> legalEntity, Func<Guid, TState, long, TView> view, string summary,
        string? otherScope = null)
        where TState : class
        where TView : class
    {
        ArgumentNullException.ThrowIfNull(type);
        async Task<IResult> GetAsync(Guid id, Caller caller, EventStore store, CancellationToken cancellation)
        {
            var (state, version) = await store.LoadAsync(type, id, cancellation);
            if (legalEntity(state) is not { } entity)
                return Problems.From(Refusal.NotFound(type.Name.Replace('_', ' '), id));
            return caller.Deny(entity) is { } denied
                ? Problems.From(denied)
                : Reply.Ok(view(id, state, version), version);
        }

        routes.MapGet($"{collection}/{{id:guid}}", GetAsync)
            .RequireScopeOr(scope, otherScope ?? scope).Produces<TView>().WithSummary(summary);
        HistoryEndpoint.Map(
            routes, $"{collection}/{{id}}/history", type, scope, legalEntity, otherScope: otherScope);
    }
}
