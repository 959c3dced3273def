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
/// <param name="Status">Where the customer stands with Invoicing.</param>
/// <param name="RiskClass">A to E, or null.</param>
/// <param name="Limit">Most it may owe today, or null when no limit was ever set.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="Exposure">What counts against the limit, cover not taken off.</param>
/// <param name="Secured">What guarantees and insurance cover of it.</param>
/// <param name="Available">What is left of the limit; below zero when over.</param>
/// <param name="Utilisation">What counts, less cover, as a part of what is granted today, 1 = all of it; null where
/// nothing is granted.</param>
/// <param name="IsOverLimit">True when more counts than is granted today.</param>
/// <param name="HasUnknown">Something is at risk in a currency without an exchange rate, and does not count.</param>
/// <param name="Holds">Codes of the holds in force today.</param>
public sealed record CreditAccountItem(
    Guid CustomerId, string Number, string Name, string LegalEntity, string Status, string? RiskClass, Money? Limit,
    DateOnly? ExpiresOn, Money Exposure, Money Secured, Money Available, decimal? Utilisation, bool IsOverLimit,
    bool HasUnknown, IReadOnlyList<string> Holds);

/// <summary>
/// <c>GET /v1/credit/accounts</c>: who uses how much of their limit; <c>?onHold=true</c> whose account is held today.
/// </summary>
public static partial class ListCreditAccounts
{
    private const string Filters =
        "(@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities)) " +
        "and (@riskClass::text is null or a.risk_class = @riskClass) " +
        "and (@q::text is null or a.name ilike @q or a.number ilike @q)";

    /// <summary>
    /// An index finds what contains a text of three letters or more; shorter ones are looked for in all.
    /// </summary>
    private const string OfIndex =
        $"{Filters} and credit_threes(a.name || ' ' || a.number) @> credit_threes(@text)";

    private const int LeastOfIndex = 3;

    private const string Select =
        "select p.customer_id as CustomerId, a.number as Number, a.name as Name, p.legal_entity as LegalEntity, " +
        "a.status as Status, a.risk_class as RiskClass, p.currency as Currency, p.limit_set as LimitAmount, " +
        "p.limit_until as ExpiresOn, p.gross as Exposure, p.secured as Secured, p.granted as Granted, " +
        "p.granted - p.counted as Available, p.has_unknown as HasUnknown, " +
        "case when p.granted > 0 then round(p.counted / p.granted, 6) else 0 end as Utilisation, array(" +
        "select distinct h.code from credit_standing_holds h where h.customer_id = p.customer_id " +
        "and (h.until is null or h.until >= p.today) order by h.code) as Holds " +
        "from credit_positions_of(@now, @legalEntity, @ids::uuid[]) p " +
        "join credit_accounts a on a.customer_id = p.customer_id where ";

    private const string SelectIds =
        "select a.customer_id as CustomerId, a.name as Name from credit_accounts a where ";

    private const string PageIds = $"select s.CustomerId from ({SelectIds}{Filters}) s where ";

    private const string PageIdsOfIndex = $"select s.CustomerId from ({SelectIds}{OfIndex}) s where ";

    private const string Chosen =
        "where (@overLimit::boolean is null or (s.Available < 0) = @overLimit) " +
        "and (@onHold::boolean is null or (cardinality(s.Holds) > 0) = @onHold) and ";

    private const string Accounts = $"select s.* from ({Select}{Filters}) s {Chosen}";

    private const string AccountsOfIndex = $"select s.* from ({Select}{OfIndex}) s {Chosen}";

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
        bool? overLimit, string? riskClass, bool? onHold)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        var caller = Caller.Of(http);
        parameters.AddDynamicParams(new
        {
            now = clock.GetUtcNow(),
            legalEntity,
            q = Like(q),
            text = q?.Trim(),
            overLimit,
            onHold,
            riskClass,
            entities = caller.EntityFilter(legalEntity),
        });
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var (selectIds, select) = q?.Trim().Length >= LeastOfIndex
            ? (PageIdsOfIndex, AccountsOfIndex)
            : (PageIds, Accounts);

        // By name alone a page is cut before anything is summed: fifty rows need no sum of a hundred thousand accounts.
        var ids = overLimit is null && onHold is null && IsByName(query)
            ? (await connection.QueryAsync<Guid>(new CommandDefinition(
                $"{selectIds}{page.Where} order by {page.OrderBy} limit {page.Limit}", parameters,
                cancellationToken: http.RequestAborted))).ToArray()
            : null;
        parameters.Add("ids", ids);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"{select}{page.Where} order by {page.OrderBy} limit {page.Limit}", parameters,
            cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(Item));
    }

    private static bool IsByName(ListQuery query) => query.Sort is null or "name" or "-name";

    /// <summary>The text anywhere in the column, its own wildcards taken literally.</summary>
    private static string? Like(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : $"%{Wildcards().Replace(text.Trim(), @"\$0")}%";

    private static CreditAccountItem Item(Row row) => new(
        row.CustomerId, row.Number, row.Name, row.LegalEntity, row.Status, row.RiskClass,
        row.LimitAmount is { } limit ? Money.Of(limit, row.Currency) : null, row.ExpiresOn,
        Money.Of(row.Exposure, row.Currency), Money.Of(row.Secured, row.Currency),
        Money.Of(row.Available, row.Currency), row.Granted > 0 ? row.Utilisation : null, row.Available < 0,
        row.HasUnknown, row.Holds);

    [GeneratedRegex(@"[\\%_]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Wildcards();

    private sealed record Row
    {
        public Guid CustomerId { get; init; }
        public string Number { get; init; } = "";
        public string Name { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Status { get; init; } = "";
        public string? RiskClass { get; init; }
        public string Currency { get; init; } = "";
        public decimal? LimitAmount { get; init; }
        public DateOnly? ExpiresOn { get; init; }
        public decimal Exposure { get; init; }
        public decimal Secured { get; init; }
        public bool HasUnknown { get; init; }
        public decimal Granted { get; init; }
        public decimal Available { get; init; }
        public decimal Utilisation { get; init; }
        public string[] Holds { get; init; } = [];
    }
}
