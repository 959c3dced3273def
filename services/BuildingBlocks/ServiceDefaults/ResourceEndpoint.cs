using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
        where TView : class =>
        Map(
            routes, collection, type, scope, legalEntity,
            (_, id, state, version) => Task.FromResult(view(id, state, version)), summary, otherScope);

    /// <summary>
    /// The same where more is shown than the stream holds; the view gets the request, too. In the history events are as
    /// <paramref name="shown"/> says; null for all of them.
    /// </summary>
    public static void Map<TState, TView>(
        IEndpointRouteBuilder routes, string collection, StreamType<TState> type, string scope,
        Func<TState, string?> legalEntity, Func<HttpContext, Guid, TState, long, Task<TView>> view, string summary,
        string? otherScope = null, Func<object, object>? shown = null)
        where TState : class
        where TView : class
    {
        Task<IResult> GetAsync(Guid id, HttpContext http) => ShowAsync(
            http, type, id, legalEntity,
            async (state, version) => Reply.Ok(await view(http, id, state, version), version));

        routes.MapGet($"{collection}/{{id:guid}}", GetAsync)
            .RequireScopeOr(scope, otherScope ?? scope).Produces<TView>().WithSummary(summary);
        HistoryEndpoint.Map(
            routes, $"{collection}/{{id}}/history", type, scope, legalEntity, otherScope: otherScope,
            shown: shown);
    }

    /// <summary>
    /// Answers with something about one stream: 404 where there is nothing yet, 403 where the caller may not see it.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="type">The kind of stream.</param>
    /// <param name="id">Which one.</param>
    /// <param name="legalEntity">The legal entity of the state; null where there is nothing yet.</param>
    /// <param name="show">State and version in, the answer out.</param>
    public static async Task<IResult> ShowAsync<TState>(
        HttpContext http, StreamType<TState> type, Guid id, Func<TState, string?> legalEntity,
        Func<TState, long, Task<IResult>> show)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(type);
        var store = http.RequestServices.GetRequiredService<EventStore>();
        var (state, version) = await store.LoadAsync(type, id, http.RequestAborted);
        if (legalEntity(state) is not { } entity)
            return Problems.From(Refusal.NotFound(type.Name.Replace('_', ' '), id));
        return Caller.Of(http).Deny(entity) is { } denied ? Problems.From(denied) : await show(state, version);
    }
}
