using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Why a person decides so; kept with the event.</summary>
/// <param name="Reason">In words.</param>
public sealed record OrderReasonRequest(string Reason);

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
        string orderId, string? legalEntity, OrderReasonRequest request, HttpCommand command,
        LegalEntityCalendar calendar)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        if (missing is not null)
            return await command.RefuseAsync(missing);
        var today = await calendar.TodayAsync(command.Cancellation);
        return await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account => CreditDecider.Release(account, orderId, today(account)),
            decided =>
                Reply.Ok(OrderCheckView.Of(customerId, decided.State, orderId, decided.Version), decided.Version),
            reason: request.Reason);
    }
}
