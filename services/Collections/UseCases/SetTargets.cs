using System.Text.Json.Serialization;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Targets;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>What is to be brought in in a month.</summary>
/// <param name="Version">0 while none are set.</param>
public sealed record TargetsView(string LegalEntity, string Period, IReadOnlyList<CashTarget> Targets, long Version);

/// <summary>
/// Sets and shows what collectors are to bring in. Nobody sets their own: that takes the right to run the system.
/// </summary>
public static class SetTargets
{
    /// <summary>All targets of the month. See <see cref="WholeDocument"/>.</summary>
    /// <param name="LegalEntity">As GET shows it: that of the address.</param>
    /// <param name="Period">As GET shows it: that of the address.</param>
    /// <param name="Version">As GET shows it; not looked at.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(
        IReadOnlyList<CashTarget> Targets, string? LegalEntity = null, string? Period = null, long? Version = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/v1/collections/targets/{legalEntity}/{period}";
        routes.MapPut(path, Handle)
            .RequireScope(Scopes.Admin).Produces<TargetsView>()
            .WithSummary("Set what collectors are to bring in in a month");
        routes.MapGet(path, Get)
            .RequireScope(Scopes.CollectionsRead).Produces<TargetsView>()
            .WithSummary("What collectors are to bring in in a month");
    }

    private static async Task<IResult> Handle(
        string legalEntity, string period, Request request, HttpCommand command, LegalEntities entities)
    {
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (!ResultPeriod.TryParse(period, out _))
            return ResultPeriod.Malformed();
        if ((WholeDocument.IsOfAnother("/legalEntity", request.LegalEntity, legalEntity)
            ?? WholeDocument.IsOfAnother("/period", request.Period, period)) is { } other)
            return await command.RefuseAsync(other);
        if (await entities.FindAsync(legalEntity, command.Cancellation) is null)
            return await command.RefuseAsync(Refusal.NotFound("legal entity", legalEntity));
        var wish = new TargetsSet(legalEntity, period, request.Targets);
        return await command.DecideAsync(
            CollectionTargetsStream.Type, CollectionTargetsStream.Id(legalEntity, period),
            targets => TargetsDecider.Set(targets, wish),
            decided => Reply.Ok(
                new TargetsView(legalEntity, period, decided.State.Set?.Targets ?? [], decided.Version),
                decided.Version));
    }

    private static async Task<IResult> Get(
        string legalEntity, string period, Caller caller, EventSourcing.EventStore store,
        CancellationToken cancellation)
    {
        if (caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var (targets, version) = await store.LoadAsync(
            CollectionTargetsStream.Type, CollectionTargetsStream.Id(legalEntity, period), cancellation);
        return Reply.Ok(new TargetsView(legalEntity, period, targets.Set?.Targets ?? [], version), version);
    }
}
