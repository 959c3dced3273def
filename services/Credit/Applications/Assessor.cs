using System.Collections.Immutable;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Applications;

/// <summary>
/// The policy applied to a case: knock-outs first; whatever a person should look at refers it; then the score decides
/// within what is granted without a person. Pure: the same facts and policy always give the same assessment, so
/// a decision is replayed, and another policy is tried on past decisions, by calling it again.
/// </summary>
public static class Assessor
{
    /// <summary>A review: a customer that has a limit is looked at again.</summary>
    public const string Review = "review";

    /// <summary>An application for a limit.</summary>
    public const string Application = "application";

    /// <summary>Both.</summary>
    public static readonly IReadOnlyList<string> Kinds = [Application, Review];

    /// <summary>
    /// Judges a case. One whose figures are beyond every amount cannot be worked out and is a person's: no case holds
    /// up others.
    /// </summary>
    public static Assessment Assess(
        NumberedPolicy policy, CaseFacts request, CustomerFacts facts, Consultation consultation)
    {
        try
        {
            return Judge(policy, request, facts, consultation);
        }
        catch (Exception error) when (error is ArithmeticException or ArgumentException)
        {
            return new Assessment(
                facts.On, policy.Number, consultation, facts, request, new ScoreResult(null, null, 0, null, []), null,
                null, Recommendation.Refer,
                [new OrderReason("assessment-failed", $"It cannot be worked out: {error.Message}")]);
        }
    }

    private static Assessment Judge(
        NumberedPolicy policy, CaseFacts request, CustomerFacts facts, Consultation consultation)
    {
        var score = Scorecard.Score(policy.Policy.Scorecard, facts.Inputs());
        var currency = Currency.Of(request.Currency);
        var rates = Rates(request);
        var oldest = facts.On.AddDays(-policy.Policy.Exposure.RateDays);
        var limit = score.RiskClass is { } risk
            ? LimitFormula.Of(
                policy.Policy.Limits.For(request.Segment), risk, request.RequestedTerms ?? request.AgreedTerms, facts,
                ToBase, request.Currency)
            : null;
        var recommended = limit is not { Amount: var most } || most >= Money.Limit - 1 ? null
            : rates.Convert(Money.Round(most, rates.Base), currency, oldest);
        var (recommendation, reasons) = Decide();
        return new Assessment(
            facts.On, policy.Number, consultation, facts, request, score, limit, recommended, recommendation, reasons);

        decimal? ToBase(decimal amount, string of) => Currency.TryOf(of, out var from)
            ? rates.Convert(Money.Round(amount, from), rates.Base, oldest)?.Amount
            : null;

        (Recommendation, IReadOnlyList<OrderReason>) Decide()
        {
            var knockOuts = KnockOuts(policy.Policy.Applications, request, consultation).ToList();
            if (knockOuts.Count > 0)
                return (Recommendation.Decline, knockOuts);
            var doubts = Doubts(
                policy.Policy, request, consultation, score, recommended, ToBase(request.RequestedLimit.Amount,
                request.Currency)).ToList();
            return doubts.Count > 0 ? (Recommendation.Refer, doubts) : ByScore(policy.Policy, request, score);
        }
    }

    /// <summary>Judges the same case again under a policy.</summary>
    public static Assessment Again(Assessment before, NumberedPolicy policy) =>
        Assess(policy, before.Case, before.Facts, before.Consultation);

    private static IEnumerable<OrderReason> KnockOuts(
        ApplicationPolicy policy, CaseFacts request, Consultation consultation)
    {
        foreach (var finding in consultation.Report?.Findings.Intersect(policy.KnockOuts) ?? [])
            yield return new OrderReason(finding, $"The bureau reports {finding}.");
        foreach (var hold in request.Holds.Intersect(policy.KnockOuts).Except(consultation.Report?.Findings ?? []))
            yield return new OrderReason(hold, $"The account is held for {hold}.");
    }

