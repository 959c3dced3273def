using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary><c>GET /v1/credit/accounts/{customerId}</c>.</summary>
public static class GetCreditAccount
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/accounts/{customerId}", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<CreditAccountView>()
            .WithSummary("Limit, exposure and what is available");

    private static async Task<IResult> Handle(
        Guid customerId, HttpContext http, EventStore store, DecisionBooks books, GroupReader groups)
    {
        var (account, version) = await store.LoadAsync(CreditAccountStream.Type, customerId, http.RequestAborted);
        if (CreditAccountAccess.Deny(customerId, account, Caller.Of(http)) is { } denied)
            return Problems.From(denied);
        var facts = (await books.FactsAsync(http.RequestAborted))(account);
        var loaded = await groups.LoadAsync(customerId, account, facts, http.RequestAborted);
        return Reply.Ok(
            CreditAccountView.Of(
                customerId, account, version, facts with { Groups = [.. loaded.Select(one => one.Position)] }),
            version);
    }
}
