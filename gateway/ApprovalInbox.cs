using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>
    /// A request for approval, for the API document and for rows. As JSON it is passed on as its service tells it.
    /// </summary>
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
    /// <param name="ResearchRequired">Somebody wants to know more before it is decided.</param>
    /// <param name="Service">The service that carries it out.</param>
    public sealed record Item(
        Guid Id, string Kind, string Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
        DateTimeOffset RequestedAt, int Needed, int Given, IReadOnlyList<string> Roles, DateTimeOffset? ExpiresAt,
        DateTimeOffset? EscalatesAt, DateTimeOffset? EscalatedAt, long Version,
        bool ResearchRequired = false, string? Service = null);

    /// <summary>A page of the merged list.</summary>
    /// <param name="Items">The requests: each an <see cref="Item"/> with whatever its service has added since.</param>
    /// <param name="Next">Cursor of the next page; null on the last.</param>
    /// <param name="Unavailable">Services that did not answer, or not so; their requests are missing.</param>
    /// <param name="Denied">Services the caller's scopes do not reach; their requests are missing.</param>
    public sealed record View<TItem>(
        IReadOnlyList<TItem> Items, string? Next, IReadOnlyList<string> Unavailable, IReadOnlyList<string> Denied);

    internal static void MapApprovalInbox(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/approvals", ListAsync)
            .RequireAuthorization()
            .RequireRateLimiting(CallerLimits.Policy)
            .WithTags("Approvals")
            .WithSummary("Requests for approval of all services")
            .Produces<View<Item>>();

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, IHttpClientFactory clients,
        CancellationToken cancellation, string? status = null, string? legalEntity = null, string? kind = null,
        bool forMe = false, bool? escalated = null, bool? researchRequired = null)
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
            ["researchRequired"] = researchRequired is { } known ? (known ? "true" : "false") : null,
        }.Where(pair => pair.Value is not null));
        var answers = await clients.ReadAllAsync(path, http.Request, cancellation);

        // What one service cannot read, such as a damaged cursor, none can.
        if (answers.FirstOrDefault(answer => answer.Status == HttpStatusCode.BadRequest) is { } wrong)
            return wrong.AsResult();
        if (!answers.Any(answer => answer.IsGood))
            return answers.FirstOrDefault(answer => !answer.IsAway)?.AsResult() ?? Problems.Unavailable();
        var merged = Merge(answers, sort, query.Limit);
        var isTable = Tables.IsWanted(http.Request);

        // JSON says what is missing; rows would pass for all there is.
        if (merged.Unavailable.Count > 0 && isTable)
            return Problems.Unavailable($"{string.Join(", ", merged.Unavailable)} does not answer. Try again shortly.");
        var rows = isTable ? merged.Items.Select(item => item.Deserialize<Item>(Json.Wire)!) : [];
        return Listing.Result(http, new Page<Item>([.. rows], merged.Next), merged);
    }

    /// <summary>The pages of the services as one, each request with the service that carries it out.</summary>
    internal static View<JsonObject> Merge(IReadOnlyList<ServiceAnswer> answers, string sort, int limit)
    {
        var pages = answers.Where(answer => answer.IsGood)
            .Select(answer => (answer.Service, Page: answer.Body.Deserialize<Page<JsonObject>>(Json.Wire)!)).ToList();
        foreach (var (service, page) in pages)
        {
            foreach (var item in page.Items)
                item["service"] = service;
        }

        // The database compares identifiers byte by byte, which is how their text compares.
        var all = pages.SelectMany(one => one.Page.Items);
        List<JsonObject> items =
        [
            .. (sort == OldestFirst
                ? all.OrderBy(RequestedAt).ThenBy(item => $"{Id(item)}", StringComparer.Ordinal)
                : all.OrderByDescending(RequestedAt).ThenByDescending(item => $"{Id(item)}", StringComparer.Ordinal))
                .Take(limit),
        ];
        var more = pages.Any(one => one.Page.Next is not null) || pages.Sum(one => one.Page.Items.Count) > limit;
        return new View<JsonObject>(
            items,
            more ? Cursor.Write(sort, [RequestedAt(items[^1]), Id(items[^1])]) : null,
            [.. answers.Where(answer => answer.IsMissing).Select(answer => answer.Service)],
            [.. answers.Where(answer => answer.IsDenied).Select(answer => answer.Service)]);
    }

    private static DateTimeOffset RequestedAt(JsonObject item) => item["requestedAt"]!.GetValue<DateTimeOffset>();

    private static Guid Id(JsonObject item) => item["id"]!.GetValue<Guid>();
}
