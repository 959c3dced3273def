using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>The customers of one legal entity, currency and risk class together.</summary>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Currency">Of the accounts; currencies are never added up.</param>
/// <param name="RiskClass">A to E; null for customers without one.</param>
/// <param name="Customers">How many.</param>
/// <param name="Granted">What is granted today.</param>
/// <param name="Exposure">What counts against it, cover not taken off.</param>
/// <param name="Secured">What guarantees and insurance cover of it.</param>
/// <param name="Utilisation">What counts, less cover, as a part of what is granted; null where nothing is.</param>
/// <param name="OverLimit">Customers of whom more counts than is granted.</param>
/// <param name="OnHold">Customers whose account is held today.</param>
/// <param name="HeldOrders">Orders that wait.</param>
/// <param name="OpenReviews">Reviews and applications that are not decided.</param>
public sealed record PortfolioRow(
    string LegalEntity, string Currency, string? RiskClass, long Customers, Money Granted, Money Exposure,
    Money Secured, decimal? Utilisation, long OverLimit, long OnHold, long HeldOrders, long OpenReviews);

/// <summary>How much of all that is at risk is with one customer, or with one and all below it.</summary>
/// <param name="CustomerId">The customer, or the one at the head.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Name">Registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="RiskClass">A to E, or null.</param>
/// <param name="Exposure">What counts, less cover.</param>
/// <param name="Share">Of the legal entity's customers in the currency, 1 = all of it.</param>
/// <param name="Cumulated">The same with all that have more.</param>
/// <param name="Customers">How many customers it is with.</param>
public sealed record ConcentrationRow(
    Guid CustomerId, string Number, string Name, string LegalEntity, string? RiskClass, Money Exposure, decimal Share,
    decimal Cumulated, long Customers);

/// <summary>
/// <c>GET /v1/credit/portfolio</c>, by legal entity, currency and risk class, and
/// <c>GET /v1/credit/portfolio/concentration</c>, the customers with the most at risk, or with <c>?by=parent</c> those
/// at the heads of their hierarchies with all below them: as JSON, CSV or XLSX. What is at risk with a duplicate counts
/// with the customer it was merged into.
/// </summary>
public static class Portfolio
{
    private const string Seen =
        "where (@legalEntity::text is null or p.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or p.legal_entity = any(@entities)) and a.status <> 'merged'";

    private const string Classes =
        $"""
        select p.legal_entity as LegalEntity, p.currency as Currency, a.risk_class as RiskClass,
               count(*) as Customers, sum(p.granted) as Granted, sum(p.gross) as Exposure, sum(p.secured) as Secured,
               case when sum(p.granted) > 0 then round(sum(p.counted) / sum(p.granted), 6) end as Utilisation,
               count(*) filter (where p.counted > p.granted) as OverLimit,
               count(*) filter (where exists (
                   select 1 from credit_standing_holds h where h.customer_id = p.customer_id
                       and (h.until is null or h.until >= p.today))) as OnHold,
               coalesce(sum((select count(*) from order_checks o
                   where o.customer_id = p.customer_id and o.status = 'held')), 0)::bigint as HeldOrders,
               coalesce(sum((select count(*) from credit_applications c
                   where c.customer_id = p.customer_id and c.status in
                       ('assessing', 'in-review', 'information-needed', 'awaiting-approval'))), 0)::bigint
                   as OpenReviews
        from credit_positions(@now, @legalEntity) p join credit_accounts a on a.customer_id = p.customer_id
        {Seen}
        group by p.legal_entity, p.currency, a.risk_class
        order by p.legal_entity, p.currency, a.risk_class
        """;

