using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A customer asks for credit.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="RequestedLimit">In the currency of its account.</param>
/// <param name="RequestedTerms">Payment terms, where other than those it has are asked for.</param>
/// <param name="Financials">Declared figures, or null.</param>
public sealed record SubmitApplicationRequest(
    Guid CustomerId, Money RequestedLimit, string? RequestedTerms = null, Financials? Financials = null);

/// <summary>
/// <c>POST /v1/credit/applications</c>: opens the case; it is put together and judged at once, without the caller's
/// waiting for a bureau.
/// </summary>
public static class SubmitApplication
{
    private const int MostAnswers = 50;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/applications", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<ApplicationView>(StatusCodes.Status201Created)
            .WithSummary("Apply for credit");

    private static Task<IResult> Handle(SubmitApplicationRequest request, HttpCommand command) =>
        new Validation()
            .Check(request.RequestedLimit.IsPositive, "/requestedLimit", "is not above zero")
            .Optional("/requestedTerms", request.RequestedTerms, max: 100)
            .Check(IsPlausible(request.Financials), "/financials", "has a currency or figures that cannot be")
            .Problem is { } problem
                ? Task.FromResult<IResult>(problem)
                : command.CommitAsync(cancellation => PlanAsync(request, command, cancellation));

    private static async Task<Plan> PlanAsync(
        SubmitApplicationRequest request, HttpCommand command, CancellationToken cancellation)
    {
        var (account, _) = await command.Store.LoadAsync(
            CreditAccountStream.Type, request.CustomerId, cancellation);
        if (CreditAccountAccess.Deny(request.CustomerId, account, command.Caller) is { } denied)
            return denied;
        if (request.RequestedLimit.Currency != account.Currency)
            return CreditRefusals.LimitInOtherCurrency(request.RequestedLimit.Currency, account.Currency);
        var terms = request.RequestedTerms?.Trim().ToUpperInvariant();
        if (terms is not null && terms != account.Customer?.Terms && CreditTerms.Read(terms) is null)
            return CreditRefusals.UnknownTerms(terms, "/requestedTerms");
        var id = Ids.Next(command.Clock);
        var submitted = new ApplicationSubmitted(
            Assessor.Application, request.CustomerId, account.Opened!.LegalEntity,
            account.Customer?.Name ?? account.Opened.Name, request.RequestedLimit,
            terms, request.Financials, "Applied for.", command.Caller.Subject,
            account.Limit?.Limit ?? Money.Zero(account.Currency), account.Limit?.ExpiresOn);
        var events = ApplicationDecider.Submit(CreditApplication.Initial, submitted).Events;
        return Plan.Write(
            new WriteBatch(command.Metadata()).Append(ApplicationStream.Type, id, 0, events),
            Reply.Created(
                $"/v1/credit/applications/{id}",
                ApplicationView.Of(id, events.Aggregate(CreditApplication.Initial, CreditApplication.Evolve), 1), 1));
    }

    internal static bool IsPlausible(Financials? figures) => figures is null
        || (Currency.TryOf(figures.Currency, out _)
            && new[] { figures.CurrentAssets, figures.CurrentLiabilities, figures.TotalLiabilities, figures.Revenue }
                .All(amount => amount is null or (>= 0 and < Money.Limit))
            && new[] { figures.NetWorth, figures.NetIncome }
                .All(amount => amount is null or (> -Money.Limit and < Money.Limit))
            && figures.FoundedYear is null or (>= 1000 and <= 9999)
            && (figures.Answers?.Count ?? 0) <= MostAnswers
            && (figures.Answers ?? new Dictionary<string, string>()).All(answer =>
                FactorCodes.IsOwn(answer.Key) && answer.Value is { Length: > 0 and <= 100 }));
}
