using OrderToCash.Approvals;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A limit for a customer.</summary>
/// <param name="Limit">Most it may owe, orders included; zero means cash in advance.</param>
/// <param name="Reason">Why; kept with the event.</param>
/// <param name="ExpiresOn">Last day it holds in the legal entity's calendar, or null.</param>
public sealed record SetLimitRequest(Money Limit, string Reason, DateOnly? ExpiresOn = null);

/// <summary>
/// <c>PUT /v1/credit/accounts/{customerId}/limit</c>: within the caller's authority at once, else 202 and an approval.
/// </summary>
public static class SetLimit
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/v1/credit/accounts/{customerId}/limit", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CreditAccountView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Set the credit limit of a customer");

    private static async Task<IResult> Handle(
        Guid customerId, SetLimitRequest request, HttpCommand command, LimitChanges changes)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(!request.Limit.IsNegative, "/limit", "is below zero").Problem is { } problem)
            return problem;
        return await changes.RequestAsync(
            command, new LimitChange(customerId, LimitChanges.Limit, request.Limit, Until: request.ExpiresOn),
            request.Reason, changed => changed.Reply());
    }
}
