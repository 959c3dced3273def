using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Holds the account, by hand and by rule.</summary>
public static class HoldDecider
{
    /// <summary>Held by rule: something is past due for too long.</summary>
    public const string PastDue = "past-due";

    /// <summary>Held by rule: too much of the limit is used.</summary>
    public const string OverLimit = "over-limit-hold";

    /// <summary>Held by rule: a payment bounced.</summary>
    public const string ReturnedPayment = "returned-payment";

    /// <summary>Held by rule: a payment plan was breached.</summary>
    public const string BreachedPlan = "breached-plan";

    /// <summary>Held by rule: Collections says that nothing of the customer's orders is to change.</summary>
    public const string OverdueState = "overdue-state";

    /// <summary>The longest that a rule is quiet once a person has let its hold go: a year.</summary>
    public const int MostQuietDays = 366;

    /// <summary>Placed once, for one fact: they do not come back by themselves.</summary>
    private static readonly string[] OfOneFact = [ReturnedPayment, BreachedPlan, OverdueState];

    /// <summary>Codes that a person may give; a rule may place <c>bankruptcy</c> and <c>sanctions</c>, too.</summary>
    public static readonly IReadOnlyList<string> ByHand =
        ["manual", "legal", "bankruptcy", "fraud", "sanctions", "ownership-change"];

    /// <summary>Every code that a hold can have.</summary>
    public static readonly IReadOnlyList<string> Codes =
        [.. ByHand.Union(FindingCodes.All), PastDue, OverLimit, ReturnedPayment, BreachedPlan, OverdueState];

    /// <summary>Places a hold; the same hold again is nothing.</summary>
    public static Decision Place(CreditAccount account, HoldPlaced hold, DateOnly today)
    {
        if (hold.Until < today)
            return CreditRefusals.HoldInThePast(hold.Until.Value, today);
        return account.Holds.GetValueOrDefault(hold.HoldId) == hold ? Decision.Nothing : Decision.Of(hold);
    }

    /// <summary>A person lets a hold go; one that is gone is nothing.</summary>
    /// <param name="account">The account.</param>
    /// <param name="holdId">The hold.</param>
    /// <param name="until">Up to which day its rule places no other, at most <see cref="MostQuietDays"/> ahead; the
    /// policy's when null. What a bureau found and declines orders is never quiet.</param>
    /// <param name="facts">Day and policy.</param>
    /// <param name="approvalId">The approval behind it, or null.</param>
    public static Decision Release(
        CreditAccount account, Guid holdId, DateOnly? until, DecisionFacts facts, Guid? approvalId = null)
    {
        if (!account.Holds.TryGetValue(holdId, out var hold))
        {
            return account.AbsorbedStandings.Where(one => one.Value.Holds.Any(held => held.HoldId == holdId))
                .Select(one => CreditRefusals.HoldOfDuplicate(one.Key)).FirstOrDefault() is { } refusal
                    ? refusal
                    : Decision.Nothing;
        }

        if (until < facts.Today)
            return CreditRefusals.ReleaseInThePast(until.Value, facts.Today);
        var last = facts.Today.AddDays(MostQuietDays);
        if (until > last)
            return CreditRefusals.QuietForTooLong(until.Value, last);
        var letGo = new HoldLetGo(hold.Detail, facts.Today, approvalId);
        if (!hold.ByRule || OfOneFact.Contains(hold.Code))
            return Decision.Of(new HoldReleased(holdId, hold.Code, LetGo: letGo));
        var policy = facts.Policy.Policy.Holds;
        if (hold.Code is not (PastDue or OverLimit) && policy.Declining.Contains(hold.Code))
        {
            return until is null
                ? Decision.Of(new HoldReleased(holdId, hold.Code, LetGo: letGo))
                : CreditRefusals.NeverQuiet(hold.Code);
        }

        var quiet = until ?? facts.Today.AddDays(policy.ReleaseDays);
        return Decision.Of(new HoldReleased(holdId, hold.Code, quiet < last ? quiet : last, letGo));
    }

    /// <summary>
    /// Places the holds whose rule applies now and lets go those whose rule does not any more. What came from a single
    /// fact (a bounced payment, a breached plan) is placed by whoever hears of the fact. A rule whose hold a person has
    /// let go is quiet until the day that was said, or until its cause has gone once.
    /// </summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="account">The account.</param>
    /// <param name="facts">Day and policy.</param>
    /// <param name="takenBack">What was taken back of payments that bounced, by receipt, as far as it is known; null
    /// for nothing.</param>
    public static Decision Apply(
        Guid customerId, CreditAccount account, DecisionFacts facts,
        IReadOnlyDictionary<Guid, Money>? takenBack = null)
    {
        if (account.Opened is null)
            return Decision.Nothing;
        var policy = facts.Policy.Policy.Holds;
        var events = new List<object>();
        Keep(PastDue, PastDueDetail(account, facts));
        Keep(OverLimit, OverLimitDetail(account, facts));
        if (policy.OnReturnedPayment)
        {
            events.AddRange(account.Holds.Values
                .Where(hold => hold is { ByRule: true, Code: ReturnedPayment }
                    && IsMadeGood(hold.Bounced, account, takenBack, facts.Today))
                .Select(hold => new HoldReleased(hold.HoldId, hold.Code)));
        }

        events.AddRange(account.Quiet
            .Where(rule => rule.Key is not (PastDue or OverLimit) && rule.Value < facts.Today)
            .Select(rule => new HoldRuleResumed(rule.Key)));
        return Decision.Of(events);

        void Keep(string code, string? detail)
        {
            var id = Id(customerId, code);
            if (detail is null && account.Holds.ContainsKey(id))
                events.Add(new HoldReleased(id, code));
            else if (detail is null && account.Quiet.ContainsKey(code))
                events.Add(new HoldRuleResumed(code));
            else if (detail is not null && !account.Holds.ContainsKey(id) && !IsQuiet(account, code, facts.Today))
                events.Add(new HoldPlaced(id, code, detail, ByRule: true, Until: null));
        }
    }

