using Dapper;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Something somebody should look at.</summary>
/// <param name="Id">The alert.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Kind"><c>worsened-class</c>, <c>unapproved-delivery</c>, <c>review-overdue</c>,
/// <c>billing-schedule-agreed</c>, <c>decision-not-mailed</c>, or the code of a hold that a rule placed.</param>
/// <param name="Detail">In words.</param>
/// <param name="RaisedAt">When.</param>
/// <param name="AcknowledgedAt">When somebody had looked at it; null before that.</param>
/// <param name="AcknowledgedBy">Who.</param>
public sealed record AlertItem(
    Guid Id, Guid CustomerId, string CustomerName, string LegalEntity, string Kind, string Detail,
    DateTimeOffset RaisedAt, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy);

/// <summary>
/// <c>GET /v1/credit/alerts</c>, those nobody has looked at by default, and
/// <c>POST /v1/credit/alerts/{id}/acknowledge</c>.
/// </summary>
public static class Alerts
{
    /// <summary>What the log tells, and mails of decisions that were given up.</summary>
    private const string All =
        "(select alert_id, customer_id, kind, detail, raised_at, acknowledged_at, acknowledged_by from credit_alerts " +
        "union all select mail_id, customer_id, 'decision-not-mailed', " +
        "address || ' could not be told of a decision: ' || failure, given_up_at, acknowledged_at, " +
        "acknowledged_by from credit_decision_mails where given_up_at is not null)";

    private const string Select =
        "select x.alert_id as Id, x.customer_id as CustomerId, a.name as CustomerName, " +
        "a.legal_entity as LegalEntity, x.kind as Kind, x.detail as Detail, x.raised_at as RaisedAt, " +
        "x.acknowledged_at as AcknowledgedAt, x.acknowledged_by as AcknowledgedBy " +
        $"from {All} x " +
        "join credit_accounts a on a.customer_id = x.customer_id " +
        "where (@acknowledged or x.acknowledged_at is null) and (@kind::text is null or x.kind = @kind) " +
        "and (@customerId::uuid is null or x.customer_id = @customerId) " +
        "and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities))";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("x.alert_id", row => row.Id, standard: "raisedAt")
            .By("raisedAt", "x.raised_at", row => row.RaisedAt);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/alerts", ListAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<AlertItem>>().WithSummary("What somebody should look at");
        routes.MapPost("/v1/credit/alerts/{id:guid}/acknowledge", AcknowledgeAsync)
            .RequireScope(Scopes.CreditWrite).Produces(StatusCodes.Status200OK)
            .WithSummary("Somebody has looked at it");
    }

    private static async Task<IResult> AcknowledgeAsync(Guid id, OrderReasonRequest request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        var found = await connection.QueryFirstOrDefaultAsync<Found>(new CommandDefinition(
            "select x.customer_id as CustomerId, x.acknowledged_at is not null as IsDone " +
            $"from {All} x where x.alert_id = @id", new { id }, cancellationToken: command.Cancellation));
        if (found is null)
            return await command.RefuseAsync(Refusal.NotFound("alert", id));
        return await command.DecideAsync(
            CreditAccountStream.Type, found.CustomerId,
            account => CreditAccountAccess.Deny(found.CustomerId, account, command.Caller)
                ?? (found.IsDone ? Decision.Nothing : Decision.Of(new AlertAcknowledged(id))),
            decided => Reply.Ok(new { id }),
            reason: request.Reason);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, string? legalEntity, string? kind, Guid? customerId,
        bool? acknowledged)
    {
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, legalEntity,
            new { kind, customerId, acknowledged = acknowledged ?? false });
        return Listing.Result(http, rows.Select(row => row.Item));
    }

    private sealed record Found
    {
        public Guid CustomerId { get; init; }
        public bool IsDone { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Detail { get; init; } = "";
        public DateTimeOffset RaisedAt { get; init; }
        public DateTimeOffset? AcknowledgedAt { get; init; }
        public string? AcknowledgedBy { get; init; }

        public AlertItem Item => new(
            Id, CustomerId, CustomerName, LegalEntity, Kind, Detail, RaisedAt, AcknowledgedAt, AcknowledgedBy);
    }
}
