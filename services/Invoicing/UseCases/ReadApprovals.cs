using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What waits for approval, and what became of it.</summary>
public static class ReadApprovals
{
    /// <summary>A request in a list.</summary>
    public sealed record Summary(
        Guid Id, string Kind, ApprovalStatus Status, string LegalEntity, Money Amount, string Subject,
        string RequestedBy, DateTimeOffset RequestedAt, int Needed, int Given, IReadOnlyList<string> Roles,
        long Version);

    private static readonly SortOrder<Summary> Order =
        new SortOrder<Summary>("approval_id", row => row.Id, standard: "requestedAt")
            .By("requestedAt", "requested_at", row => row.RequestedAt)
            .By("amount", "amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/approvals/{id:guid}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<ApprovalView>().WithSummary("One request for approval");
        routes.MapGet("/approvals", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>()
            .WithSummary("Requests for approval: waiting, granted or rejected");
        HistoryEndpoint.Map(
            routes, "/approvals/{id:guid}/history", ApprovalStream.Type, Scopes.InvoicingRead,
            approval => approval.Requested?.LegalEntity);
    }

    private static async Task<IResult> GetAsync(
        Guid id, Caller caller, EventStore store, CancellationToken cancellation)
    {
        var (approval, version) = await store.LoadAsync(ApprovalStream.Type, id, cancellation);
        if (approval.Requested is not { } requested)
            return Problems.From(Refusal.NotFound("approval", id));
        return caller.Deny(requested.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Reply.Ok(ApprovalView.Of(id, approval, version), version);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? status = null, string? legalEntity = null, string? kind = null)
    {
        if (status is not null && (!Enum.TryParse<ApprovalStatus>(status, true, out _) || int.TryParse(status, out _)))
            return Problems.Malformed("bad-status", "/status", "status is waiting, granted or rejected.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(
            new { status, legalEntity, kind, entities = caller.EntityFilter() });
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(
            "select approval_id, kind, legal_entity, currency, amount, subject, requested_by, requested_at, needed, " +
            "given, roles, status, version from approvals " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@status::text is null or lower(status) = lower(@status)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@kind::text is null or kind = @kind) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}", parameters);
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private sealed class Row
    {
        public Guid ApprovalId { get; init; }
        public required string Kind { get; init; }
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public decimal Amount { get; init; }
        public required string Subject { get; init; }
        public required string RequestedBy { get; init; }
        public DateTimeOffset RequestedAt { get; init; }
        public int Needed { get; init; }
        public int Given { get; init; }
        public required string[] Roles { get; init; }
        public required string Status { get; init; }
        public long Version { get; init; }

        public Summary Summary => new(
            ApprovalId, Kind, Enum.Parse<ApprovalStatus>(Status), LegalEntity, Money.Of(Amount, Currency), Subject,
            RequestedBy, RequestedAt, Needed, Given, Roles, Version);
    }
}
