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
    public static IReadOnlyList<object> Of(
        Guid applicationId, ApplicationSubmitted submitted, CreditAccount account, Assessment? assessment,
        IReadOnlyList<object> decided, DecisionFacts facts)
    {
        var events = new List<object>();
        if (assessment?.Score is { Score: { } score } known)
        {
            var before = account.Risk?.RiskClass;
            events.Add(new RiskAssessed(
                score, known.RiskClass, assessment.Policy, submitted.Kind, applicationId, known.Behaviour, before,
                Scorecard.IsWorse(facts.Policy.Policy.Scorecard, before, known.RiskClass),
                before == known.RiskClass ? null : RiskFactors.Of(known)));
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
