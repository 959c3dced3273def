using System.Net;
using System.Text.Json;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>
/// What waits for approval anywhere, in one list: each service answers for its own requests, here they are merged by
/// the time they were made. All services cut their pages by that time and the identifier, so one cursor serves them
/// all. A service that is away is named in <c>unavailable</c>, one whose scope the caller lacks in <c>denied</c>.
/// </summary>
public static class ApprovalInbox
{
    private const string OldestFirst = "requestedAt";
    private const string NewestFirst = "-requestedAt";

    /// <summary>A request for approval.</summary>
    /// <param name="Id">Its identifier.</param>
    /// <param name="Kind">What is decided, e.g. <c>write-off</c>.</param>
    /// <param name="Status">waiting, granted, rejected, withdrawn or expired.</param>
    /// <param name="LegalEntity">Whose matrix it was judged by.</param>
    /// <param name="Amount">By which it is judged.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="RequestedBy">Who asks, and so cannot approve.</param>
    /// <param name="RequestedAt">When it was asked for.</param>
    /// <param name="Needed">How many must approve.</param>
    /// <param name="Given">How many have.</param>
    /// <param name="Roles">Who may.</param>
    /// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
    /// <param name="EscalatesAt">When others may decide, too, if it still waits then; null for never.</param>
    /// <param name="EscalatedAt">Since when they may.</param>
    /// <param name="Version">For If-Match.</param>
    /// <param name="Service">The service that carries it out.</param>
    public sealed record Item(
        Guid Id, string Kind, string Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
        DateTimeOffset RequestedAt, int Needed, int Given, IReadOnlyList<string> Roles, DateTimeOffset? ExpiresAt,
        DateTimeOffset? EscalatesAt, DateTimeOffset? EscalatedAt, long Version, string? Service = null);

    /// <summary>A page of the merged list.</summary>
    /// <param name="Items">The requests.</param>
    /// <param name="Next">Cursor of the next page; null on the last.</param>
    /// <param name="Unavailable">Services that did not answer; their requests are missing.</param>
    /// <param name="Denied">Services the caller's scopes do not reach; their requests are missing.</param>
    public sealed record View(
        IReadOnlyList<Item> Items, string? Next, IReadOnlyList<string> Unavailable, IReadOnlyList<string> Denied);

    internal static void MapApprovalInbox(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/approvals", ListAsync)
            .RequireAuthorization()
            .RequireRateLimiting(CallerLimits.Policy)
            .WithTags("Approvals")
            .WithSummary("Requests for approval of all services")
            .Produces<View>();

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, IHttpClientFactory clients,
        CancellationToken cancellation, string? status = null, string? legalEntity = null, string? kind = null,
        bool forMe = false, bool? escalated = null)
    {
        var sort = query.Sort ?? OldestFirst;
        if (sort is not (OldestFirst or NewestFirst))
            return Problems.Malformed("bad-sort", "/sort", $"This list sorts by {OldestFirst} or {NewestFirst}.");
        var path = "/v1/approvals" + QueryString.Create(new Dictionary<string, string?>
        {
            ["limit"] = $"{query.Limit}",
            ["sort"] = sort,
            ["cursor"] = query.Cursor,
            ["status"] = status,
            ["legalEntity"] = legalEntity,
            ["kind"] = kind,
            ["forMe"] = forMe ? "true" : null,
            ["escalated"] = escalated is { } wish ? (wish ? "true" : "false") : null,
        }.Where(pair => pair.Value is not null));
        var answers = await clients.ReadAllAsync(path, http.Request, cancellation);

        // What one service cannot read, such as a damaged cursor, none can.
        if (answers.FirstOrDefault(answer => answer.Status == HttpStatusCode.BadRequest) is { } wrong)
            return wrong.AsResult();
        if (!answers.Any(answer => answer.IsGood))
            return answers.FirstOrDefault(answer => !answer.IsAway)?.AsResult() ?? Problems.Unavailable();
        var view = Merge(answers, sort, query.Limit);

        // JSON says what is missing; rows would pass for all there is.
        if (view.Unavailable.Count > 0 && Tables.IsWanted(http.Request))
            return Problems.Unavailable($"{string.Join(", ", view.Unavailable)} does not answer. Try again shortly.");
        return Listing.Result(http, new Page<Item>(view.Items, view.Next), view);
    }

    private static View Merge(IReadOnlyList<ServiceAnswer> answers, string sort, int limit)
    {
        var pages = answers.Where(answer => answer.IsGood)
            .Select(answer => (answer.Service, Page: answer.Body.Deserialize<Page<Item>>(Json.Wire)!)).ToList();
        var all = pages.SelectMany(one => one.Page.Items.Select(item => item with { Service = one.Service }));

        // The database compares identifiers byte by byte, which is how their text compares.
        List<Item> items =
        [
            .. (sort == OldestFirst
                ? all.OrderBy(item => item.RequestedAt).ThenBy(item => $"{item.Id}", StringComparer.Ordinal)
                : all.OrderByDescending(item => item.RequestedAt)
                    .ThenByDescending(item => $"{item.Id}", StringComparer.Ordinal)).Take(limit),
        ];
        var more = pages.Any(one => one.Page.Next is not null) || pages.Sum(one => one.Page.Items.Count) > limit;
        return new View(
            items,
            more ? Cursor.Write(sort, [items[^1].RequestedAt, items[^1].Id]) : null,
            [.. answers.Where(answer => answer.IsAway).Select(answer => answer.Service)],
            [.. answers.Where(answer => answer.Status == HttpStatusCode.Forbidden).Select(answer => answer.Service)]);
    }
}
