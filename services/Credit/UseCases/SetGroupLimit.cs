using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A limit for a customer and all below it together.</summary>
/// <param name="Limit">In any currency; members are converted by the day's rates.</param>
/// <param name="Reason">Why; kept with the event.</param>
/// <param name="ExpiresOn">Last day it holds in the calendar of the customer's legal entity, or null.</param>
public sealed record SetGroupLimitRequest(Money Limit, string Reason, DateOnly? ExpiresOn = null);

/// <summary>
/// <c>PUT</c> and <c>DELETE /v1/credit/groups/{customerId}/limit</c>: the limit of the group below a customer. Every
/// member's account learns of it in the same write, so no order is decided without it. Both say why, the latter with
/// <c>?reason=</c>.
/// </summary>
public static class SetGroupLimit
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/credit/groups/{customerId}/limit", SetAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<GroupLimitSet>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Set the limit of a group of customers");
        routes.MapDelete("/v1/credit/groups/{customerId}/limit", RemoveAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces(StatusCodes.Status200OK)
            .WithSummary("Take the limit of a group away");
        HistoryEndpoint.Map(
            routes, "/v1/credit/groups/{customerId}/history", GroupStream.Type, Scopes.CreditRead,
            group => group.Limit?.LegalEntity,
            values => Guid.TryParse($"{values["customerId"]}", out var id) ? GroupStream.Id(id) : null);
    }

    private static async Task<IResult> SetAsync(
        Guid customerId, SetGroupLimitRequest request, HttpCommand command, LimitChanges changes)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(!request.Limit.IsNegative, "/limit", "is below zero").Problem is { } problem)
            return problem;
        return await changes.RequestAsync(
            command, new LimitChange(customerId, LimitChanges.GroupLimit, request.Limit, Until: request.ExpiresOn),
            request.Reason,
            changed => Reply.Ok(
                new GroupLimitSet(
                    customerId, changed.Account.Opened!.LegalEntity, request.Limit, request.ExpiresOn),
                changed.Version));
    }

    /// <summary>Without it only the members' own limits count; who may raise limits without end may do it.</summary>
    private static async Task<IResult> RemoveAsync(
        Guid customerId, string? reason, HttpCommand command, GroupMembership membership, DecisionBooks books,
        LimitChanges changes)
    {
        if (new Validation().Required("/reason", reason, max: 500).Problem is { } problem)
            return problem;
        return await command.CommitAsync(async cancellation =>
        {
            var (account, _) = await command.Store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
            if (CreditAccountAccess.Deny(customerId, account, command.Caller) is { } denied)
                return denied;
            var stream = GroupStream.Id(customerId);
            var (group, version) = await command.Store.LoadAsync(GroupStream.Type, stream, cancellation);
            command.Expect(version);
            var decision = GroupDecider.Remove(group);
            var facts = (await books.FactsAsync(cancellation))(account);
            if (decision.Events.Count > 0 && await changes.DenyRemovalAsync(
                "group", account.Opened!.LegalEntity, account.Risk?.RiskClass, facts, command.Caller, cancellation)
                is { } unauthorised)
                return unauthorised;
            var batch = new WriteBatch(command.Metadata(reason));
            batch.Append(GroupStream.Type, stream, version, decision.Events);
            if (decision.Events.Count > 0)
                await membership.LimitAsync(batch, customerId, hasLimit: false, cancellation);
            return Plan.Write(batch, Reply.Ok(new { }, version + decision.Events.Count));
        });
    }
}
