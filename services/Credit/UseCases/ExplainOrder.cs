using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Why the last decision on an order is what it is.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">What was decided.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="DecidedBy">By whom.</param>
/// <param name="Policy">Number of the policy; 0 for the standard one that was never written.</param>
/// <param name="AllowsAll">The policy had no rules, so every order was allowed.</param>
/// <param name="Limit">What the limit granted.</param>
/// <param name="Counted">What counted against it without the order.</param>
/// <param name="Need">What the order asked for.</param>
/// <param name="Rules">Every rule and what came of it.</param>
/// <param name="Basis">Day, exchange rates and groups as they were.</param>
/// <param name="IsReproduced">Judged again on the same facts, the same reasons and warnings came out.</param>
/// <param name="CheckPoint">How far the order had come.</param>
public sealed record OrderExplanation(
    string OrderId, OrderStatus Status, DateTimeOffset DecidedAt, string DecidedBy, int Policy, bool AllowsAll,
    Money Limit, Money Counted, Money Need, IReadOnlyList<RuleResult> Rules, DecisionBasis Basis, bool IsReproduced,
    CheckPoint CheckPoint);

/// <summary>
/// <c>GET /v1/credit/order-checks/{orderId}/explanation</c>: makes the last decision again from the account as it was,
/// the policy it names and the facts it kept, and shows every rule.
/// </summary>
public static class ExplainOrder
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/order-checks/{orderId}/explanation", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<OrderExplanation>()
            .WithSummary("Why the last decision on an order is what it is");

    private static async Task<IResult> Handle(
        string orderId, string? legalEntity, HttpContext http, EventStore store)
    {
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            store, Caller.Of(http), orderId, legalEntity, http.RequestAborted);
        if (missing is not null)
            return Problems.From(missing);
        if (await FindAsync(store, customerId, orderId, http.RequestAborted) is not { } decision)
            return Problems.From(CreditRefusals.NotExplained(orderId));
        var policy = await ReadPolicies.FindAsync(
            store.Database, decision.Before.Opened!.LegalEntity, decision.Basis.Policy, http.RequestAborted);
        return policy is null
            ? Problems.From(CreditRefusals.NotExplained(orderId))
            : Reply.Ok(Explain(customerId, decision, policy));
    }

    /// <summary>
    /// The last decision on an order. The whole account is folded, page by page: times of events are of the clocks of
    /// those who wrote them, so none says that a decision is the last.
    /// </summary>
    private static async Task<PastDecision?> FindAsync(
        EventStore store, Guid customerId, string orderId, CancellationToken cancellation)
    {
        var (replay, last) = (new OrderReplay(), (PastDecision?)null);
        await foreach (var e in store.ReadAsync(customerId, cancellation))
        {
            if (replay.Next(e) is { } past && past.Wish.OrderId == orderId)
                last = past;
        }

        return last;
    }

    private static OrderExplanation Explain(Guid customerId, PastDecision decision, NumberedPolicy policy)
    {
        var judgement = decision.Judge(customerId, policy);
        var limit = CreditLimit.On(decision.Before, decision.Basis.On, policy.Policy.Limits)?.Amount;
        return new OrderExplanation(
            decision.Wish.OrderId, decision.Status, decision.At, decision.By, policy.Number, judgement.Basis.AllowsAll,
            limit ?? Money.Zero(decision.Before.Currency), judgement.Position.Counted,
            decision.Before.OutstandingOf(decision.Wish.OrderId, decision.Wish.Amount), judgement.Results,
            decision.Basis,
            judgement.Reasons.SequenceEqual(decision.Reasons)
            && (judgement.Warnings ?? []).SequenceEqual(decision.Warnings ?? []),
            decision.Wish.At);
    }
}
