using Npgsql;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Who decides requests for approval instead of somebody who is away. It holds in all services, and each approval says
/// on whose behalf it was given.
/// </summary>
public static class ApprovalDelegations
{
    /// <summary>What is delegated.</summary>
    /// <param name="LegalEntity">Code of the legal entity.</param>
    /// <param name="To">Who decides instead, as their token names them.</param>
    /// <param name="Roles">By which of the caller's own roles.</param>
    /// <param name="From">The first day, in the legal entity's time zone.</param>
    /// <param name="Until">The last day, 366 days after the first at most.</param>
    /// <param name="Reason">Why; kept in the history, 1 to 500 characters.</param>
    public sealed record Request(
        string LegalEntity, string To, IReadOnlyList<string> Roles, DateOnly From, DateOnly Until, string Reason);

    /// <summary>Why it is taken back.</summary>
    /// <param name="Reason">Kept in the history; 1 to 500 characters.</param>
    public sealed record Revocation(string Reason);

    /// <summary>A delegation as the API shows it.</summary>
    /// <param name="Id">Its identifier.</param>
    /// <param name="LegalEntity">Code of the legal entity.</param>
    /// <param name="By">Who is away.</param>
    /// <param name="To">Who decides instead.</param>
    /// <param name="Roles">By which roles.</param>
    /// <param name="From">From when on.</param>
    /// <param name="Until">Until when, itself left out: the end of the last day.</param>
    /// <param name="IsRevoked">True once it was taken back.</param>
    /// <param name="Version">For If-Match.</param>
    public sealed record View(
        Guid Id, string LegalEntity, string By, string To, IReadOnlyList<string> Roles, DateTimeOffset From,
        DateTimeOffset Until, bool IsRevoked, long Version);

    private static readonly SortOrder<View> Order =
        new SortOrder<View>("delegation_id", row => row.Id, standard: "from")
            .By("from", "starts_at", row => row.From)
            .By("until", "ends_at", row => row.Until);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/approval-delegations", PostAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<View>(StatusCodes.Status201Created)
            .WithSummary("Let another person decide by your roles for a time");
        routes.MapPost("/approval-delegations/{id:guid}/revoke", RevokeAsync)
            .RequireScopeOr(Scopes.ApprovalsDecide, Scopes.Admin).Produces<View>()
            .WithSummary("Take a delegation back");
        routes.MapGet("/approval-delegations", ListAsync)
            .RequireScopeOr(Scopes.InvoicingRead, Scopes.ApprovalsDecide).Produces<Page<View>>()
            .WithSummary("Who decides instead of whom");
        ResourceEndpoint.Map(
            routes, "/approval-delegations", ApprovalDelegationStream.Type, Scopes.InvoicingRead,
            delegation => delegation.Given?.LegalEntity, Of, "One delegation", Scopes.ApprovalsDecide);
    }

    private static Task<IResult> PostAsync(Request request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            if (Refusal.Unexplained(request.Reason) is { } unexplained)
                return unexplained;
            if (command.Caller.Deny(request.LegalEntity) is { } denied)
                return denied;
            var entity = await command.Store.LoadAsync(
                LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), cancellation);
            if (entity.State.Definition is not { } definition)
                return LegalEntityRefusals.Unknown(request.LegalEntity);
            if (request.Until == DateOnly.MaxValue)
                return new Refusal("invalid-delegation", "Authority is never delegated for good.", Field: "/until");
            var wish = new ApprovalDelegated(
                request.LegalEntity, command.Caller.Subject, request.To, request.Roles,
                request.From.StartIn(definition.TimeZone), request.Until.AddDays(1).StartIn(definition.TimeZone));
            var decision = ApprovalDelegation.Delegate(wish, command.Caller.Roles, command.Clock.GetUtcNow());
            if (decision.Refusal is { } refusal)
                return refusal;
            var id = Ids.Next(command.Clock);
            return Plan.Write(
                new WriteBatch(command.Metadata(request.Reason))
                    .Append(ApprovalDelegationStream.Type, id, 0, decision.Events),
                Reply.Created(
                    $"/v1/approval-delegations/{id}",
                    Of(id, decision.Events.Aggregate(ApprovalDelegation.Initial, ApprovalDelegation.Evolve), 1), 1));
        });

    private static Task<IResult> RevokeAsync(Guid id, Revocation request, HttpCommand command) =>
        command.DecideAsync(
            ApprovalDelegationStream.Type,
            id,
            delegation => delegation.Given is null ? Refusal.NotFound("approval delegation", id)
                : command.Caller.Deny(delegation.Given.LegalEntity) is { } denied ? denied
                : Refusal.Unexplained(request.Reason) is { } unexplained ? unexplained
                : delegation.Revoke(command.Caller.Subject, command.Caller.Scopes.Contains(Scopes.Admin)),
            decided => Reply.Ok(Of(id, decided.State, decided.Version), decided.Version),
            reason: request.Reason);

    /// <param name="legalEntity">Only those in this legal entity.</param>
    /// <param name="by">Only those of this person.</param>
    /// <param name="to">Only those to this person.</param>
    /// <param name="active">True: only those that hold now.</param>
    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation, string? legalEntity = null, string? by = null, string? to = null,
        bool active = false)
    {
        var page = Order.For(query);
        await using var command = store.Database.CreateCommand(
            "select delegation_id, legal_entity, delegated_by, delegated_to, roles, starts_at, ends_at, revoked, " +
            "version from approval_delegations where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@legalEntity is null or legal_entity = @legalEntity) and (@by is null or delegated_by = @by) " +
            "and (@to is null or delegated_to = @to) " +
            "and (not @active or (not revoked and starts_at <= @now and ends_at > @now)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}");
        page.AddTo(command);
        command.Parameters.Add(new NpgsqlParameter<string[]?>("entities", caller.EntityFilter(legalEntity)));
        command.Parameters.Add(new NpgsqlParameter<string?>("legalEntity", legalEntity));
        command.Parameters.Add(new NpgsqlParameter<string?>("by", by));
        command.Parameters.Add(new NpgsqlParameter<string?>("to", to));
        command.Parameters.Add(new NpgsqlParameter<bool>("active", active));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("now", clock.GetUtcNow()));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<View>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(Read(reader));
        return Listing.Result(http, page.Page(rows));
    }

    private static View Of(Guid id, ApprovalDelegation delegation, long version)
    {
        var given = delegation.Given!;
        return new View(
            id, given.LegalEntity, given.By, given.To, given.Roles, given.From, given.Until, delegation.IsRevoked,
            version);
    }

    private static View Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetBoolean(7),
        row.GetInt64(8));
}
