using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A held order is to be let go.</summary>
/// <param name="Reason">Why; kept with the event.</param>
/// <param name="Until">Last day of the release: what is not invoiced by then is free again. The policy's when
/// null.</param>
public sealed record ReleaseOrderRequest(string Reason, DateOnly? Until = null);

/// <summary>
/// <c>POST /v1/credit/order-checks/{orderId}/release</c>: a person lets a held order go and answers for it.
/// </summary>
public static class ReleaseOrder
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/order-checks/{orderId}/release", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("Release a held order, over the limit if need be");

    private static async Task<IResult> Handle(
        string orderId, string? legalEntity, ReleaseOrderRequest request, HttpCommand command,
        OrderDecisions decisions)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        return missing is not null
            ? await command.RefuseAsync(missing)
            : await decisions.DecideAsync(
                command, customerId,
                (account, facts) => CreditDecider.Release(customerId, account, orderId, request.Until, facts),
                decided => Reply.Ok(
                    OrderCheckView.Of(customerId, decided.State, orderId, decided.Version), decided.Version),
                request.Reason);
    }
}
