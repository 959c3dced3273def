using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What a customer's score is made of.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="On">The day, in the calendar of its legal entity.</param>
/// <param name="Policy">Number of the policy in force.</param>
/// <param name="Score">0 to 100 by what is known now; null where too little is. The next daily run makes it that of the
/// account.</param>
/// <param name="RiskClass">The class of that score.</param>
/// <param name="Coverage">Weight of the scorecard that is known, in percent.</param>
/// <param name="BehaviourScore">The same from its behaviour towards us alone.</param>
/// <param name="Factors">Every factor, with its part of the score.</param>
/// <param name="LastChange">When it came into the class of its account; null where it is in none.</param>
public sealed record AccountScore(
    Guid CustomerId, DateOnly On, int Policy, int? Score, string? RiskClass, decimal Coverage, int? BehaviourScore,
    IReadOnlyList<FactorResult> Factors, ScoreChange? LastChange);

/// <summary>A change of class.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="From">The class before; null for none.</param>
/// <param name="To">The class since; null for none.</param>
/// <param name="Score">The score that did it.</param>
/// <param name="Policy">Number of the policy by which it was worked out.</param>
/// <param name="Source"><c>application</c>, <c>review</c> or <c>rescoring</c>.</param>
/// <param name="SourceId">The case, or null.</param>
/// <param name="Factors">What the score was made of; null where that was not kept yet.</param>
/// <param name="Moved">What had moved it most since the class before; null where that is not known.</param>
public sealed record ScoreChange(
    DateTimeOffset At, string? From, string? To, int? Score, int Policy, string Source, Guid? SourceId,
    IReadOnlyList<RiskFactor>? Factors, IReadOnlyList<FactorMove>? Moved);

/// <summary>
/// <c>GET /v1/credit/accounts/{customerId}/score</c>: the factors of the score by what is known now, and of the one by
/// which the customer came into its class.
/// </summary>
public static class ShowScore
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/accounts/{customerId:guid}/score", HandleAsync)
            .RequireScope(Scopes.CreditRead)
            .Produces<AccountScore>()
            .WithSummary("What a customer's score is made of, and why it is in its class");

    private static async Task<IResult> HandleAsync(
        Guid customerId, HttpContext http, EventStore store, DecisionBooks books, FactsReader reader)
    {
        var cancellation = http.RequestAborted;
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        if (CreditAccountAccess.Deny(customerId, account, Caller.Of(http)) is { } denied)
            return Problems.From(denied);
        var facts = (await books.FactsAsync(cancellation))(account);
        if (await reader.OneAsync(customerId, facts, cancellation) is not { } known)
            return Problems.From(Refusal.NotFound("score of customer", customerId));
        var score = Scorecard.Score(facts.Policy.Policy.Scorecard, known.Facts.Inputs());
        var changes = await RiskHistory.LastAsync(
            store.Database, account.Risk?.RiskClass is null ? [] : [customerId], cancellation);
        return Reply.Ok(new AccountScore(
            customerId, facts.Today, facts.Policy.Number, score.Score, score.RiskClass, score.Coverage,
            score.Behaviour, score.Factors, Of(changes.GetValueOrDefault(customerId))));
    }

    private static ScoreChange? Of(ClassChange? change) => change is not { Risk: { } risk }
        ? null
        : new ScoreChange(
            change.At, risk.Before, risk.RiskClass, risk.Score, risk.Policy, risk.Source, risk.SourceId, risk.Factors,
            risk.Moved);
}
