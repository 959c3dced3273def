using System.Net;
using System.Text.Json.Nodes;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>
/// Everything about one customer in one answer, read from all four services at once. A part whose service is away
/// is null and its service is named in <c>unavailable</c>, as it is when it answers anything but the part; a part the
/// caller may not read is null and named in <c>denied</c>.
/// </summary>
public static class CustomerAccount
{
    private static readonly (string Name, string Service, string Path)[] Parts =
    [
        ("customer", "invoicing", "/v1/customers/{0}"),
        ("invoices", "invoicing", "/v1/invoices?customerId={0}&limit=100"),
        ("receipts", "cash-application", "/v1/receipts?customerId={0}&limit=100"),
        ("credit", "credit", "/v1/credit/accounts/{0}"),
        ("activities", "collections", "/v1/collections/activities?customerId={0}&limit=50"),
        ("notices", "collections", "/v1/collections/notices?customerId={0}&limit=50"),
    ];

    /// <summary>The composed account.</summary>
    /// <param name="CustomerId">The customer.</param>
    /// <param name="Customer">As Invoicing has it, or null.</param>
    /// <param name="Invoices">Latest invoices: a list page of Invoicing, or null.</param>
    /// <param name="Receipts">Latest receipts: a list page of CashApplication, or null.</param>
    /// <param name="Credit">Limit, exposure and holds, or null; also null when Credit does not know the customer
    /// yet.</param>
    /// <param name="Activities">Latest contacts: a list page of Collections, or null.</param>
    /// <param name="Notices">Latest dunning notices: a list page of Collections, or null.</param>
    /// <param name="Unavailable">Services that did not answer, or not so; these parts are null.</param>
    /// <param name="Denied">Services the caller's scopes do not reach; their parts are null.</param>
    public sealed record View(
        Guid CustomerId, JsonNode? Customer, JsonNode? Invoices, JsonNode? Receipts, JsonNode? Credit,
        JsonNode? Activities, JsonNode? Notices, IReadOnlyList<string> Unavailable, IReadOnlyList<string> Denied);

    internal static void MapCustomerAccount(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/customers/{id:guid}/account", HandleAsync)
            .RequireAuthorization()
            .RequireRateLimiting(CallerLimits.Policy)
            .WithName("GetCustomerAccount")
            .WithTags("Customers")
            .WithSummary("A customer's account, composed from all services")
            .Produces<View>()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(
        Guid id, HttpContext http, IHttpClientFactory clients, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(Parts.Select(part => clients.ReadAsync(
            part.Service, string.Format(null, part.Path, id), http.Request, cancellation)));
        return answers[0].Status == HttpStatusCode.NotFound
            ? Problems.From(Kernel.Refusal.NotFound("customer", id))
            : Results.Ok(Compose(id, answers));
    }

    /// <summary>The account out of one answer for each part.</summary>
    internal static View Compose(Guid id, IReadOnlyList<ServiceAnswer> answers)
    {
        return new View(
            id, Part(0), Part(1), Part(2), Part(3), Part(4), Part(5),
            Services(answer => answer.IsMissing), Services(answer => answer.IsDenied));

        JsonNode? Part(int index) => answers[index].IsGood ? answers[index].Body : null;

        IReadOnlyList<string> Services(Func<ServiceAnswer, bool> match) =>
            [.. answers.Where(match).Select(answer => answer.Service).Distinct()];
    }
}
