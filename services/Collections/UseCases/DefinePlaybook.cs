using System.Text.Json.Serialization;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.Playbooks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A playbook and the version of it that is in force.</summary>
public sealed record PlaybookView(
    string Code, string Name, IReadOnlyList<Money> Tolerances, IReadOnlyList<PlaybookStep> Steps, PlaybookScope Scope,
    int QuietDays, OpenCredits Credits, bool IncludeCurrent, bool IncludeDisputed, long Version,
    CountedFrom CountFrom, PlaybookStages Stages)
{
    internal static PlaybookView Of(PlaybookDefined defined, long version) => new(
        defined.Code, defined.Name, defined.Tolerances, defined.Steps, defined.Scope, defined.QuietDays,
        defined.Credits, defined.IncludeCurrent, defined.IncludeDisputed, version, defined.CountFrom,
        defined.Stages);
}

/// <summary>Writes, changes and shows playbooks.</summary>
public static class DefinePlaybook
{
    /// <summary>The playbook as it is to be; its code is in the address. See <see cref="WholeDocument"/>.</summary>
    /// <param name="Code">As GET shows it: that of the address.</param>
    /// <param name="Version">As GET shows it; not looked at.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(
        string Name, IReadOnlyList<PlaybookStep> Steps, IReadOnlyList<Money>? Tolerances = null,
        PlaybookScope Scope = PlaybookScope.EveryInvoice, int QuietDays = 0,
        OpenCredits Credits = OpenCredits.TakenOff, bool IncludeCurrent = false, bool IncludeDisputed = false,
        string? Code = null, long? Version = null, CountedFrom CountFrom = CountedFrom.DueDate,
        PlaybookStages Stages = PlaybookStages.Aged)
    {
        internal PlaybookDefined As(string code) => new(
            code, Name, Tolerances ?? [], Steps, Scope, QuietDays, Credits, IncludeCurrent, IncludeDisputed,
            CountFrom, Stages);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/collections/playbooks/{code}", Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<PlaybookView>()
            .Produces<PlaybookView>(StatusCodes.Status201Created)
            .WithSummary("Write or change a dunning playbook");
        routes.MapGet("/v1/collections/playbooks/{code}", Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<PlaybookView>()
            .WithSummary("A dunning playbook");
        HistoryEndpoint.Map(routes, "/v1/collections/playbooks/{code}/history", PlaybookStream.Type,
            Scopes.CollectionsRead,
            stream: values => PlaybookStream.Id(values["code"]?.ToString() ?? ""));
    }

    private static async Task<IResult> Handle(
        string code, Request request, HttpCommand command, Messenger messenger)
    {
        // The playbooks are those of every legal entity.
        if (command.Caller.Deny(Caller.AllEntities) is { } denied)
            return await command.RefuseAsync(denied);
        if (WholeDocument.IsOfAnother("/code", request.Code, code) is { } other)
            return await command.RefuseAsync(other);
        var wish = request.As(code);
        if (NotSent(wish, messenger) is { } refusal)
            return await command.RefuseAsync(refusal);
        return await command.DecideAsync(
            PlaybookStream.Type, PlaybookStream.Id(code), playbook => PlaybookDecider.Define(playbook, wish),
            decided =>
            {
                var view = PlaybookView.Of(decided.State.Definition!, decided.Version);
                return decided is { Version: 1, Events.Count: 1 }
                    ? Reply.Created($"/v1/collections/playbooks/{code}", view, decided.Version)
                    : Reply.Ok(view, decided.Version);
            });
    }

    /// <summary>A step whose messages nobody takes; null where there is none.</summary>
    private static Refusal? NotSent(PlaybookDefined wish, Messenger messenger) => wish.Steps
        .Select((step, at) => step.Channel.IsMessage() && !messenger.CanSend(step.Channel)
            ? PlaybookRefusals.NoProvider(
                step.Channel, MessagesOptions.SectionOf(step.Channel), $"/steps/{at}/channel")
            : null)
        .FirstOrDefault(refusal => refusal is not null);

    private static async Task<IResult> Get(string code, EventSourcing.EventStore store, HttpContext http)
    {
        var loaded = await store.LoadAsync(PlaybookStream.Type, PlaybookStream.Id(code), http.RequestAborted);
        return loaded.State.Definition is { } defined
            ? Reply.Ok(PlaybookView.Of(defined, loaded.Version), loaded.Version)
            : Problems.From(Refusal.NotFound("playbook", code));
    }
}
