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
/// ends by itself or before its time (<c>?reason=</c> says why).
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
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
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

    /// <summary>A lower limit for some days that ends gives credit back, which is more credit.</summary>
    private static async Task<IResult> WithdrawAsync(
        Guid customerId, string? reason, HttpCommand command, DecisionBooks books, LimitChanges changes)
    {
        if (new Validation().Required("/reason", reason, max: 500).Problem is { } problem)
            return problem;
        var (account, _) = await command.Store.LoadAsync(
            CreditAccountStream.Type, customerId, command.Cancellation);
        if (CreditAccountAccess.Deny(customerId, account, command.Caller) is { } denied)
            return await command.RefuseAsync(denied);
        var limits = (await books.FactsAsync(command.Cancellation))(account).Policy.Policy.Limits;
        var comesBack = account.TemporaryLimit is { } some && some.Until < DateOnly.MaxValue
            ? CreditLimit.On(account, some.Until.AddDays(1), limits)?.Amount
            : null;
        return await changes.RequestAsync(
            command,
            new LimitChange(
                customerId, LimitChanges.TemporaryLimitEnd, comesBack ?? Money.Zero(account.Currency)),
            reason!, changed => changed.Reply());
    }
}
