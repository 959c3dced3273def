using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>GET /v1/credit/portfolio/reviews-due?until=</c>: the reviews that fall due by a day if nothing else happens, the
/// most urgent first and at most 1,000 of them; by default in the next 30 days. Also CSV and XLSX.
/// </summary>
public static class ReviewsFallingDue
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;
    private const int MostRows = 1_000;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credit/portfolio/reviews-due", HandleAsync)
        .RequireScope(Scopes.CreditRead).Produces<Page<DueReview>>()
        .WithSummary("Reviews that fall due in the next days");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DecisionBooks books, ReviewsDue reviews, TimeProvider clock, string? legalEntity,
        DateOnly? until)
    {
        var (caller, now) = (Caller.Of(http), clock.GetUtcNow());
        if (until > clock.Today("UTC").AddDays(MostDays))
            return Problems.Malformed("bad-day", "/until", "until is at most a year ahead.");
        var seen = caller.EntityFilter(legalEntity);
        var due = new List<DueReview>();
        foreach (var entity in await books.EntitiesAsync(http.RequestAborted))
        {
            if ((legalEntity ?? entity.Code) != entity.Code || seen?.Contains(entity.Code) is false)
                continue;
            var facts = await books.FactsAsync(entity.Code, http.RequestAborted);
            due.AddRange(await reviews.FallingDueAsync(
                entity.Code, entity.TimeZone, facts, now, until ?? facts.Today.AddDays(DefaultDays),
                http.RequestAborted, MostRows));
        }

        return Listing.Result(
            http,
            new Page<DueReview>(
                [.. due.OrderBy(review => review.DueOn).ThenBy(review => review.CustomerId).Take(MostRows)], null));
    }
}