    /// <summary>
    /// Holds the account for a payment that bounced, where the policy says so; once. What it had paid may be paid again
    /// before its bounce is heard of: then it holds nothing.
    /// </summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="account">The account.</param>
    /// <param name="bounced">The payment.</param>
    /// <param name="takenBack">What of it is known to be taken back, by its receipt.</param>
    /// <param name="detail">In words.</param>
    /// <param name="facts">Day and policy.</param>
    public static Decision Bounce(
        Guid customerId, CreditAccount account, BouncedPayment bounced, IReadOnlyDictionary<Guid, Money> takenBack,
        string detail, DecisionFacts facts)
    {
        var id = Id(customerId, ReturnedPayment, $"{bounced.ReceiptId:N}");
        var hold = new HoldPlaced(id, ReturnedPayment, detail, ByRule: true, Until: null, bounced);
        return !facts.Policy.Policy.Holds.OnReturnedPayment || account.Holds.ContainsKey(id)
            || IsMadeGood(bounced, CreditAccount.Evolve(account, hold), takenBack, facts.Today)
                ? Decision.Nothing
                : Decision.Of(hold);
    }

    /// <summary>
    /// What a bureau found, and the policy does not bear, holds the account at once. It says what of approved orders is
    /// not out yet: nothing takes their approval back but a later check point, so somebody must stop them.
    /// </summary>
    public static IEnumerable<HoldPlaced> Found(
        Guid customerId, CreditAccount account, IEnumerable<string> findings, DecisionFacts facts) =>
        from finding in findings
        where facts.Policy.Policy.Applications.KnockOuts.Contains(finding)
        let id = Id(customerId, finding)
        where !account.Holds.ContainsKey(id) && !IsQuiet(account, finding, facts.Today)
        select new HoldPlaced(
            id, finding, $"The bureau reports {finding}.{NotDelivered(account)}", ByRule: true, Until: null);

    private static string NotDelivered(CreditAccount account)
    {
        var reserved = account.Exposures.Values.Concat(account.Absorbed.Values.SelectMany(of => of))
            .Select(exposure => exposure.OpenOrders).Where(orders => orders.IsPositive)
            .GroupBy(orders => orders.Currency).OrderBy(orders => orders.Key.Code, StringComparer.Ordinal)
            .Select(orders => Money.Sum(orders, orders.Key)).ToList();
        return reserved.Count == 0 ? ""
            : $" Of orders that were approved before, {string.Join(", ", reserved)} are not delivered.";
    }

    /// <summary>A person has let the hold of a rule go, and it is not to come back yet.</summary>
    public static bool IsQuiet(CreditAccount account, string code, DateOnly today) =>
        account.Quiet.TryGetValue(code, out var until) && until >= today;

    /// <summary>
    /// What a payment had paid was taken back and is paid again, and nothing is overdue. While Invoicing still takes it
    /// back, or not all of that is heard of, nothing is paid again, whatever the balances say; one that had paid
    /// nothing cannot be made good and is let go by a person.
    /// </summary>
    private static bool IsMadeGood(
        BouncedPayment? bounced, CreditAccount account, IReadOnlyDictionary<Guid, Money>? takenBack, DateOnly today)
    {
        if (account.Due.Values.Any(due => due.OverdueFor(0, today) > 0))
            return false;
        if (bounced is null)
            return true;
        if (bounced.Applied is { } applied && (applied.IsZero || takenBack is null
            || !takenBack.TryGetValue(bounced.ReceiptId, out var known) || known < applied))
            return false;
        var back = account.TakenBackOf(bounced.ReceiptId).Where(item => item.Value >= bounced.On)
            .Select(item => item.Key).ToHashSet();
        return back.Count > 0 && bounced.Items.All(back.Contains) && back.All(item =>
            !account.Receivables.TryGetValue((item.InvoiceId, item.Installment), out var now) || now.Balance.IsZero);
    }

    /// <summary>
    /// True where a rule placed it for what the account owes: where that is taken over from a duplicate, the rules of
    /// who takes it over see it.
    /// </summary>
    public static bool IsOfBalances(HoldPlaced hold) => hold is { ByRule: true, Code: PastDue or OverLimit };

    /// <summary>The hold of a rule: one per customer, rule and what caused it.</summary>
    public static Guid Id(Guid customerId, string code, string source = "") =>
        Ids.From("credit-hold", customerId.ToString("N"), code, source);

    private static string? PastDueDetail(CreditAccount account, DecisionFacts facts)
    {
        if (facts.Policy.Policy.Holds.PastDueDays is not { } days)
            return null;
        if (!account.IsOverdue(days, facts.Policy.Policy.Holds.PastDueAmount ?? 0, facts))
            return null;
        var overdue = account.Overdue(days, facts.Today).ToList();
        return $"{string.Join(", ", overdue.Select(one => one.Late))} are past due for more than {days} days, " +
            $"the oldest for {overdue.Max(one => one.Oldest)}.";
    }

    private static string? OverLimitDetail(CreditAccount account, DecisionFacts facts)
    {
        if (facts.Policy.Policy.Holds.OverLimitPercent is not { } percent
            || CreditLimit.On(account, facts.Today, facts.Policy.Policy.Limits) is not { } limit)
            return null;
        var counted = CreditPosition.Of(account, facts).Counted;
        return counted.Amount > limit.Amount.Amount * percent / 100
            ? $"{counted} are used of a limit of {limit.Amount}; orders wait from {percent:0.##} %."
            : null;
    }
}
