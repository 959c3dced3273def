using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>One thing that happened.</summary>
/// <param name="Sequence">Place in the log of the service.</param>
/// <param name="Version">Place in the stream.</param>
/// <param name="Type">What happened, kebab-case.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="By">Who caused it.</param>
/// <param name="Reason">What they gave as the reason.</param>
/// <param name="Data">The facts.</param>
public sealed record HistoryItem(
    long Sequence, long Version, string Type, DateTimeOffset At, string By, string? Reason, JsonElement Data);

/// <summary><c>GET …/{id}/history</c>: the events of a stream, oldest first.</summary>
public static class HistoryEndpoint
{
    private static readonly Type[] CursorTypes = [typeof(long)];

    /// <summary>Maps the history of one kind of stream.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="pattern">Ends in <c>/history</c>; holds <c>{id}</c> unless <paramref name="stream"/> reads
    /// something else.</param>
    /// <param name="type">The kind of stream.</param>
    /// <param name="scope">The scope that may read it.</param>
    /// <param name="legalEntity">The legal entity of the state, which the caller must be allowed to see; null: open to
    /// the scope.</param>
    /// <param name="stream">The stream that the route names, or null where it can name none; the route's <c>id</c> by
    /// default.</param>
    /// <param name="otherScope">Another scope that may read it too.</param>
    /// <param name="shown">What is shown of an event; null for all of it.</param>
    public static RouteHandlerBuilder Map<TState>(
        IEndpointRouteBuilder routes, string pattern, StreamType<TState> type, string scope,
        Func<TState, string?>? legalEntity = null, Func<RouteValueDictionary, Guid?>? stream = null,
        string? otherScope = null, Func<object, object>? shown = null)
        where TState : class
    {
        stream ??= values => Guid.TryParse(values["id"]?.ToString(), out var id) ? id : null;
        async Task<IResult> ReadAsync(HttpContext http, ListQuery query, EventStore store)
        {
            var route = http.Request.RouteValues;
            if (stream(route) is not { } id || !await ExistsAsync(store.Database, id, type.Name, http.RequestAborted))
                return Problems.From(Refusal.NotFound(type.Name.Replace('_', ' '), route.Values.First()!));
            var state = (await store.LoadAsync(type, id, http.RequestAborted)).State;
            // What belongs to no entity yet is shown only to those who may see all.
            if (legalEntity is not null && Caller.Of(http).Deny(legalEntity(state) ?? Caller.AllEntities) is { } denied)
                return Problems.From(denied);
            var after = query.Cursor is null ? 0 : (long)Cursor.Read(query.Cursor, "history", CursorTypes)[0];
            // One more than the page has tells whether there is a next one.
            var events = await store.HistoryAsync(id, after, query.Limit + 1, http.RequestAborted);
            var page = events.Take(query.Limit).ToList();
            return Listing.Result(http, new Page<HistoryItem>(
                [.. page.Select(e => Item(e, shown?.Invoke(e.Data) ?? e.Data))],
                events.Count > page.Count ? Cursor.Write("history", [page[^1].Version]) : null));
        }

        return routes.MapGet(pattern, ReadAsync)
            .RequireScopeOr(scope, otherScope ?? scope)
            .Produces<Page<HistoryItem>>()
            .WithSummary("What happened, oldest first");
    }

    private static HistoryItem Item(StoredEvent e, object data) => new(
        e.Sequence, e.Version, e.Type.Replace('_', '-'), e.At, e.Metadata.By, e.Metadata.Reason,
        JsonSerializer.SerializeToElement(data, data.GetType(), Json.Wire));

    private static async Task<bool> ExistsAsync(
        NpgsqlDataSource database, Guid id, string type, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select exists (select 1 from mt_streams where id = $1 and type = $2)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
