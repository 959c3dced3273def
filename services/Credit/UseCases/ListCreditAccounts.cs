using System.Text.RegularExpressions;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A credit account in the list; amounts are in the account's currency.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call the customer.</param>
/// <param name="Name">Registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Limit">Most it may owe, or null when none was ever set.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="Exposure">What is at risk.</param>
/// <param name="Available">What is left of the limit; below zero when over.</param>
/// <param name="Utilisation">Exposure as a part of what is granted today, 1 = all of it; null where nothing is
/// granted.</param>
/// <param name="IsOverLimit">True when more is at risk than is granted today.</param>
public sealed record CreditAccountItem(
    Guid CustomerId, string Number, string Name, string LegalEntity, Money? Limit, DateOnly? ExpiresOn, Money Exposure,
    Money Available, decimal? Utilisation, bool IsOverLimit);

/// <summary><c>GET /v1/credit/accounts</c>: who uses how much of their limit.</summary>
public static partial class ListCreditAccounts
{
    /// <summary>
    /// What a limit grants today, in the calendar of its legal entity, is worked out where the rows are.
    /// </summary>
    private const string Accounts =
        "select a.customer_id as CustomerId, a.number as Number, a.name as Name, a.legal_entity as LegalEntity, " +
        "a.currency as Currency, a.limit_amount as LimitAmount, a.limit_expires_on as ExpiresOn, " +
        "coalesce(x.open_receivables + x.open_orders - x.unapplied_cash, 0) as Exposure, " +
        "case when a.limit_expires_on < (@now::timestamptz at time zone coalesce(e.time_zone, 'UTC'))::date then 0 " +
        "else coalesce(a.limit_amount, 0) end as Granted " +
        "from credit_accounts a left join legal_entities e on e.code = a.legal_entity " +
        "left join credit_exposures x on x.customer_id = a.customer_id and x.currency = a.currency " +
        "where (@legalEntity::text is null or a.legal_entity = @legalEntity) and (@all " +
        "or a.legal_entity = any(@entities)) " +
        "and (@q::text is null or a.name ilike @q or a.number ilike @q)";

    private const string Select =
        "select r.*, case when r.Granted > 0 then round(r.Exposure / r.Granted, 6) else 0 end as Utilisation, " +
        "r.Granted - r.Exposure as Available from (" + Accounts + ") r";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("s.CustomerId", row => row.CustomerId, standard: "name")
        .By("name", "s.Name", row => row.Name)
        .By("exposure", "s.Exposure", row => row.Exposure)
        .By("available", "s.Available", row => row.Available)
        .By("utilisation", "s.Utilisation", row => row.Utilisation);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/accounts", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<Page<CreditAccountItem>>()
            .WithSummary("Credit accounts with their utilisation");

    private static async Task<IResult> Handle(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? legalEntity, string? q,
        bool? overLimit)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        var caller = Caller.Of(http);
        parameters.AddDynamicParams(new
        {
            now = clock.GetUtcNow(),
            legalEntity,
            q = Like(q),
            overLimit,
            all = caller.Entities.Contains(Caller.AllEntities),
            entities = caller.Entities.ToArray(),
        });
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select s.* from ({Select}) s where (@overLimit::boolean is null or (s.Available < 0) = @overLimit) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}", parameters,
            cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(Item));
    }

    /// <summary>The text anywhere in the column, its own wildcards taken literally.</summary>
    private static string? Like(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : $"%{Wildcards().Replace(text.Trim(), @"\$0")}%";

    private static CreditAccountItem Item(Row row) => new(
        row.CustomerId, row.Number, row.Name, row.LegalEntity,
        row.LimitAmount is { } limit ? Money.Of(limit, row.Currency) : null, row.ExpiresOn,
        Money.Of(row.Exposure, row.Currency), Money.Of(row.Available, row.Currency),
        row.Granted > 0 ? row.Utilisation : null, row.Available < 0);

    [GeneratedRegex(@"[\\%_]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Wildcards();

    private sealed record Row
    {
        public Guid CustomerId { get; init; }
        public string Number { get; init; } = "";
        public string Name { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal? LimitAmount { get; init; }
        public DateOnly? ExpiresOn { get; init; }
        public decimal Exposure { get; init; }
        public decimal Granted { get; init; }
        public decimal Available { get; init; }
        public decimal Utilisation { get; init; }
    }
}