    private static IEnumerable<OrderReason> Doubts(
        CreditPolicy policy, CaseFacts request, Consultation consultation, ScoreResult score, Money? recommended,
        decimal? requestedInBase)
    {
        foreach (var doubt in BureauDoubts(consultation))
            yield return doubt;
        if (score.Score is null)
        {
            yield return new OrderReason(
                "coverage", $"Only {score.Coverage:0.##} % of the scorecard's weight is known; " +
                $"{policy.Scorecard.MinimumCoverage:0.##} % are needed.");
        }

        var applications = policy.Applications;
        if (consultation.Report is { Paydex: { } paydex, FailurePercentile: { } failure }
            && paydex >= applications.PaydexFrom && failure < applications.FailureBelow)
        {
            yield return new OrderReason(
                "cloaking", $"It pays promptly (PAYDEX {paydex}) while its failure score has collapsed " +
                $"(percentile {failure}).");
        }

        if (score.Score is { } known && known < applications.DeclineBelow)
            yield break;
        if (request.RequestedTerms is { } terms && terms != request.AgreedTerms)
        {
            yield return new OrderReason(
                "terms-requested", $"{terms} are asked for; {request.AgreedTerms} are agreed.");
        }

        if (request is { Limit: { } limit, LimitBefore: { } before } && limit != before)
        {
            yield return new OrderReason(
                "limit-changed", $"The limit is {limit} by now; it was {before} for this case. Whoever decides looks " +
                "at what was meant by that.");
        }
        else if (request.LimitUntil != request.LimitUntilBefore)
        {
            yield return new OrderReason(
                "limit-changed", $"The limit holds {Until(request.LimitUntil)} by now; for this case it held " +
                $"{Until(request.LimitUntilBefore)}. Whoever decides looks at what was meant by that.");
        }

        if (requestedInBase is null)
            yield return new OrderReason("no-exchange-rate", $"Nobody knows what {request.RequestedLimit} are worth.");
        else if (requestedInBase > applications.ApproveUpTo)
        {
            yield return new OrderReason("above-automatic-limit",
                $"{request.RequestedLimit} is more than is granted without a person.");
        }

        if (score.Score is not null && !(recommended >= request.RequestedLimit))
        {
            yield return new OrderReason("above-formula",
                $"{request.RequestedLimit} is more than the {recommended?.ToString() ?? "limit"} that was worked out.");
        }

        if (request.Kind == Review && Scorecard.IsWorse(policy.Scorecard, request.RiskClass, score.RiskClass))
        {
            yield return new OrderReason(
                "worsened-class", $"It was in class {request.RiskClass} and is in {score.RiskClass}.");
        }
    }

    private static string Until(DateOnly? last) => last is { } day ? $"until {day:yyyy-MM-dd}" : "without a last day";

    private static IEnumerable<OrderReason> BureauDoubts(Consultation consultation)
    {
        if (BureauDoubt(consultation) is { } doubt)
            yield return doubt;
        if (consultation is { LacksNumbers: true, Report: not null })
        {
            yield return new OrderReason(
                "company-numbers-unknown",
                "Which numbers the company has is not told yet: a report by its name may be another company's.");
        }

        if (consultation.Report?.Findings.Contains(FindingCodes.PastBankruptcy) == true)
        {
            yield return new OrderReason(
                FindingCodes.PastBankruptcy, "The bureau reports a bankruptcy that is over.");
        }
    }

    private static OrderReason? BureauDoubt(Consultation consultation) => consultation.Status switch
    {
        ConsultationStatus.Unavailable => new OrderReason("bureau-unavailable", consultation.Detail),
        ConsultationStatus.NotConfigured => new OrderReason("bureau-not-configured", consultation.Detail),
        ConsultationStatus.NoMatch => new OrderReason("bureau-no-match", "The bureau does not know the company."),
        ConsultationStatus.Thin => new OrderReason("bureau-thin-file", "The bureau knows too little of the company."),
        _ => null,
    };

    private static (Recommendation, IReadOnlyList<OrderReason>) ByScore(
        CreditPolicy policy, CaseFacts request, ScoreResult score)
    {
        var (known, applications) = (score.Score!.Value, policy.Applications);
        if (known >= applications.ApproveFrom)
            return (Recommendation.Approve, []);
        if (known >= applications.DeclineBelow)
        {
            return (Recommendation.Refer,
                [new OrderReason("score-in-between", $"A score of {known} is for a person to decide on.")]);
        }

        // Nobody loses the limit it has without a person.
        return (request.Kind == Review ? Recommendation.Refer : Recommendation.Decline,
            [new OrderReason("score-too-low", $"The score is {known}; {applications.DeclineBelow:0.##} is needed.")]);
    }

    private static DayRates Rates(CaseFacts request) => new(
        Currency.Of(request.Base),
        (request.Rates ?? new Dictionary<string, DatedRate>()).ToImmutableDictionary(
            rate => Currency.Of(rate.Key), rate => rate.Value));
}
