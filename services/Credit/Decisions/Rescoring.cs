using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What a rescoring came to.</summary>
/// <param name="LegalEntity">Whose customers.</param>
/// <param name="Scored">Customers that were looked at.</param>
/// <param name="Changed">Customers whose score, class or behaviour score is another one now.</param>
/// <param name="Worsened">Customers in a worse class than before.</param>
public sealed record RescoringResult(string LegalEntity, int Scored, int Changed, int Worsened);

/// <summary>
/// Scores all customers of a legal entity anew from what is known of them, without asking a bureau. Customers are read
/// and written in sets; only those whose outcome is another one get an event. What a customer did in between is
/// decided on again, by itself.
/// </summary>
public sealed class Rescoring(EventStore store, DecisionBooks books, FactsReader reader)
{
    /// <summary>
    /// Customers in a set: enough to make the statements' cost small, few enough to be written in one go.
    /// </summary>
    private const int SetSize = 1_000;

    private const string Source = "rescoring";

    private static readonly EventMetadata Metadata = new(CreditService.Name, Reason: "Scored anew");

    /// <summary>Scores all of them.</summary>
    public async Task<RescoringResult> RunAsync(string legalEntity, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(legalEntity, cancellation);
        var result = new RescoringResult(legalEntity, 0, 0, 0);
        var next = PageAsync(Guid.Empty);
        while (await next is { Count: > 0 } customers)
        {
            // The next set is read while this one is scored and written.
            next = PageAsync(customers[^1].CustomerId);
            var changed = await WithMovesAsync(Score(customers, facts), facts, cancellation);
            await WriteAsync(changed, facts, cancellation);
            result = new RescoringResult(
                legalEntity, result.Scored + customers.Count, result.Changed + changed.Count,
                result.Worsened + changed.Count(one => one.Risk.IsWorse));
        }

        return result;

        Task<List<ScoredCustomer>> PageAsync(Guid after) =>
            reader.PageAsync(legalEntity, after, SetSize, facts, cancellation);
    }

    private static List<Rescored> Score(List<ScoredCustomer> customers, DecisionFacts facts)
    {
        var changed = new List<Rescored>();
        foreach (var customer in customers)
        {
            var score = Scorecard.Score(facts.Policy.Policy.Scorecard, customer.Facts.Inputs());
            if (score.Score is null || (score.Score == customer.Score && score.RiskClass == customer.RiskClass
                && score.Behaviour == customer.BehaviourScore))
                continue;
            changed.Add(new Rescored(customer, score, Risk(score, customer.RiskClass, null, facts)));
        }

        return changed;
    }

    /// <summary>Of those in a worse class, what has moved their scores since they came into the one before.</summary>
    private async Task<List<Rescored>> WithMovesAsync(
        List<Rescored> changed, DecisionFacts facts, CancellationToken cancellation)
    {
        Guid[] worse = [.. changed.Where(one => one.Risk.IsWorse).Select(one => one.Customer.CustomerId)];
        if (worse.Length == 0)
            return changed;
        var before = await RiskHistory.LastAsync(store.Database, worse, cancellation);
        return changed.ConvertAll(one =>
            one.Risk.IsWorse && before.GetValueOrDefault(one.Customer.CustomerId)?.Risk.Factors is { } factors
                ? one with
                {
                    Risk = one.Risk with
                    {
                        Moved = RiskFactors.Moved(facts.Policy.Policy.Scorecard, factors, one.Score),
                    },
                }
                : one);
    }

    /// <summary>What is written of a score: why, where the class is another one.</summary>
    private static RiskAssessed Risk(
        ScoreResult score, string? before, IReadOnlyList<FactorMove>? moved, DecisionFacts facts)
    {
        var isWorse = Scorecard.IsWorse(facts.Policy.Policy.Scorecard, before, score.RiskClass);
        return new RiskAssessed(
            score.Score, score.RiskClass, facts.Policy.Number, Source, null, score.Behaviour, before, isWorse,
            before == score.RiskClass ? null : RiskFactors.Of(score), isWorse ? moved : null);
    }

    private async Task WriteAsync(List<Rescored> changed, DecisionFacts facts, CancellationToken cancellation)
    {
        if (changed.Count == 0)
            return;
        var batch = new WriteBatch(Metadata);
        foreach (var (customer, _, risk) in changed)
            batch.Append(CreditAccountStream.Type, customer.CustomerId, customer.Version, [risk]);
        if ((await store.CommitAsync(batch, cancellation)).IsCommitted)
            return;

        // Some account has moved since it was read: each has its turn alone.
        foreach (var (customer, score, risk) in changed)
        {
            await store.DecideAsync(
                CreditAccountStream.Type, customer.CustomerId, Metadata,
                account => account.Risk is { } now && (now.Score, now.RiskClass, now.Behaviour)
                    == (risk.Score, risk.RiskClass, risk.Behaviour)
                        ? Decision.Nothing
                        : Decision.Of(Risk(score, account.Risk?.RiskClass, risk.Moved, facts)),
                cancellation: cancellation);
        }
    }

    private sealed record Rescored(ScoredCustomer Customer, ScoreResult Score, RiskAssessed Risk);
}
