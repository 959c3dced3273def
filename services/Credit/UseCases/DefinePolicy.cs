using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A credit policy and its number.</summary>
/// <param name="LegalEntity">Whose it is.</param>
/// <param name="Number">From 1; decisions name it. 0 is the standard policy of an entity that has none of its
/// own.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Version">Version of the entity's policies, for If-Match.</param>
public sealed record PolicyView(string LegalEntity, int Number, CreditPolicy Policy, long Version);

/// <summary>
/// <c>PUT /v1/credit/policies/{legalEntity}</c>: puts a policy in force, the whole of it. Whoever works with customers
/// does not also say what stands against their orders: that takes the right to run the system.
/// </summary>
public static class DefinePolicy
{
    /// <summary>Why the policy is changed and what it is from now on.</summary>
    /// <param name="Reason">Kept with it.</param>
    /// <param name="Policy">The whole policy.</param>
    public sealed record Request(string Reason, CreditPolicy Policy);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/v1/credit/policies/{legalEntity}", Handle)
            .RequireScope(Scopes.Admin)
            .Produces<PolicyView>()
            .WithSummary("Put a credit policy in force");

    private static async Task<IResult> Handle(
        string legalEntity, Request request, HttpCommand command, DecisionBooks books,
        GroupMembership membership)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (!await books.KnowsAsync(legalEntity, command.Cancellation))
            return await command.RefuseAsync(Refusal.NotFound("legal entity", legalEntity));
        if (request.Policy.Orders.Rules.All(rule => rule.Code != RuleCodes.OverGroupLimit)
            && await membership.HasMembersAsync(legalEntity, command.Cancellation))
            return await command.RefuseAsync(CreditRefusals.GroupLimitsAreChecked(legalEntity));
        if (request.Policy.Orders.Rules.All(rule => rule.Code != RuleCodes.OverSegmentLimit)
            && await ReadSegments.HasLimitsAsync(command.Store.Database, legalEntity, command.Cancellation))
            return await command.RefuseAsync(CreditRefusals.SegmentLimitsAreChecked(legalEntity));
        var answer = await command.DecideAsync(
            PolicyStream.Type, PolicyStream.Id(legalEntity),
            book => PolicyDecider.Define(book, legalEntity, request.Policy),
            decided => Reply.Ok(
                new PolicyView(legalEntity, decided.State.Now!.Number, decided.State.Now.Policy, decided.Version),
                decided.Version),
            reason: request.Reason);
        books.Forget();
        return answer;
    }
}