    /// <summary>
    /// Whoever is furthest above and whom the caller may see; deeper hierarchies are cut off: a circle would never end.
    /// </summary>
    private const string Largest =
        $"""
        with recursive heads (customer_id, above, depth) as (
            select c.customer_id, c.parent_id, 0 from credit_accounts c
            where @byParent and c.parent_id is not null
            union all
            select h.customer_id, c.parent_id, h.depth + 1
            from heads h join credit_accounts c on c.customer_id = h.above
            where h.depth < 20 and c.parent_id is not null
        ), tops as (
            select distinct on (h.customer_id) h.customer_id, h.above
            from heads h join credit_accounts c on c.customer_id = h.above
            where (@entities::text[] is null or c.legal_entity = any(@entities))
            order by h.customer_id, h.depth desc
        ), counted as (
            select coalesce(t.above, p.customer_id) as customer_id, p.legal_entity, p.currency,
                   sum(p.counted) as exposure, count(*) as customers
            from credit_positions(@now, @legalEntity) p join credit_accounts a on a.customer_id = p.customer_id
            left join tops t on t.customer_id = p.customer_id
            {Seen} and p.counted > 0
            group by coalesce(t.above, p.customer_id), p.legal_entity, p.currency
        )
        select s.* from (
            select c.customer_id as CustomerId, a.number as Number, a.name as Name, c.legal_entity as LegalEntity,
                   c.currency as Currency, a.risk_class as RiskClass, c.exposure as Exposure, c.customers as Customers,
                   round(c.exposure / sum(c.exposure) over whole, 6) as Share,
                   round(sum(c.exposure) over (
                       partition by c.legal_entity, c.currency order by c.exposure desc, c.customer_id)
                       / sum(c.exposure) over whole, 6) as Cumulated
            from counted c join credit_accounts a on a.customer_id = c.customer_id
            window whole as (partition by c.legal_entity, c.currency)) s
        order by s.LegalEntity, s.Currency, s.Exposure desc, s.CustomerId limit @most
        """;

    private const int MostRows = 1_000;
    private const string Customer = "customer";
    private const string Parent = "parent";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/portfolio", ClassesAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<PortfolioRow>>()
            .WithSummary("Limits, exposure, holds and reviews by risk class");
        routes.MapGet("/v1/credit/portfolio/concentration", LargestAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<ConcentrationRow>>()
            .WithSummary("Customers with the most at risk, and their share");
    }

    private static async Task<IResult> ClassesAsync(
        HttpContext http, EventStore store, TimeProvider clock, string? legalEntity) => Listing.Result(
        http, new Page<PortfolioRow>(
            [.. (await ReadAsync<ClassRow>(http, store, clock, Classes, legalEntity)).Select(row => row.Item)], null));

    private static async Task<IResult> LargestAsync(
        HttpContext http, EventStore store, TimeProvider clock, string? legalEntity, string? by)
    {
        if (by is not (null or Customer or Parent))
            return Problems.Malformed("bad-grouping", "/by", $"by is {Customer} or {Parent}.");
        var rows = await ReadAsync<CustomerRow>(http, store, clock, Largest, legalEntity, by == Parent);
        return Listing.Result(http, new Page<ConcentrationRow>([.. rows.Select(row => row.Item)], null));
    }

    private static async Task<IEnumerable<T>> ReadAsync<T>(
        HttpContext http, EventStore store, TimeProvider clock, string sql, string? legalEntity,
        bool byParent = false)
    {
        var caller = Caller.Of(http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        return await connection.QueryAsync<T>(new CommandDefinition(
            sql,
            new
            {
                now = clock.GetUtcNow(),
                legalEntity,
                entities = caller.EntityFilter(legalEntity),
                most = MostRows,
                byParent,
            },
            cancellationToken: http.RequestAborted));
    }

    private sealed record ClassRow
    {
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public string? RiskClass { get; init; }
        public long Customers { get; init; }
        public decimal Granted { get; init; }
        public decimal Exposure { get; init; }
        public decimal Secured { get; init; }
        public decimal? Utilisation { get; init; }
        public long OverLimit { get; init; }
        public long OnHold { get; init; }
        public long HeldOrders { get; init; }
        public long OpenReviews { get; init; }

        public PortfolioRow Item => new(
            LegalEntity, Currency, RiskClass, Customers, Money.Of(Granted, Currency), Money.Of(Exposure, Currency),
            Money.Of(Secured, Currency), Utilisation, OverLimit, OnHold, HeldOrders, OpenReviews);
    }

    private sealed record CustomerRow
    {
        public Guid CustomerId { get; init; }
        public string Number { get; init; } = "";
        public string Name { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public string? RiskClass { get; init; }
        public decimal Exposure { get; init; }
        public decimal Share { get; init; }
        public decimal Cumulated { get; init; }
        public long Customers { get; init; }

        public ConcentrationRow Item => new(
            CustomerId, Number, Name, LegalEntity, RiskClass, Money.Of(Exposure, Currency), Share, Cumulated,
            Customers);
    }
}
