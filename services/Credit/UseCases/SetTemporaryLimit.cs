using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A limit for some days.</summary>
/// <param name="Limit">Most the customer may owe on these days, orders included.</param>
/// <param name="From">First day, in the legal entity's calendar.</param>
/// <param name="Until">Last day; then the limit before holds again.</param>
/// <param name="Reason">Why; kept with the event.</param>
public sealed record SetTemporaryLimitRequest(Money Limit, DateOnly From, DateOnly Until, string Reason);

/// <summary>
/// <c>PUT</c> and <c>DELETE /v1/credit/accounts/{customerId}/temporary-limit</c>: another limit for some days, which
/// ends by itself or before its time.
/// </summary>
public static class SetTemporaryLimit
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/credit/accounts/{customerId}/temporary-limit", SetAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CreditAccountView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Set another limit for some days");
        routes.MapDelete("/v1/credit/accounts/{customerId}/temporary-limit", WithdrawAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CreditAccountView>()
            .WithSummary("End the limit for some days before its time");
    }

    private static async Task<IResult> SetAsync(
        Guid customerId, SetTemporaryLimitRequest request, HttpCommand command, LimitChanges changes)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(!request.Limit.IsNegative, "/limit", "is below zero").Problem is { } problem)
            return problem;
        return await changes.RequestAsync(
            command,
            new LimitChange(customerId, LimitChanges.TemporaryLimit, request.Limit, request.From, request.Until),
            request.Reason, changed => changed.Reply());
    }

    private static async Task<IResult> WithdrawAsync(Guid customerId, HttpCommand command, DecisionBooks books)
    {
        var facts = await books.FactsAsync(command.Cancellation);
        return await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account => CreditAccountAccess.Deny(customerId, account, command.Caller)
                ?? LimitDecider.WithdrawTemporary(account),
            decided => Reply.Ok(
                CreditAccountView.Of(customerId, decided.State, decided.Version, facts(decided.State)),
                decided.Version));
    }
}
