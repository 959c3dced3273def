using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Rates;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Exchange rates of a day.</summary>
/// <param name="Base">The currency they lead to, ISO 4217: the base currency of legal entities.</param>
/// <param name="Rates">What one unit of each currency is worth in the base.</param>
public sealed record PublishRatesRequest(string Base, IReadOnlyDictionary<string, decimal> Rates);

/// <summary>
/// <c>PUT /v1/credit/exchange-rates/{date}</c>: the rates of a day, by which exposure in other currencies counts. They
/// move limits, exposure and the bands of authority of all at once, so whoever works with customers does not enter
/// them: that takes the right to run the system, as the policy does.
/// </summary>
public static class PublishRates
{
    private const int MostRates = 200;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/v1/credit/exchange-rates/{date}", Handle)
            .RequireScope(Scopes.Admin)
            .Produces<RatesPublished>()
            .WithSummary("Publish the exchange rates of a day");

    private static async Task<IResult> Handle(
        DateOnly date, PublishRatesRequest request, HttpCommand command, DecisionBooks books)
    {
        if (new Validation()
            .Required("/base", request.Base, max: 3)
            .Check(request.Rates.Count is > 0 and <= MostRates, "/rates", $"are none or more than {MostRates}")
            .Check(date > DateOnly.MinValue.AddYears(1) && date.Year < 9999, "/date", "is out of bounds")
            .Problem is { } problem)
            return problem;
        // Every legal entity with this base counts by them.
        if (command.Caller.Deny(Caller.AllEntities) is { } denied)
            return await command.RefuseAsync(denied);
        var rates = new RatesPublished(request.Base, date, request.Rates);
        var answer = await command.DecideAsync(
            RateStream.Type, RateStream.Id(request.Base, date), sheet => RatesDecider.Publish(sheet, rates),
            decided => Reply.Ok(decided.State.Published!, decided.Version));
        books.Forget();
        return answer;
    }
}
