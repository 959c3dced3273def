using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>How a customer pays, in days from the due date.</summary>
/// <param name="Items">Payments and open items of the last year and a half that tell of it.</param>
/// <param name="AverageDays">Amount-weighted, over what was paid; null before anything was.</param>
/// <param name="EarlyDays">By this day 10 of 100 are paid; null when that takes more than 180 days.</param>
/// <param name="MedianDays">By this day half is paid.</param>
/// <param name="LateDays">By this day 90 of 100 are paid.</param>
/// <param name="Distribution">The share paid by the end of a day, at days that matter.</param>
/// <param name="Pays">How much of its money comes in time, late and very late by the last forecast: what the worklist
/// goes by.</param>
/// <param name="Rating">What kind of payer that makes it, by the policy's benchmarks.</param>
/// <param name="Risk">How much risk Credit sees in it; null where Credit knows too little, or has said nothing.</param>
public sealed record PaymentBehaviourView(
    Guid CustomerId, int Items, decimal? AverageDays, int? EarlyDays, int? MedianDays, int? LateDays,
    IReadOnlyList<PaidShare> Distribution, PaymentTimes Pays, PayerRating Rating,
    CustomerRisk? Risk = null);

/// <summary>What is paid by the end of a day.</summary>
/// <param name="Day">From the due date.</param>
/// <param name="Share">0 to 1.</param>
public sealed record PaidShare(int Day, decimal Share);

/// <summary>Shows forecasts, how good they were, and how a customer pays.</summary>
public static class GetForecasts
{
    private static readonly int[] Days = [-30, -14, -7, 0, 7, 14, 30, 45, 60, 90, 120, 180];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/forecast", Latest)
            .RequireScope(Scopes.CollectionsRead).Produces<ForecastView>()
            .WithSummary("Cash that is expected, by the latest forecast (JSON, CSV, XLSX)");
        routes.MapGet("/v1/collections/forecasts/scores", Scores)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<ScoredForecast>>()
            .WithSummary("How well kept forecasts foresaw what came (JSON, CSV, XLSX)");
        ResourceEndpoint.Map(
            routes, "/v1/collections/forecasts", ForecastStream.Type, Scopes.CollectionsRead,
            forecast => forecast.Made?.LegalEntity, (id, forecast, _) => ForecastView.Of(id, forecast.Made!),
            "A forecast as it was made");
        routes.MapGet("/v1/collections/customers/{id:guid}/payment-behaviour", Behaviour)
            .RequireScope(Scopes.CollectionsRead).Produces<PaymentBehaviourView>()
            .WithSummary("How a customer pays");
    }

    private static async Task<IResult> Latest(
        string legalEntity, DateOnly? from, DateOnly? to, string? grain, DateOnly? asOf, NpgsqlDataSource database,
        EventSourcing.EventStore store, HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var wanted = EnumFilter.Text<ForecastGrain>("grain", grain) ?? Kebab.Of(ForecastGrain.Day);
        await using var command = database.CreateCommand(
            "select id from forecasts where legal_entity = $1 and ($2::date is null or as_of = $2) " +
            "order by as_of desc limit 1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = asOf });
        var found = await command.ReadAsync(row => row.GetGuid(0), http.RequestAborted);
        if (found is not [var id])
            return Problems.From(Refusal.NotFound("forecast of legal entity", legalEntity));
        var made = (await store.LoadAsync(ForecastStream.Type, id, http.RequestAborted)).State.Made!;
        var rows = made.Rows
            .Where(row => Kebab.Of(row.Grain) == wanted && (from is null || row.To >= from)
                && (to is null || row.From <= to))
            .ToList();
        return Tables.Result(http, ForecastView.Of(id, made with { Rows = rows }), () => Table.Of(rows));
    }

    private static async Task<IResult> Scores(
        string legalEntity, DateOnly? from, DateOnly? to, LegalEntities entities, ForecastScores scores,
        TimeProvider clock, HttpContext http, DateOnly? through = null)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (await entities.FindAsync(legalEntity, http.RequestAborted) is not { } entity)
            return Problems.From(DunningRefusals.UnknownLegalEntity(legalEntity));
        var today = clock.Today(entity.TimeZone);
        var yesterday = today.AddDays(-1);
        var rows = await scores.ReadAsync(
            legalEntity, from ?? today.AddDays(-90), to ?? today, through < yesterday ? through.Value : yesterday,
            http.RequestAborted);
        return Listing.Result(http, new Page<ScoredForecast>(rows, null));
    }

    private static async Task<IResult> Behaviour(
        Guid id, Customers customers, ForecastReader reader, PolicyBook policies, NpgsqlDataSource database,
        HttpContext http)
    {
        if (await customers.FindAsync(id, http.RequestAborted) is not { } customer)
            return Problems.From(Refusal.NotFound("customer", id));
        if (Caller.Of(http).Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        await using var command = database.CreateCommand("select segment from customers where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        var segment = (await command.ReadAsync(row => row.Text(0), http.RequestAborted)).Single();
        var known = await reader.BehaviourAsync(
            id, customer.LegalEntity, segment, customer.Today, http.RequestAborted);
        var policy = await policies.InForceAsync(customer.LegalEntity, http.RequestAborted);
        var benchmarks = policy.Payers ?? StandardPolicy.Payers;
        var pays = (await PaymentKinds.TimesAsync(
            database, new Dictionary<Guid, PayerBenchmarks> { [id] = benchmarks }, http.RequestAborted))[id]
            .By(benchmarks) ?? PaymentTimes.Of(known.Curve, benchmarks);
        return Results.Json(
            new PaymentBehaviourView(
                id, known.Items, known.AverageDays is { } days ? decimal.Round(days, 2) : null,
                known.Curve.DayBy(0.1m), known.Curve.DayBy(0.5m), known.Curve.DayBy(0.9m),
                [.. Days.Select(day => new PaidShare(day, decimal.Round(known.Curve.PaidBy(day), 4)))], pays,
                pays.Rate(benchmarks), await CustomerRisks.FindAsync(database, id, http.RequestAborted)),
            Json.Wire);
    }
}
