using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A forecast of cash.</summary>
/// <param name="Items">Open items it was made of.</param>
/// <param name="Rows">Per currency and grain, by date; empty where nothing is open.</param>
public sealed record ForecastView(
    Guid Id, string LegalEntity, DateOnly AsOf, DateOnly Through, int Items, IReadOnlyList<ForecastRow> Rows)
{
    internal static ForecastView Of(Guid id, ForecastMade made) =>
        new(id, made.LegalEntity, made.AsOf, made.Through, made.Items, made.Rows);
}

/// <summary>Makes today's forecast. One is made every day by itself; who does not want to wait asks here.</summary>
public static class MakeForecast
{
    /// <summary>Whose.</summary>
    public sealed record Request(string LegalEntity);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/forecasts", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<ForecastView>(StatusCodes.Status201Created)
        .Produces<ForecastView>()
        .WithSummary("Make today's forecast of cash; the first of a day is kept");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, LegalEntities entities, ForecastReader reader)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await entities.FindAsync(request.LegalEntity, command.Cancellation) is not { } entity)
            return await command.RefuseAsync(DunningRefusals.UnknownLegalEntity(request.LegalEntity));
        var today = command.Clock.Today(entity.TimeZone);
        var id = ForecastStream.Id(entity.Code, today);
        var kept = await command.Store.LoadAsync(ForecastStream.Type, id, command.Cancellation);
        var forecast = kept.State.Made is null
            ? await reader.MakeAsync(entity.Code, today, command.Cancellation)
            : null;
        var made = kept.State.Made ?? forecast!.Made;
        return await command.DecideAsync(
            ForecastStream.Type, id, now => ForecastDecider.Make(now, made),
            decided => decided.Events.Count > 0
                ? Reply.Created($"/v1/collections/forecasts/{id}", ForecastView.Of(id, made), decided.Version)
                : Reply.Ok(ForecastView.Of(id, decided.State.Made!), decided.Version),
            with: (batch, decided) =>
            {
                if (decided.Events.Count > 0)
                    PaymentKinds.Keep(batch, forecast!, command.Clock.GetUtcNow());
            });
    }
}
