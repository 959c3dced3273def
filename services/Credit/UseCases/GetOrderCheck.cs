using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary><c>GET /v1/credit/order-checks/{orderId}</c>.</summary>
public static class GetOrderCheck
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/order-checks/{orderId}", Handle)
            .RequireScopeOr(Scopes.CreditRead, Scopes.CreditOrders, Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("An order and the last decision on it");

    private static async Task<IResult> Handle(string orderId, string? legalEntity, HttpContext http, EventStore store)
    {
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            store, Caller.Of(http), orderId, legalEntity, http.RequestAborted);
        if (missing is not null)
            return Problems.From(missing);
        var account = await store.LoadAsync(CreditAccountStream.Type, customerId, http.RequestAborted);
        return Reply.Ok(OrderCheckView.Of(customerId, account.State, orderId, account.Version), account.Version);
    }
}
