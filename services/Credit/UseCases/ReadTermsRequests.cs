using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A request for terms in the list; <c>status=initial-review</c> is the queue.</summary>
/// <param name="CostPerYear">What it would cost in a year, capital and discount.</param>
public sealed record TermsRequestItem(
    Guid Id, TermsStatus Status, Guid CustomerId, string CustomerName, string LegalEntity, string AgreedTerms,
    string Terms, string? BillingSchedule, Money AnnualBilling, Money CostPerYear, DateTimeOffset RequestedAt,
    string RequestedBy);

/// <summary><c>GET /v1/credit/terms-requests</c> and <c>…/{id}</c>.</summary>
public static class ReadTermsRequests
{
    private const string Select =
        "select r.request_id as Id, r.status as Status, r.customer_id as CustomerId, " +
        "r.customer_name as CustomerName, r.legal_entity as LegalEntity, r.agreed_terms as AgreedTerms, " +
        "r.terms as Terms, r.schedule as Schedule, r.annual_billing as AnnualBilling, r.currency as Currency, " +
        "r.cost as Cost, r.requested_at as RequestedAt, r.requested_by as RequestedBy from terms_requests r " +
        "where (@status::text is null or r.status = @status) and (@customerId::uuid is null " +
        "or r.customer_id = @customerId) and (@legalEntity::text is null or r.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or r.legal_entity = any(@entities))";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("r.request_id", row => row.Id, standard: "requestedAt")
            .By("requestedAt", "r.requested_at", row => row.RequestedAt)
            .By("costPerYear", "r.cost", row => row.Cost);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/terms-requests", ListAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<TermsRequestItem>>().WithSummary("Requests for terms");
        ResourceEndpoint.Map(
            routes, "/v1/credit/terms-requests", TermsStream.Type, Scopes.CreditRead,
            request => request.Requested?.LegalEntity, TermsRequestView.Of, "A request for terms");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, string? status, string? legalEntity, Guid? customerId)
    {
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, legalEntity,
            new { status = EnumFilter.Text<TermsStatus>("status", status), customerId });
        return Listing.Result(http, rows.Select(row => row.Item));
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Status { get; init; } = "";
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string AgreedTerms { get; init; } = "";
        public string Terms { get; init; } = "";
        public string? Schedule { get; init; }
        public decimal AnnualBilling { get; init; }
        public string Currency { get; init; } = "";
        public decimal Cost { get; init; }
        public DateTimeOffset RequestedAt { get; init; }
        public string RequestedBy { get; init; } = "";

        public TermsRequestItem Item => new(
            Id, Enum.Parse<TermsStatus>(Status.Replace("-", "", StringComparison.Ordinal), true), CustomerId,
            CustomerName, LegalEntity, AgreedTerms, Terms, Schedule, Money.Of(AnnualBilling, Currency),
            Money.Of(Cost, Currency), RequestedAt, RequestedBy);
    }
}
