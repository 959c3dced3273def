namespace OrderToCash.Collections.Worklists;

/// <summary>
/// What comes first: the expected loss that work can avoid. Amount past due × chance of paying late × weight of age
/// (1 on the first day, 3 from half a year on), a quarter more for each broken promise, breached plan and a credit
/// hold, a tenth more for each dispute past its day (three of a kind at most). In major units of the row's currency:
/// amounts of two currencies are compared as numbers, because a day's rate would reorder a list while a person works
/// through it. The weights are ours.
/// </summary>
public static class WorkRanking
{
    private const int MostOfAKind = 3;
    private const int OldestCounted = 180;

    /// <summary>The rank; more comes first.</summary>
    public static decimal Rank(WorkFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var age = 1 + (Math.Min(facts.OldestDaysOverdue, OldestCounted) / 90m);
        var trouble = 1
            + (0.25m * Math.Min(facts.BrokenPromises, MostOfAKind))
            + (0.25m * Math.Min(facts.BreachedPlans, MostOfAKind))
            + (0.10m * Math.Min(facts.OverdueDisputes, MostOfAKind))
            + (facts.IsOnCreditHold ? 0.25m : 0);
        return decimal.Round(facts.Overdue.Amount * facts.ChanceOfLate * age * trouble, 4);
    }
}
