using Npgsql;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A segment with a limit, as orders of its customers are decided against it.</summary>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Segment">As Invoicing names it.</param>
/// <param name="Limit">Most that all its customers may owe together.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="Exposure">What counts of all its customers, in the currency of the limit.</param>
/// <param name="Available">What is left of what the limit grants today; below zero when over.</param>
/// <param name="Unknown">What cannot be converted into that currency.</param>
/// <param name="Customers">Customers with something at risk, or paid ahead.</param>
/// <param name="Version">Version of the segment.</param>
public sealed record SegmentView(
    string LegalEntity, string Segment, Money Limit, DateOnly? ExpiresOn, Money Exposure, Money Available,
    IReadOnlyList<Money> Unknown, int Customers, long Version);

/// <summary>A segment in the list.</summary>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Segment">As Invoicing names it.</param>
/// <param name="Limit">Most that all its customers may owe together.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
public sealed record SegmentItem(string LegalEntity, string Segment, Money Limit, DateOnly? ExpiresOn);

/// <summary>
/// <c>GET /v1/credit/segments</c>, and <c>…/{legalEntity}/{segment}</c> with what its customers have at risk together.
/// </summary>
public static class ReadSegments
{
    private const string Select =
        "select s.legal_entity as LegalEntity, s.segment as Segment, s.limit_amount as Amount, " +
        "s.currency as Currency, s.expires_on as ExpiresOn from credit_segments s " +
        "where (@legalEntity::text is null or s.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or s.legal_entity = any(@entities))";

    private const string HasCustomers =
        "select exists (select 1 from credit_accounts where legal_entity = $1 and segment = $2)";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>(
            "s.legal_entity || '/' || s.segment", row => $"{row.LegalEntity}/{row.Segment}", standard: "segment")
            .By("segment", "s.segment", row => row.Segment)
            .By("limit", "s.limit_amount", row => row.Amount);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/segments", ListAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<SegmentItem>>().WithSummary("Segments with a limit");
        routes.MapGet("/v1/credit/segments/{legalEntity}/{segment}", GetAsync)
            .RequireScope(Scopes.CreditRead).Produces<SegmentView>()
            .WithSummary("A segment and what its customers have at risk together");
    }

    /// <summary>True where the legal entity has customers in the segment.</summary>
    public static async Task<bool> HasCustomersAsync(
        NpgsqlDataSource database, SegmentLimitSet limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(HasCustomers);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = limit.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = limit.Segment });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>True where segments of the legal entity have limits.</summary>
    public static async Task<bool> HasLimitsAsync(
        NpgsqlDataSource database, string legalEntity, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select exists (select 1 from credit_segments where legal_entity = $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<IResult> GetAsync(
        string legalEntity, string segment, HttpContext http, EventStore store, DecisionBooks books,
        GroupReader groups)
    {
        var cancellation = http.RequestAborted;
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var (now, version) = await store.LoadAsync(
            SegmentStream.Type, SegmentStream.Id(legalEntity, segment), cancellation);
        if (now.Limit is not { } limit)
            return Problems.From(Refusal.NotFound("segment with a limit", segment));
        var facts = await books.FactsAsync(legalEntity, cancellation);
        var (counted, unknown, customers) = await groups.SegmentAsync(limit, null, facts, cancellation);
        return Reply.Ok(
            new SegmentView(
                legalEntity, segment, limit.Limit, limit.ExpiresOn, counted, now.GrantedOn(facts.Today) - counted,
                unknown, customers, version),
            version);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, string? legalEntity)
    {
        var rows = await store.ReadPageAsync(http, Order.For(query), Select, legalEntity);
        return Listing.Result(http, rows.Select(row => new SegmentItem(
            row.LegalEntity, row.Segment, Money.Of(row.Amount, row.Currency), row.ExpiresOn)));
    }

    private sealed record Row
    {
        public string LegalEntity { get; init; } = "";
        public string Segment { get; init; } = "";
        public decimal Amount { get; init; }
        public string Currency { get; init; } = "";
        public DateOnly? ExpiresOn { get; init; }
    }
}
