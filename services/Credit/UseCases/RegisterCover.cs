using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Somebody answers for the customer, or insures what it owes.</summary>
/// <param name="Kind"><c>guarantee</c>, <c>letter-of-credit</c>, <c>insurance</c> or <c>deposit</c>.</param>
/// <param name="Provider">Who answers.</param>
/// <param name="Reference">Number of the policy or deed.</param>
/// <param name="Cover">The most it pays.</param>
/// <param name="From">First day.</param>
/// <param name="Until">Last day, or null.</param>
/// <param name="Percent">Part of a loss that it pays; 100 when null.</param>
public sealed record RegisterCoverRequest(
    string Kind, string Provider, string Reference, Money Cover, DateOnly From, DateOnly? Until = null,
    decimal? Percent = null);

/// <summary>
/// <c>POST /v1/credit/accounts/{customerId}/cover</c> registers a guarantee or an insurance;
/// <c>…/cover/{coverId}/end</c> ends it.
/// </summary>
public static class RegisterCover
{
    private static readonly string[] Kinds = ["guarantee", "letter-of-credit", "insurance", "deposit"];

    /// <summary>Why the cover ends, and when.</summary>
    /// <param name="Reason">Kept with the event.</param>
    /// <param name="On">First day without it; today when null.</param>
    public sealed record EndRequest(string Reason, DateOnly? On = null);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/accounts/{customerId}/cover", RegisterAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CoverRegistered>(StatusCodes.Status201Created)
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Register a guarantee or an insurance");
        routes.MapPost("/v1/credit/accounts/{customerId}/cover/{coverId}/end", EndAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CreditAccountView>()
            .WithSummary("End a guarantee or an insurance");
    }

    private static async Task<IResult> RegisterAsync(
        Guid customerId, RegisterCoverRequest request, HttpCommand command, LimitChanges changes)
    {
        if (new Validation()
            .Check(Kinds.Contains(request.Kind), "/kind", $"is none of {string.Join(", ", Kinds)}")
            .Required("/provider", request.Provider)
            .Required("/reference", request.Reference)
            .Check(request.Cover.IsPositive, "/cover", "is not above zero")
            .Check(request.Percent is null or (> 0 and <= 100), "/percent", "is not above 0 and at most 100")
            .Problem is { } problem)
            return problem;
        var cover = new CoverRegistered(
            Ids.Next(command.Clock), request.Kind, request.Provider, request.Reference, request.Cover,
            request.Percent ?? 100, request.From, request.Until);
        return await changes.RequestAsync(
            command, new LimitChange(customerId, LimitChanges.Cover, request.Cover, Cover: cover),
            $"{request.Kind} {request.Reference} of {request.Provider}",
            changed => Reply.Created($"/v1/credit/accounts/{customerId}", cover, changed.Version));
    }

    private static async Task<IResult> EndAsync(
        Guid customerId, Guid coverId, EndRequest request, HttpCommand command, DecisionBooks books)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(!(request.On < Days.First), "/on", $"is before {Days.First:yyyy-MM-dd}").Problem is { } problem)
            return problem;
        var facts = await books.FactsAsync(command.Cancellation);
        return await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account => CreditAccountAccess.Deny(customerId, account, command.Caller)
                ?? LimitDecider.End(account, coverId, request.On ?? facts(account).Today),
            decided => Reply.Ok(
                CreditAccountView.Of(customerId, decided.State, decided.Version, facts(decided.State)),
                decided.Version),
            reason: request.Reason);
    }
}
