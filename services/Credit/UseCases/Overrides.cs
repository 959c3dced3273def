using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What a person let go.</summary>
public enum OverrideKind
{
    /// <summary>An order, although something stood against it.</summary>
    Order,

    /// <summary>A hold of the account.</summary>
    Hold,
}

/// <summary>What a person let go against a rule.</summary>
/// <param name="Id">The override; an order may have several.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="OrderId">The order, as its system names it; null for a hold.</param>
/// <param name="Amount">What the order was worth then; null for a hold.</param>
/// <param name="Limit">What the limit granted then, in the account's currency; null for a hold, and for overrides from
/// before it was kept.</param>
/// <param name="Exposure">What counted with the order, in the account's currency; null where the limit is.</param>
/// <param name="Available">What was left of the limit; below zero when over; null for a hold.</param>
/// <param name="Overridden">Codes of all that stood against it; of a hold its own.</param>
/// <param name="Reasons">The same in words.</param>
/// <param name="ReasonCode">The policy's code of why it was let go, or null.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="ReleasedOn">The day, in the calendar of the legal entity.</param>
/// <param name="ReleasedAt">When.</param>
/// <param name="ReleasedBy">Who let it go; the last who approved, where it had to be approved.</param>
/// <param name="RequestedBy">Who asked for it, where it had to be approved; else null.</param>
/// <param name="ApprovalId">The approval, or null.</param>
/// <param name="Until">Last day of the override; of a rule's hold the last day on which the rule places no other. Null
/// where it has none.</param>
/// <param name="Status">Where the order stands now; null for a hold.</param>
/// <param name="Kind">What was let go.</param>
/// <param name="HoldId">The hold; null for an order.</param>
public sealed record OverrideItem(
    Guid Id, string LegalEntity, Guid CustomerId, string CustomerName, string? OrderId, Money? Amount, Money? Limit,
    Money? Exposure, Money? Available, string Overridden, IReadOnlyList<OrderReason> Reasons, string? ReasonCode,
    string Reason, DateOnly ReleasedOn, DateTimeOffset ReleasedAt, string ReleasedBy, string? RequestedBy,
    Guid? ApprovalId, DateOnly? Until, OrderStatus? Status, OverrideKind Kind, Guid? HoldId);

/// <summary>
/// <c>GET /v1/credit/portfolio/overrides?from=&amp;until=&amp;kind=</c>: orders that people let go against a rule, and
/// holds, by the day they did so, the last 30 days by default; also CSV and XLSX. An override stays in it whatever
/// becomes of the order.
/// </summary>
public static class Overrides
{
    private const int DefaultDays = 30;

    private const string Select =
        "select v.override_id as Id, a.legal_entity as LegalEntity, v.customer_id as CustomerId, " +
        "a.name as CustomerName, v.order_id as OrderId, v.amount as Amount, v.currency as Currency, " +
        "v.granted as Granted, v.available as Available, a.currency as AccountCurrency, v.reasons::text as Reasons, " +
        "v.reason_code as ReasonCode, v.reason as Reason, v.released_on as ReleasedOn, v.released_at as ReleasedAt, " +
        "v.released_by as ReleasedBy, p.requested_by as RequestedBy, v.approval_id as ApprovalId, " +
        "v.reserved_until as Until, o.status as Status, v.hold_id as HoldId from credit_overrides v " +
        "join credit_accounts a on a.customer_id = v.customer_id " +
        "left join order_checks o on o.customer_id = v.customer_id and o.order_id = v.order_id " +
        "left join approvals p on p.approval_id = v.approval_id " +
        "where v.released_on between @from and @until " +
        "and (@customerId::uuid is null or v.customer_id = @customerId) " +
        "and (@releasedBy::text is null or v.released_by = @releasedBy) " +
        "and (@kind::text is null or (v.hold_id is not null) = (@kind = 'hold')) " +
        "and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities))";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("v.override_id", row => row.Id, standard: "releasedOn")
            .By("releasedOn", "v.released_on", row => row.ReleasedOn)
            .By("available", "coalesce(v.available, 0)", row => row.Available ?? 0);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credit/portfolio/overrides", HandleAsync)
        .RequireScope(Scopes.CreditRead).Produces<Page<OverrideItem>>()
        .WithSummary("Orders and holds that people let go against a rule in a period");

    private static async Task<IResult> HandleAsync(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? legalEntity, DateOnly? from,
        DateOnly? until, Guid? customerId, string? releasedBy, string? kind)
    {
        var last = until ?? clock.Today("UTC").AddDays(1);
        var first = from ?? last.AddDays(-Math.Min(DefaultDays, last.DayNumber));
        if (first > last)
            return Problems.Malformed("bad-period", "/from", "from is after until.");
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, legalEntity,
            new
            {
                from = first,
                until = last,
                customerId,
                releasedBy,
                kind = EnumFilter.Text<OverrideKind>("kind", kind),
            });
        return Listing.Result(http, rows.Select(row => row.Item));
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string? OrderId { get; init; }
        public decimal? Amount { get; init; }
        public string? Currency { get; init; }
        public decimal? Granted { get; init; }
        public decimal? Available { get; init; }
        public string AccountCurrency { get; init; } = "";
        public string Reasons { get; init; } = "";
        public string? ReasonCode { get; init; }
        public string Reason { get; init; } = "";
        public DateOnly ReleasedOn { get; init; }
        public DateTimeOffset ReleasedAt { get; init; }
        public string ReleasedBy { get; init; } = "";
        public string? RequestedBy { get; init; }
        public Guid? ApprovalId { get; init; }
        public DateOnly? Until { get; init; }
        public string? Status { get; init; }
        public Guid? HoldId { get; init; }

        public OverrideItem Item
        {
            get
            {
                var reasons = JsonSerializer.Deserialize<IReadOnlyList<OrderReason>>(Reasons, Json.Wire)!;
                var (limit, available) = (In(Granted, AccountCurrency), In(Available, AccountCurrency));
                return new OverrideItem(
                    Id, LegalEntity, CustomerId, CustomerName, OrderId, In(Amount, Currency), limit, limit - available,
                    available, string.Join(", ", reasons.Select(reason => reason.Code)), reasons, ReasonCode, Reason,
                    ReleasedOn, ReleasedAt, ReleasedBy, RequestedBy, ApprovalId, Until,
                    Status is null ? null : Enum.Parse<OrderStatus>(Status, ignoreCase: true),
                    HoldId is null ? OverrideKind.Order : OverrideKind.Hold, HoldId);
            }
        }

        private static Money? In(decimal? amount, string? currency) =>
            amount is { } known && currency is not null ? Money.Of(known, currency) : null;
    }
}
