using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/daily-runs</c>: what the passing of a day does, now; it happens by itself each day, and doing it
/// again does no harm. While the day of the legal entity is being run it waits for its turn.
/// </summary>
public static class RunDay
{
    /// <summary>Whose day.</summary>
    /// <param name="LegalEntity">Its code.</param>
    public sealed record Request(string LegalEntity);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/daily-runs", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<DailyRunResult>()
            .WithSummary("Run the day of a legal entity");

    private static async Task<IResult> Handle(
        Request request, Caller caller, DecisionBooks books, DailyRun run, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (caller.Deny(request.LegalEntity) is { } denied)
            return Problems.From(denied);
        return await books.KnowsAsync(request.LegalEntity, cancellation)
            ? Reply.Ok(await run.RunAsync(request.LegalEntity, clock.GetUtcNow(), cancellation))
            : Problems.From(Refusal.NotFound("legal entity", request.LegalEntity));
    }
}
