using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What is defined as a whole for a legal entity, at <c>/legal-entities/{code}/…</c>, for those who may see the entity:
/// PUT defines it, GET shows it.
/// </summary>
internal static class EntitySetting
{
    /// <summary>Defines it, where there is such a legal entity.</summary>
    /// <param name="code">The legal entity.</param>
    /// <param name="command">The request.</param>
    /// <param name="type">The kind of stream.</param>
    /// <param name="stream">The stream of this legal entity.</param>
    /// <param name="define">The setting as it is and the legal entity in, decision out.</param>
    /// <param name="view">What is shown of it.</param>
    public static async Task<IResult> PutAsync<TState>(
        string code, HttpCommand command, StreamType<TState> type, Guid stream,
        Func<TState, LegalEntityDefined, Decision> define, Func<TState, long, object> view)
        where TState : class
    {
        if (command.Caller.Deny(code) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(code), command.Cancellation);
        return entity.State.Definition is not { } definition
            ? await command.RefuseAsync(LegalEntityRefusals.Unknown(code))
            : await command.DecideAsync(
                type, stream, state => define(state, definition),
                decided => Reply.Ok(view(decided.State, decided.Version), decided.Version));
    }

    /// <summary>Shows it.</summary>
    /// <param name="code">The legal entity.</param>
    /// <param name="http">The request.</param>
    /// <param name="type">The kind of stream.</param>
    /// <param name="stream">The stream of this legal entity.</param>
    /// <param name="view">What is shown of it; null while it is not defined, which is 404.</param>
    public static async Task<IResult> GetAsync<TState>(
        string code, HttpContext http, StreamType<TState> type, Guid stream, Func<TState, long, object?> view)
        where TState : class
    {
        if (Caller.Of(http).Deny(code) is { } denied)
            return Problems.From(denied);
        var (state, version) = await http.RequestServices.GetRequiredService<EventStore>()
            .LoadAsync(type, stream, http.RequestAborted);
        return view(state, version) is { } shown
            ? Reply.Ok(shown, version)
            : Problems.From(Refusal.NotFound($"{type.Name.Replace('_', ' ')} of", code));
    }
}
