using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>Payment plans.</summary>
internal static class Plans
{
    /// <summary>To the cent, the installments are what is covered, and both are the plan.</summary>
    public static Verdict SumToWhatTheyCover(SystemFacts facts)
    {
        var parts = facts.PlanParts.ToLookup(part => (part.Plan, part.IsInstallment), part => part.Amount);
        var plans = facts.PlanEvents.Where(e => e.Type == "plan_proposed").ToList();
        return new Verdict(plans.Count,
        [
            .. from plan in plans
               let installments = parts[(plan.Plan, true)].Sum()
               let covered = parts[(plan.Plan, false)].Sum()
               where (installments, covered) != (plan.Amount, plan.Amount)
               select $"plan {plan.Plan} of {plan.Amount} has installments of {installments} over {covered}",
        ]);
    }

    /// <summary>
    /// Whenever due dates are to move, or to go back, Invoicing has answered that, once; and each word about a plan is
    /// another one than the last.
    /// </summary>
    public static Verdict AreAnsweredOnce(SystemFacts facts)
    {
        var answers = facts.RescheduleAnswers.CountBy(request => request).ToDictionary();
        var asked = facts.PlanEvents.Where(e => e.Request is not null).Select(e => e.Request!.Value).ToList();
        return new Verdict(asked.Count,
        [
            .. from request in asked.Union(answers.Keys)
               let times = answers.GetValueOrDefault(request)
               where times != 1 || asked.Count(one => one == request) != 1
               select $"request {request} of a plan was answered {times} times",
            .. from plan in facts.PlanEvents.GroupBy(e => e.Plan)
               let events = plan.OrderBy(e => e.Version).ToList()
               from pair in events.Zip(events.Skip(1))
               where pair.First.Type is "plan_cancelled" || StatusAfter(pair.First) == StatusAfter(pair.Second)
               select $"plan {plan.Key} at {pair.Second.Version}: {pair.Second.Type} after {pair.First.Type}",
        ]);
    }

    private static string StatusAfter(PlanEvent e) => e.Type == "plan_reinstated" ? "plan_activated" : e.Type;
}
