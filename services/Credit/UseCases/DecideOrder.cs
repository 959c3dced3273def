using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Why a person decides so; kept with the event.</summary>
/// <param name="Reason">In words.</param>
public sealed record OrderReasonRequest(string Reason);

/// <summary>
/// What is decided on an order that is there: <c>POST /v1/credit/order-checks/{orderId}/decline</c> says no to a held
/// one, <c>/recheck</c> judges it again as things are now.
/// </summary>
public static class DecideOrder
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/order-checks/{orderId}/decline", DeclineAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("Say no to a held order");
        routes.MapPost("/v1/credit/order-checks/{orderId}/recheck", RecheckAsync)
            .RequireScopeOr(Scopes.CreditOrders, Scopes.CreditWrite)
            .Produces<OrderCheckView>()
            .WithSummary("Judge an order again as things are now");
    }

    private static Task<IResult> DeclineAsync(
        string orderId, string? legalEntity, OrderReasonRequest request, HttpCommand command, DecisionBooks books,
        WaitingReleases releases) =>
        DecideAsync(
            orderId, legalEntity, request, command, books, releases,
            (account, facts) => CreditDecider.Decline(account, orderId, facts));

    /// <summary>
    /// What a person decides on the account of an order, for a reason, and the order after it. What was asked for to
    /// release it is taken back where that is not needed any more.
    /// </summary>
    internal static async Task<IResult> DecideAsync(
        string orderId, string? legalEntity, OrderReasonRequest request, HttpCommand command, DecisionBooks books,
        WaitingReleases releases, Func<CreditAccount, DecisionFacts, Decision> decide,
        Action<WriteBatch, CreditAccount, Guid>? with = null)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        if (missing is not null)
            return await command.RefuseAsync(missing);
        return await command.CommitAsync(async cancellation =>
        {
            var (account, version) = await command.Store.LoadAsync(
                CreditAccountStream.Type, customerId, cancellation);
            command.Expect(version);
            var decision = decide(account, (await books.FactsAsync(cancellation))(account));
            if (decision.Refusal is { } refusal)
                return refusal;
            var (events, decided) = (decision.Events, decision.Events.Aggregate(account, CreditAccount.Evolve));
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(CreditAccountStream.Type, customerId, version, events);
            await releases.WithdrawAsync(batch, account, events, cancellation);
            with?.Invoke(batch, decided, customerId);
            var after = version + events.Count;
            return Plan.Write(batch, Reply.Ok(OrderCheckView.Of(customerId, decided, orderId, after), after));
        });
    }

    private static async Task<IResult> RecheckAsync(
        string orderId, string? legalEntity, HttpCommand command, OrderDecisions decisions)
    {
        var (customerId, missing) = await OrderCheckLookup.FindAsync(
            command.Store, command.Caller, orderId, legalEntity, command.Cancellation);
        return missing is not null
            ? await command.RefuseAsync(missing)
            : await decisions.DecideAsync(
                command, customerId,
                (account, facts) => CreditDecider.Recheck(customerId, account, orderId, facts),
                decided => Reply.Ok(
                    OrderCheckView.Of(customerId, decided.State, orderId, decided.Version), decided.Version));
    }
}
