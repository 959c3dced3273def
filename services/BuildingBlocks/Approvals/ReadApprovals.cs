using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>A request for approval in a list.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Kind">What is decided, e.g. <c>write-off</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="LegalEntity">Whose matrix it was judged by.</param>
/// <param name="Amount">By which it is judged.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="RequestedBy">Who asks, and so cannot approve.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="Needed">How many must approve.</param>
/// <param name="Given">How many have.</param>
/// <param name="Roles">Who may.</param>
/// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
/// <param name="EscalatesAt">When others may decide, too, if it still waits then; null for never.</param>
/// <param name="EscalatedAt">Since when they may.</param>
/// <param name="Version">For If-Match.</param>
/// <param name="ResearchRequired">Somebody wants to know more before it is decided.</param>
public sealed record ApprovalSummary(
    Guid Id, string Kind, ApprovalStatus Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
    DateTimeOffset RequestedAt, int Needed, int Given, IReadOnlyList<string> Roles, DateTimeOffset? ExpiresAt,
    DateTimeOffset? EscalatesAt, DateTimeOffset? EscalatedAt, long Version, bool ResearchRequired = false);

/// <summary>What waits for approval, and what became of it; who decides may see it, too.</summary>
internal static class ReadApprovals
{
    private static readonly SortOrder<ApprovalSummary> Order =
        new SortOrder<ApprovalSummary>("approval_id", row => row.Id, standard: "requestedAt")
            .By("requestedAt", "requested_at", row => row.RequestedAt)
            .By("amount", "amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes, string read)
    {
        routes.MapGet("/v1/approvals", ListAsync)
            .RequireScopeOr(read, Scopes.ApprovalsDecide).Produces<Page<ApprovalSummary>>()
            .WithSummary("Requests for approval: waiting, granted, rejected, withdrawn or expired");
        ResourceEndpoint.Map(
            routes, "/v1/approvals", ApprovalStream.Type, read, approval => approval.Requested?.LegalEntity,
            ApprovalView.Of, "One request for approval", Scopes.ApprovalsDecide);
    }

    /// <param name="status">Only those that stand so.</param>
    /// <param name="legalEntity">Only those of this legal entity.</param>
    /// <param name="kind">Only those of this kind.</param>
    /// <param name="forMe">
    /// True: only those that wait for somebody with the caller's roles or those delegated to them, their own left out.
    /// </param>
    /// <param name="escalated">True: only those that were escalated; false: only the others.</param>
    /// <param name="researchRequired">True: only those of which more must be known first; false: only the others.
    /// </param>
    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation, string? status = null, string? legalEntity = null, string? kind = null,
        bool forMe = false, bool? escalated = null, bool? researchRequired = null)
    {
        var stands = EnumFilter.Value<ApprovalStatus>("status", status);
        var page = Order.For(query);
        await using var command = store.Database.CreateCommand(
            "select approval_id, kind, legal_entity, currency, amount, subject, requested_by, requested_at, needed, " +
            "given, roles, status, expires_at, version, escalates_at, escalated_at, research_required from approvals " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@status is null or status = @status) and (@legalEntity is null or legal_entity = @legalEntity) " +
            "and (@kind is null or kind = @kind) " +
            "and (@escalated is null or (escalated_at is not null) = @escalated) " +
            "and (@researchRequired is null or research_required = @researchRequired) " +
            "and (not @forMe or (status = 'Waiting' and requested_by <> @me and (roles && @roles or exists (" +
            "select from approval_delegations as d where d.delegated_to = @me and not d.revoked " +
            "and d.legal_entity = approvals.legal_entity and d.starts_at <= @now and d.ends_at > @now " +
            "and d.delegated_by <> requested_by and d.roles && approvals.roles)))) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}");
        page.AddTo(command);
        command.Parameters.Add(new NpgsqlParameter<string[]?>("entities", caller.EntityFilter(legalEntity)));
        command.Parameters.Add(new NpgsqlParameter<string?>("status", stands?.ToString()));
        command.Parameters.Add(new NpgsqlParameter<string?>("legalEntity", legalEntity));
        command.Parameters.Add(new NpgsqlParameter<string?>("kind", kind));
        command.Parameters.Add(new NpgsqlParameter<bool>("forMe", forMe));
        command.Parameters.Add(new NpgsqlParameter<bool?>("escalated", escalated));
        command.Parameters.Add(new NpgsqlParameter<bool?>("researchRequired", researchRequired));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("now", clock.GetUtcNow()));
        command.Parameters.Add(new NpgsqlParameter<string[]>("roles", [.. caller.Roles]));
        command.Parameters.Add(new NpgsqlParameter<string>("me", caller.Subject));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<ApprovalSummary>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(Read(reader));
        return Listing.Result(http, page.Page(rows));
    }

    private static ApprovalSummary Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), Enum.Parse<ApprovalStatus>(row.GetString(11)), row.GetString(2),
        Money.Of(row.GetDecimal(4), row.GetString(3)), row.GetString(5), row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7), row.GetInt32(8), row.GetInt32(9), row.GetFieldValue<string[]>(10),
        Time(row, 12), Time(row, 14), Time(row, 15), row.GetInt64(13), row.GetBoolean(16));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
