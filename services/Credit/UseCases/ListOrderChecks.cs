using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>An order in the list, the queue of held ones among them.</summary>
/// <param name="Id">Stable id of the check.</param>
/// <param name="OrderId">The order, as its system names it.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Amount">What the order is worth.</param>
/// <param name="Reserved">What of it is reserved now.</param>
/// <param name="Available">What was left of the limit after the decision.</param>
/// <param name="Reasons">Everything that stood against it.</param>
/// <param name="Warnings">Everything that is to be known of it and does not stand against it.</param>
/// <param name="CheckPoint">How far it had come.</param>
/// <param name="ReleaseReason">The code of why a person released it, or null.</param>
/// <param name="ReleaseApprovalId">The approval that its release waits for, or null.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="DecidedBy">By whom.</param>
public sealed record OrderCheckItem(
    Guid Id, string OrderId, Guid CustomerId, string CustomerName, string LegalEntity, OrderStatus Status, Money Amount,
    Money Reserved, Money Available, IReadOnlyList<OrderReason> Reasons, IReadOnlyList<OrderReason> Warnings,
    CheckPoint CheckPoint, string? ReleaseReason, DateTimeOffset DecidedAt, string DecidedBy,
    Guid? ReleaseApprovalId = null);

/// <summary>
/// <c>GET /v1/credit/order-checks?status=held</c>: the queue of a credit analyst, the longest waiting first;
/// <c>?reason=over-limit</c> those against whom that stands, <c>?checkPoint=ship</c> those that have come so far,
/// <c>?releaseReason=</c> what was let go for a reason, and <c>?status=approved&amp;onHold=true</c> what was approved
/// before its customer's account was held.
/// </summary>
public static class ListOrderChecks
{
    private const string Select =
        "select o.id as Id, o.order_id as OrderId, o.customer_id as CustomerId, a.name as CustomerName, " +
        "a.legal_entity as LegalEntity, o.status as Status, o.amount as Amount, o.reserved as Reserved, " +
        "o.currency as Currency, " +
        "o.available as Available, a.currency as AccountCurrency, o.reasons::text as Reasons, " +
        "o.warnings::text as Warnings, o.check_point as CheckPoint, o.release_reason as ReleaseReason, " +
        "o.release_approval_id as ReleaseApprovalId, " +
        "o.decided_at as DecidedAt, " +
        "o.decided_by as DecidedBy from order_checks o join credit_accounts a on a.customer_id = o.customer_id " +
        "where (@status::text is null or o.status = @status) and (@customerId::uuid is null " +
        "or o.customer_id = @customerId) " +
        "and (@releaseReason::text is null or o.release_reason = @releaseReason) " +
        "and (@reason::text is null or o.reasons @> jsonb_build_array(jsonb_build_object('code', @reason::text))) " +
        "and (@checkPoint::text is null or o.check_point = @checkPoint) " +
        "and (@onHold::boolean is null or exists (select 1 from credit_standing_holds h " +
        "left join legal_entities e on e.code = a.legal_entity where h.customer_id in (o.customer_id, a.merged_into) " +
        "and (h.until is null or h.until >= (@now at time zone coalesce(e.time_zone, 'UTC'))::date)) = @onHold) " +
        "and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities))";

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("o.id", row => row.Id, standard: "decidedAt")
        .By("decidedAt", "o.decided_at", row => row.DecidedAt)
        .By("amount", "o.amount", row => row.Amount)
        .By("orderId", "o.order_id", row => row.OrderId);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/order-checks", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<Page<OrderCheckItem>>()
            .WithSummary("Orders and their decisions; status=held is the queue");

    private static async Task<IResult> Handle(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? status, Guid? customerId,
        string? legalEntity, string? releaseReason, string? reason, string? checkPoint, bool? onHold)
    {
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, legalEntity,
            new
            {
                status = EnumFilter.Text<OrderStatus>("status", status),
                customerId,
                releaseReason,
                reason,
                checkPoint = EnumFilter.Text<CheckPoint>("checkPoint", checkPoint),
                onHold,
                now = clock.GetUtcNow(),
            });
        return Listing.Result(http, rows.Select(Item));
    }

    private static OrderCheckItem Item(Row row) => new(
        row.Id, row.OrderId, row.CustomerId, row.CustomerName, row.LegalEntity,
        Enum.Parse<OrderStatus>(row.Status, ignoreCase: true), Money.Of(row.Amount, row.Currency),
        Money.Of(row.Reserved, row.Currency), Money.Of(row.Available, row.AccountCurrency),
        Reasons(row.Reasons), Reasons(row.Warnings),
        Enum.Parse<CheckPoint>(row.CheckPoint.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
        row.ReleaseReason, row.DecidedAt, row.DecidedBy, row.ReleaseApprovalId);

    private static IReadOnlyList<OrderReason> Reasons(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<OrderReason>>(json, Json.Wire)!;

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string OrderId { get; init; } = "";
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Status { get; init; } = "";
        public decimal Amount { get; init; }
        public decimal Reserved { get; init; }
        public string Currency { get; init; } = "";
        public decimal Available { get; init; }
        public string AccountCurrency { get; init; } = "";
        public string Reasons { get; init; } = "";
        public string Warnings { get; init; } = "";
        public string CheckPoint { get; init; } = "";
        public string? ReleaseReason { get; init; }
        public Guid? ReleaseApprovalId { get; init; }
        public DateTimeOffset DecidedAt { get; init; }
        public string DecidedBy { get; init; } = "";
    }
}
