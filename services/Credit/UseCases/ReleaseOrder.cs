using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A held order is to be let go.</summary>
/// <param name="Reason">Why; kept with the event.</param>
/// <param name="Until">Last day of the release: what is not invoiced by then is free again. At most as far ahead as the
/// policy allows; the policy's when null.</param>
/// <param name="ReasonCode">One of the release reasons of the credit policy; null where it names none.</param>
public sealed record ReleaseOrderRequest(string Reason, DateOnly? Until = null, string? ReasonCode = null);

/// <summary>
/// <c>POST /v1/credit/order-checks/{orderId}/release</c>: a person lets a held order go and answers for it; above that
/// person's authority, by the order or by all that the customer is over its limits with it, it waits for an approval
/// (202). Where a rule declines the order, whatever its amount, the highest
/// band of the matrix says who may; a hold that declines orders is let go first. While it waits the order shows so, and
/// it is not asked for twice; who may release the order alone still can, which takes the request back.
/// </summary>
public static class ReleaseOrder
{
    /// <summary>What is carried out once it is approved; it only ever gains optional fields.</summary>
    /// <param name="CustomerId">The customer.</param>
    /// <param name="Order">The order as it is when its release is asked for; that is what is approved.</param>
    /// <param name="Until">Last day of the release; the policy's when null.</param>
    /// <param name="IsDeclined">A rule declines it, and that is to be overridden, too.</param>
    /// <param name="ReasonCode">One of the release reasons of the policy, or null.</param>
    public sealed record Wish(
        Guid CustomerId, OrderWish Order, DateOnly? Until, bool IsDeclined = false, string? ReasonCode = null);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/order-checks/{orderId}/release", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Release a held order, over the limit if need be");

    /// <summary>
    /// Lets the order go that was approved, if it is still that order and puts no more at stake than those may approve
    /// who did, with a customer of its class of the day.
    /// </summary>
    public static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (orderId, stake, scorecard) = (wish.Order.OrderId, (Money?)null, (ScorecardPolicy?)null);
        var planned = await grant.Services.GetRequiredService<OrderDecisions>().PlanAsync(
            grant.Metadata, wish.CustomerId,
            (account, facts) =>
            {
                var isDeclined = CreditDecider.IsDeclinedByRule(wish.CustomerId, account, orderId, facts);
                if (isDeclined && !wish.IsDeclined)
                    return CreditRefusals.ReleaseDeclined(orderId);
                var decision = CreditDecider.ReleaseAsApproved(
                    wish.CustomerId, account, wish.Order, wish.Until, facts, wish.ReasonCode, grant.ApprovalId);
                (stake, scorecard) = (AtStake(account, decision, isDeclined, facts), facts.Policy.Policy.Scorecard);
                return decision;
            },
            cancellation);
        if (planned.Decided.Refusal is { } refusal)
            return refusal;
        var risk = planned.Decided.State.Risk?.RiskClass;
        if (stake is { } now && !await grant.Services.GetRequiredService<ApprovalGate>().MayStillApproveAsync(
            grant.Requested, now, risk, scorecard!, cancellation))
            return CreditRefusals.ReleaseAboveApproval(orderId, now, risk);

        return Answer(wish.CustomerId, orderId, planned);
    }

    private static async Task<IResult> Handle(
        string orderId, string? legalEntity, ReleaseOrderRequest request, HttpCommand command,
        OrderDecisions decisions, WaitingReleases releases, ApprovalGate gate)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        if (missing is not null)
            return await command.RefuseAsync(missing);
        return await command.CommitAsync(async cancellation =>
        {
            var (isDeclined, stake, asked) = (false, (Money?)null, (Guid?)null);
            var planned = await decisions.PlanAsync(
                command.Metadata(request.Reason), customerId,
                (account, facts) =>
                {
                    isDeclined = CreditDecider.IsDeclinedByRule(customerId, account, orderId, facts);
                    var decision = CreditDecider.Release(
                        customerId, account, orderId, request.Until, facts, request.ReasonCode);
                    stake = AtStake(account, decision, isDeclined, facts);
                    asked = account.Orders.GetValueOrDefault(orderId)?.ReleaseApprovalId;
                    return decision;
                },
                cancellation);
            command.Expect(planned.VersionBefore);
            if (planned.Decided.Refusal is { } refusal)
                return refusal;
            if (stake is not { } most || planned.Decided.Events is not [OrderReleased released])
                return Answer(customerId, orderId, planned);
            var wish = Asked(customerId, planned.Decided.State, released, most, isDeclined, request);
            if (asked is { } earlier && await gate.WaitsAsync(command, wish)
                && await releases.IsWaitingAsync(earlier, cancellation))
                return CreditRefusals.ReleaseWaits(orderId, earlier);
            return await gate.PassAsync(
                command, wish, Answer(customerId, orderId, planned),
                (batch, approval) =>
                {
                    batch.Append(
                        CreditAccountStream.Type, customerId, planned.VersionBefore,
                        [new OrderReleaseRequested(orderId, approval.Id)]);
                    return Reply.Accepted($"/v1/approvals/{approval.Id}", approval, approval.Version);
                });
        });
    }

    /// <summary>What was not approved can be asked for again.</summary>
    public static async Task EndAsync(Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventStore>();
        var (account, version) = await store.LoadAsync(CreditAccountStream.Type, wish.CustomerId, cancellation);
        batch.Append(CreditAccountStream.Type, wish.CustomerId, version, CreditDecider.EndRelease(
            account, wish.Order.OrderId, end.ApprovalId, end.Status.ToString().ToLowerInvariant()).Events);
    }

    private static ApprovalWish<Wish> Asked(
        Guid customerId, CreditAccount account, OrderReleased released, Money stake, bool isDeclined,
        ReleaseOrderRequest request) => new(
        ApprovalKinds.OrderRelease, account.Opened!.LegalEntity, stake,
        $"Release of order {released.OrderId} over {released.Amount}: " +
        string.Join(", ", released.Reasons.Select(reason => reason.Code)),
        new Wish(customerId, account.Orders[released.OrderId].Wish, request.Until, isDeclined, request.ReasonCode),
        request.Reason, RiskClass: account.Risk?.RiskClass);

    /// <summary>By what authority is judged; null where nothing stood against the order.</summary>
    private static Money? AtStake(CreditAccount account, Decision decision, bool isDeclined, DecisionFacts facts) =>
        decision.Events is not [OrderReleased { Reasons.Count: > 0 } released] ? null
        : isDeclined ? DecisionFacts.AboveAllBands(facts.Rates.Base)
        : CreditDecider.AtStake(CreditAccount.Evolve(account, released), released.Amount, facts);

    private static Plan Answer(Guid customerId, string orderId, PlannedOrder planned) => Plan.Write(
        planned.Batch,
        Reply.Ok(
            OrderCheckView.Of(customerId, planned.Decided.State, orderId, planned.Decided.Version),
            planned.Decided.Version));
}
