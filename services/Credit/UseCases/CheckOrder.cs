using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>An order to check.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="OrderId">The order, as its system names it; unique in a legal entity.</param>
/// <param name="Amount">What it is worth, tax included, as it will be invoiced.</param>
/// <param name="Terms">Payment terms it is to be invoiced with, where they are not the customer's.</param>
/// <param name="NeededOn">Day it is to be delivered, up to 2999-12-31; null where nobody has said.</param>
/// <param name="CheckPoint">How far it has come: <c>confirm</c>, <c>pick</c>, <c>pack</c>, <c>ship</c>,
/// <c>pro-forma</c> or <c>invoice</c>.</param>
public sealed record CheckOrderRequest(
    Guid CustomerId, string OrderId, Money Amount, string? Terms = null, DateOnly? NeededOn = null,
    CheckPoint CheckPoint = CheckPoint.Confirm);

/// <summary><c>POST /v1/credit/order-checks</c>: decides and, when the order fits, reserves, in one step.</summary>
public static partial class CheckOrder
{
    /// <summary>Well below what Money holds, so that sums of orders stay inside it.</summary>
    public const decimal LargestOrder = Money.Limit / 1000;

    private const string Claim =
        "insert into order_claims (legal_entity, order_id, customer_id) select $1, $2, $3 where not exists " +
        "(select 1 from order_claims where legal_entity = $1 and order_id = $2 and customer_id = $3)";

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/order-checks", Handle)
            .RequireScopeOr(Scopes.CreditOrders, Scopes.CreditWrite)
            .Produces<OrderCheckView>(StatusCodes.Status201Created)
            .Produces<OrderCheckView>()
            .WithSummary("Check an order against the credit limit and reserve its amount");

    private static async Task<IResult> Handle(
        CheckOrderRequest request, HttpCommand command, OrderDecisions decisions, ILogger<CheckOrderRequest> log)
    {
        var (customerId, orderId, amount) = (request.CustomerId, request.OrderId?.Trim() ?? "", request.Amount);
        if (new Validation()
            .Required("/orderId", orderId, max: 100)
            .Check(!orderId.Contains('/', StringComparison.Ordinal), "/orderId", "holds a slash")
            .Check(amount.IsPositive, "/amount", "is not above zero")
            .Check(amount.Amount < LargestOrder, "/amount", "is too large")
            .Check(
                !(request.NeededOn > Days.Last), "/neededOn", $"is after {Days.Last:yyyy-MM-dd}; null is for no day")
            .Optional("/terms", request.Terms, max: 100).Problem is { } problem)
            return problem;
        var wish = new OrderWish(
            orderId, amount, request.Terms?.Trim().ToUpperInvariant(), request.NeededOn, request.CheckPoint);
        return await decisions.DecideAsync(
            command, customerId,
            (account, facts) => CreditDecider.Check(customerId, account, wish, facts),
            decided => Answer(customerId, orderId, decided),
            onDuplicate: _ => CreditRefusals.OrderOfAnotherCustomer(orderId),
            with: (batch, decided) =>
            {
                if (decided.Events is [OrderApproved { Basis: { AllowsAll: true } basis }])
                    LogAllowedWithoutRules(log, orderId, customerId, basis.Policy);
                batch.Row(ClaimRow(decided.State.Opened!.LegalEntity, orderId, customerId));
            });
    }

    private static Reply Answer(Guid customerId, string orderId, Decided<CreditAccount> decided)
    {
        var view = OrderCheckView.Of(customerId, decided.State, orderId, decided.Version);
        return decided.Events.Count == 0
            ? Reply.Ok(view, decided.Version)
            : Reply.Created(OrderCheckLookup.Path(orderId, decided.State), view, decided.Version);
    }

    /// <summary>Another customer's claim on the order id refuses the whole write.</summary>
    private static NpgsqlBatchCommand ClaimRow(string legalEntity, string orderId, Guid customerId)
    {
        var row = new NpgsqlBatchCommand(Claim);
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = orderId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return row;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Order {OrderId} of customer {CustomerId} is allowed because policy {Policy} has no rules.")]
    private static partial void LogAllowedWithoutRules(ILogger log, string orderId, Guid customerId, int policy);
}
