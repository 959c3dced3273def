using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.ReadModels;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A limit for all customers of a legal entity in one segment together.</summary>
/// <param name="Limit">In any currency; customers are converted by the day's rates.</param>
/// <param name="Reason">Why; kept with the event.</param>
/// <param name="ExpiresOn">Last day it holds in the calendar of the legal entity, or null.</param>
public sealed record SetSegmentLimitRequest(Money Limit, string Reason, DateOnly? ExpiresOn = null);

/// <summary>
/// <c>PUT</c> and <c>DELETE /v1/credit/segments/{legalEntity}/{segment}/limit</c>. A segment may be very many
/// customers, so their accounts are not told: each order is turned away that did not know of the limit, and decided on
/// it.
/// </summary>
public static class SetSegmentLimit
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/credit/segments/{legalEntity}/{segment}/limit", SetAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<SegmentLimitSet>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Set the limit of a segment of customers");
        routes.MapDelete("/v1/credit/segments/{legalEntity}/{segment}/limit", RemoveAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces(StatusCodes.Status200OK)
            .WithSummary("Take the limit of a segment away");
        HistoryEndpoint.Map(
            routes, "/v1/credit/segments/{legalEntity}/{segment}/history", SegmentStream.Type, Scopes.CreditRead,
            segment => segment.LegalEntity,
            values => SegmentStream.Id($"{values["legalEntity"]}", $"{values["segment"]}"));
    }

    /// <summary>Sets the limit that was approved, if those may who did, by what it comes to by now.</summary>
    public static async Task<Plan> CarryOutAsync(
        LimitChange change, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (store, books) = (
            grant.Services.GetRequiredService<EventStore>(), grant.Services.GetRequiredService<DecisionBooks>());
        var limit = Limit(change);
        var now = await LoadAsync(store, limit, cancellation);
        if (change.Seen is { } seen && seen != Seen(now.State))
            return CreditRefusals.LimitOutdated();
        var facts = await books.FactsAsync(limit.LegalEntity, cancellation);
        var most = facts.InBase(limit.Limit);
        return Raises(limit, now.State)
            && !await grant.Services.GetRequiredService<ApprovalGate>().MayStillApproveAsync(
                grant.Requested, most, riskClass: null, facts.Policy.Policy.Scorecard, cancellation)
            ? CreditRefusals.LimitAboveApproval(most, riskClass: null)
            : await PlanAsync(limit, now, books, store, grant.Metadata, cancellation);
    }

    private static async Task<IResult> SetAsync(
        string legalEntity, string segment, SetSegmentLimitRequest request, HttpCommand command, DecisionBooks books,
        ApprovalGate gate)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(!request.Limit.IsNegative, "/limit", "is below zero").Problem is { } problem)
            return problem;
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var change = new LimitChange(
            Guid.Empty, LimitChanges.SegmentLimit, request.Limit, Until: request.ExpiresOn, LegalEntity: legalEntity,
            Segment: segment);
        return await command.CommitAsync(async cancellation =>
        {
            var limit = Limit(change);
            var now = await LoadAsync(command.Store, limit, cancellation);
            command.Expect(now.Version);
            var plan = await PlanAsync(
                limit, now, books, command.Store, command.Metadata(request.Reason), cancellation);
            if (!Raises(limit, now.State))
                return plan;
            var facts = await books.FactsAsync(legalEntity, cancellation);
            return await gate.PassAsync(
                command,
                new ApprovalWish<LimitChange>(
                    ApprovalKinds.CreditLimit, legalEntity, facts.InBase(request.Limit),
                    $"segment limit of {request.Limit} for {segment} of {legalEntity}",
                    change with { Seen = Seen(now.State) }, request.Reason),
                plan);
        });
    }

    /// <summary>Without it only the limits of customers and groups count; who may raise limits without end may do it.
    /// </summary>
    private static async Task<IResult> RemoveAsync(
        string legalEntity, string segment, string? reason, HttpCommand command, DecisionBooks books,
        LimitChanges changes)
    {
        if (new Validation().Required("/reason", reason, max: 500).Problem is { } problem)
            return problem;
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        return await command.CommitAsync(async cancellation =>
        {
            var stream = SegmentStream.Id(legalEntity, segment);
            var (now, version) = await command.Store.LoadAsync(SegmentStream.Type, stream, cancellation);
            command.Expect(version);
            var decision = SegmentDecider.Remove(now);
            var facts = await books.FactsAsync(legalEntity, cancellation);
            if (decision.Events.Count > 0 && await changes.DenyRemovalAsync(
                "segment", legalEntity, riskClass: null, facts, command.Caller, cancellation) is { } unauthorised)
                return unauthorised;
            var batch = new WriteBatch(command.Metadata(reason)).Lock(SegmentsProjection.LockFor(legalEntity, segment));
            batch.Append(SegmentStream.Type, stream, version, decision.Events);
            return Plan.Write(batch, Reply.Ok(new { }, version + decision.Events.Count), books.Forget);
        });
    }

    private static async Task<Plan> PlanAsync(
        SegmentLimitSet limit, Loaded<CreditSegment> now, DecisionBooks books, EventStore store,
        EventMetadata metadata, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(limit.LegalEntity, cancellation);
        var decision = SegmentDecider.Set(now.State, limit, facts.Today);
        if (decision.Refusal is { } refusal)
            return refusal;
        if (!facts.Policy.Policy.Orders.Rules.Any(rule => rule.Code == RuleCodes.OverSegmentLimit))
            return CreditRefusals.SegmentLimitIsNotChecked(limit.LegalEntity);
        if (!await ReadSegments.HasCustomersAsync(store.Database, limit, cancellation))
            return CreditRefusals.NoSegment(limit.LegalEntity, limit.Segment);
        var after = now.Version + decision.Events.Count;
        return Plan.Write(
            new WriteBatch(metadata)
                .Lock(SegmentsProjection.LockFor(limit.LegalEntity, limit.Segment))
                .Append(
                    SegmentStream.Type, SegmentStream.Id(limit.LegalEntity, limit.Segment), now.Version,
                    decision.Events),
            Reply.Ok(limit, after), books.Forget);
    }

    /// <summary>True where its customers may owe more after it, or for longer; a first limit lessens credit.</summary>
    private static bool Raises(SegmentLimitSet limit, CreditSegment segment) => segment.Limit is { } before
        && limit.Limit.IsPositive
        && (limit.Limit.Currency != before.Limit.Currency || limit.Limit > before.Limit
            || (before.ExpiresOn is not null && !(limit.ExpiresOn <= before.ExpiresOn)));

    private static SeenLimits Seen(CreditSegment segment) => new(segment.Limit?.Limit, segment.Limit?.ExpiresOn);

    private static SegmentLimitSet Limit(LimitChange change) =>
        new(change.LegalEntity!, change.Segment!, change.Amount, change.Until);

    private static Task<Loaded<CreditSegment>> LoadAsync(
        EventStore store, SegmentLimitSet limit, CancellationToken cancellation) => store.LoadAsync(
        SegmentStream.Type, SegmentStream.Id(limit.LegalEntity, limit.Segment), cancellation);
}
