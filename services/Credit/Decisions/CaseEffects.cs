using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Scoring;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What the decision on a case does to the account, in the same write.</summary>
public static class CaseEffects
{
    /// <summary>The events of the account.</summary>
    /// <param name="applicationId">The case.</param>
    /// <param name="submitted">What was asked for.</param>
    /// <param name="account">The account before.</param>
    /// <param name="assessment">The assessment; null where only a person's decision is carried out.</param>
    /// <param name="decided">The events of the case.</param>
    /// <param name="facts">Day and policy.</param>
    /// <param name="known">What the score was made of when the customer came into its class; null where that is not
    /// known.</param>
    public static IReadOnlyList<object> Of(
        Guid applicationId, ApplicationSubmitted submitted, CreditAccount account, Assessment? assessment,
        IReadOnlyList<object> decided, DecisionFacts facts, IReadOnlyList<RiskFactor>? known = null)
    {
        var events = new List<object>();
        if (assessment?.Score is { Score: { } score } scored)
        {
            var (card, before) = (facts.Policy.Policy.Scorecard, account.Risk?.RiskClass);
            var isWorse = Scorecard.IsWorse(card, before, scored.RiskClass);
            events.Add(new RiskAssessed(
                score, scored.RiskClass, assessment.Policy, submitted.Kind, applicationId, scored.Behaviour, before,
                isWorse, before == scored.RiskClass ? null : RiskFactors.Of(scored),
                isWorse && known is not null ? RiskFactors.Moved(card, known, scored) : null));
        }

        if (assessment is not null)
        {
            events.AddRange(HoldDecider.Found(
                submitted.CustomerId, account, assessment.Consultation.Report?.Findings ?? [], facts));
        }

        foreach (var e in decided)
        {
            switch (e)
            {
                case ApplicationApproved approved:
                    events.AddRange(LimitDecider.Set(account, approved.Limit, approved.ExpiresOn, facts.Today).Events);
                    if (approved.Terms is { } terms && terms != account.Customer?.Terms)
                        events.Add(new TermsAgreed(applicationId, terms, null));
                    break;
                case ApplicationDeclined when submitted.Kind == Assessor.Review && account.Limit is { } limit:
                    events.AddRange(LimitDecider.Set(
                        account, Money.Zero(limit.Limit.Currency), limit.ExpiresOn is { } last && last >= facts.Today
                            ? last : null, facts.Today).Events);
                    break;
            }
        }

        return events;
    }
}
