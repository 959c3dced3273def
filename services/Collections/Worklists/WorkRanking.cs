using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Worklists;

/// <summary>
/// What comes first: the expected loss that work can avoid. Amount past due × chance of paying late × age × trouble,
/// and what is about to fall due × chance × trouble, by the weights of the legal entity's policy, in major units of the
/// currency of its books at the rates of the day on which the row is written: those of the next day do not reorder a
/// list while a person works through it.
/// </summary>
public static class WorkRanking
{
    /// <summary>The rank; more comes first.</summary>
    /// <param name="facts">What is known of the customer.</param>
    /// <param name="overdue">Past due and collectible, in the currency of the books.</param>
    /// <param name="weights">What counts how much.</param>
    /// <param name="preDue">What is about to fall due and is to be reminded of, in the same currency; null for
    /// nothing.</param>
    public static decimal Rank(WorkFacts facts, Money overdue, WorklistWeights weights, Money? preDue = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(weights);
        var age = 1 + (weights.Age * Math.Min(facts.OldestDaysOverdue, weights.OldestDays) / weights.OldestDays);
        var trouble = 1
            + (weights.BrokenPromise * Math.Min(facts.BrokenPromises, weights.MostOfAKind))
            + (weights.BreachedPlan * Math.Min(facts.BreachedPlans, weights.MostOfAKind))
            + (weights.OverdueDispute * Math.Min(facts.OverdueDisputes, weights.MostOfAKind))
            + (facts.IsOnCreditHold ? weights.CreditHold : 0)
            + weights.OfRisk(facts.Risk?.RiskClass);
        var late = (overdue.Amount * age) + (preDue?.Amount ?? 0);
        return decimal.Round(late * facts.ChanceOfLate * trouble, 4);
    }
}
