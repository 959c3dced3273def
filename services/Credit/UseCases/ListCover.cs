using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A guarantee or an insurance in the list.</summary>
/// <param name="CoverId">The cover.</param>
/// <param name="CustomerId">Whose debts it covers.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Kind"><c>guarantee</c>, <c>letter-of-credit</c>, <c>insurance</c> or <c>deposit</c>.</param>
/// <param name="Provider">Who answers.</param>
/// <param name="Reference">Number of the policy or deed.</param>
/// <param name="Cover">The most it pays.</param>
/// <param name="Percent">Part of a loss that it pays.</param>
/// <param name="From">First day.</param>
/// <param name="Until">Last day, or null.</param>
public sealed record CoverItem(
    Guid CoverId, Guid CustomerId, string CustomerName, string LegalEntity, string Kind, string Provider,
    string Reference, Money Cover, decimal Percent, DateOnly From, DateOnly? Until);

/// <summary>
/// <c>GET /v1/credit/cover?endsBy=</c>: guarantees and insurance, the first to end first; those that have ended only
/// where <c>ended=true</c> asks for them.
/// </summary>
public static class ListCover
{
    private const string Select =
        "select c.cover_id as CoverId, c.customer_id as CustomerId, a.name as CustomerName, " +
        "a.legal_entity as LegalEntity, c.kind as Kind, c.provider as Provider, c.reference as Reference, " +
        "c.amount as Amount, c.currency as Currency, c.percent as Percent, c.valid_from as ValidFrom, " +
        "c.valid_until as ValidUntil from credit_cover c join credit_accounts a on a.customer_id = c.customer_id " +
        "left join legal_entities e on e.code = a.legal_entity " +
        "where (@customerId::uuid is null or c.customer_id = @customerId) " +
        "and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities)) " +
        "and (@endsBy::date is null or c.valid_until <= @endsBy) " +
        "and coalesce(c.valid_until < (@now at time zone coalesce(e.time_zone, 'UTC'))::date, false) = @ended";

    private static readonly DateOnly Never = new(9999, 1, 1);

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("c.cover_id", row => row.CoverId, "until")
        .By("until", "coalesce(c.valid_until, date '9999-01-01')", row => row.ValidUntil ?? Never)
        .By("cover", "c.amount", row => row.Amount);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/credit/cover", HandleAsync)
        .RequireScope(Scopes.CreditRead).Produces<Page<CoverItem>>().WithSummary("Guarantees and insurance");

    private static async Task<IResult> HandleAsync(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? legalEntity,
        Guid? customerId, DateOnly? endsBy, bool? ended)
    {
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, legalEntity,
            new { customerId, endsBy, ended = ended ?? false, now = clock.GetUtcNow() });
        return Listing.Result(http, rows.Select(row => row.Item));
    }

    private sealed record Row
    {
        public Guid CoverId { get; init; }
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Provider { get; init; } = "";
        public string Reference { get; init; } = "";
        public decimal Amount { get; init; }
        public string Currency { get; init; } = "";
        public decimal Percent { get; init; }
        public DateOnly ValidFrom { get; init; }
        public DateOnly? ValidUntil { get; init; }

        public CoverItem Item => new(
            CoverId, CustomerId, CustomerName, LegalEntity, Kind, Provider, Reference, Money.Of(Amount, Currency),
            Percent, ValidFrom, ValidUntil);
    }
}
