using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.ReadModels;
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
        Guid customerId, HttpContext http, EventStore store, LegalEntityCalendar calendar)
    {
        var account = await store.LoadAsync(CreditAccountStream.Type, customerId, http.RequestAborted);
        if (CreditAccountView.Deny(customerId, account.State, Caller.Of(http)) is { } denied)
            return Problems.From(denied);
        var today = await calendar.TodayAsync(http.RequestAborted);
        return Reply.Ok(
            CreditAccountView.Of(customerId, account.State, account.Version, today(account.State)), account.Version);
    }
}
