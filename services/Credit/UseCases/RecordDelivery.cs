using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What of an order has left by now.</summary>
/// <param name="Delivered">All of it, tax included, as it will be invoiced: not only the last delivery. Less than
/// before where goods came back.</param>
/// <param name="AsOf">When the order system has counted it, at most five minutes ahead of this system's clock: what
/// was counted earlier than what is known changes nothing. Without it the report that comes last counts.</param>
public sealed record RecordDeliveryRequest(Money Delivered, DateTimeOffset? AsOf = null);

/// <summary>
/// <c>POST /v1/credit/order-checks/{orderId}/deliveries</c>: what was reserved for the order is an unbilled delivery
/// now, until its invoice comes. It is a fact: recorded whatever was decided on the order, and twice is once.
/// </summary>
public static class RecordDelivery
{
    /// <summary>How far the clock of an order system may be ahead: a report from further on would outlast true ones.
    /// </summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/order-checks/{orderId}/deliveries", Handle)
            .RequireScopeOr(Scopes.CreditOrders, Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("Report what of an order is delivered by now");

    private static async Task<IResult> Handle(
        string orderId, string? legalEntity, RecordDeliveryRequest request, HttpCommand command)
    {
        if (new Validation()
            .Check(!request.Delivered.IsNegative, "/delivered", "is below zero")
            .Check(request.Delivered.Amount < CheckOrder.LargestOrder, "/delivered", "is too large")
            .Check(request.AsOf is not { } at || at <= command.Clock.GetUtcNow() + ClockSkew, "/asOf", "is to come")
            .Problem is { } problem)
            return problem;
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        if (missing is not null)
            return await command.RefuseAsync(missing);
        return await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account => CreditDecider.Deliver(account, orderId, request.Delivered, request.AsOf),
            decided =>
                Reply.Ok(OrderCheckView.Of(customerId, decided.State, orderId, decided.Version), decided.Version),
            with: (batch, decided) => CancelOrder.FreeId(batch, decided.State, orderId, customerId));
    }
}
