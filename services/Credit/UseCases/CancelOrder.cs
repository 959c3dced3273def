using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/order-checks/{orderId}/cancel</c>: the order will not come; its reservation is given back. Its id
/// is free for another customer once nothing of it is out or billed: what is told of goods that come back is told of
/// this order.
/// </summary>
public static class CancelOrder
{
    private const string Unclaim =
        "delete from order_claims where legal_entity = $1 and order_id = $2 and customer_id = $3";

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/order-checks/{orderId}/cancel", Handle)
            .RequireScopeOr(Scopes.CreditOrders, Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("Cancel an order and give back what is reserved for it");

    private static Task<IResult> Handle(
        string orderId, string? legalEntity, OrderReasonRequest request, HttpCommand command, DecisionBooks books,
        WaitingReleases releases) =>
        DecideOrder.DecideAsync(
            orderId, legalEntity, request, command, books, releases,
            (account, facts) => CreditDecider.Cancel(account, orderId, facts),
            (batch, account, customerId) => FreeId(batch, account, orderId, customerId));

    /// <summary>Frees the id of a cancelled order of which nothing is out or billed.</summary>
    internal static void FreeId(WriteBatch batch, CreditAccount account, string orderId, Guid customerId)
    {
        var order = account.Orders[orderId];
        var currency = order.Amount.Currency;
        if (order.Status == OrderStatus.Cancelled && account.DeliveredOf(orderId, currency).IsZero
            && account.BilledOf(orderId, currency).IsZero)
            batch.Row(UnclaimRow(account.Opened!.LegalEntity, orderId, customerId));
    }

    private static NpgsqlBatchCommand UnclaimRow(string legalEntity, string orderId, Guid customerId)
    {
        var row = new NpgsqlBatchCommand(Unclaim);
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = orderId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return row;
    }
}
