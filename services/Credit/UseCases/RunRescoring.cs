using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/rescoring-runs</c>: scores all customers of a legal entity anew, now; it happens by itself each
/// day.
/// </summary>
public static class RunRescoring
{
    /// <summary>Whose customers.</summary>
    /// <param name="LegalEntity">Its code.</param>
    public sealed record Request(string LegalEntity);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/rescoring-runs", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<RescoringResult>()
            .WithSummary("Score all customers of a legal entity anew");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, DecisionBooks books, Rescoring rescoring)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return Problems.From(denied);
        return await books.KnowsAsync(request.LegalEntity, command.Cancellation)
            ? await command.RepeatableAsync(
                async end => Reply.Ok(await rescoring.RunAsync(request.LegalEntity, end)))
            : Problems.From(Refusal.NotFound("legal entity", request.LegalEntity));
    }
}
