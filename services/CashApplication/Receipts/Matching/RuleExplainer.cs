using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Explains a payment by the open items of whoever may have paid: the rules of the customer's rule set, one after the
/// other, until one explains the whole amount.
/// </summary>
internal sealed partial class RuleExplainer(
    Payment payment, MatchFacts facts, MatchSettings settings, PayerEvidence payer, NamedItems named,
    Claims claims)
{
    /// <summary>Payers to try, the likeliest first.</summary>
    public const int MaxPayers = 3;

    /// <summary>Items of other customers with this very amount to show.</summary>
    private const int MaxByAmount = 5;

    /// <summary>
    /// What is found for the likely payers, or else what they owe without its tax, and items of anybody with exactly
    /// this amount.
    /// </summary>
    public IEnumerable<Draft> Explain()
    {
        var found = payer.Candidates.Take(MaxPayers).SelectMany(Of).ToList();
        return found.Count > 0 ? found : WithoutTax().Concat(ByAmount());
    }

    private IEnumerable<Draft> Of(PayerCandidate candidate)
    {
        var rules = settings.RuleSetOf(candidate.CustomerId, facts);
        var own = Explain([candidate.CustomerId], candidate, rules).ToList();
        if (own.Count > 0)
            return own;
        Guid[] group =
        [
            .. facts.GroupWith(candidate.CustomerId)
                .Concat(facts.Customer(candidate.CustomerId).MayPayFor ?? []).Distinct(),
        ];
        return group.Length > 1 ? Explain(group, candidate, rules) : [];
    }

    private IEnumerable<Draft> Explain(Guid[] customers, PayerCandidate candidate, RuleSet rules)
    {
        var (pool, amounts) = (Pool(customers, rules), Amounts(payment.Amount, rules));
        foreach (var draft in Agreed(customers, pool, amounts, rules, candidate))
        {
            draft.Supported(candidate)
                .Noted(customers.Length > 1 && IsForOthers(draft, candidate.CustomerId)
                    ? ["The items are those of the payer's group."] : []);
            yield return Named(draft);
        }
    }

    /// <summary>What the rule set counts as open of these customers, by due date.</summary>
    private Candidate[] Pool(Guid[] customers, RuleSet rules) =>
    [
        .. customers.SelectMany(facts.Of).Select(claims.Now)
            .Where(item => item.Available.IsPositive && (rules.LateCharges || !item.IsLateCharge)
                && (rules.DisputedItems || !item.Disputed))
            .OrderBy(item => item.DueDate).ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal)
            .ThenBy(item => item.Installment).ThenBy(item => item.InvoiceId),
    ];

    /// <summary>
    /// What was agreed, and what the rules find. An installment that is due comes before what is oldest, and not before
    /// what explains the amount.
    /// </summary>
    private IEnumerable<Draft> Agreed(
        Guid[] customers, Candidate[] pool, AmountFit amounts, RuleSet rules, PayerCandidate candidate)
    {
        var agreements = new AgreedPayments(payment, facts, claims);
        var agreed = agreements.Of(customers, pool);
        if (AgreedPayments.Planned(agreed, pool, amounts, rules) is { } planned)
            return [planned];
        var found = ByRules(pool, amounts, rules);
        return AgreedPayments.Promised(
            agreed,
            found.TrueForAll(draft => draft.Rule == MatchRules.OldestFirst)
                && agreements.Due(customers, pool) is { } due ? [DueFirst(due, pool, rules, candidate)] : found,
            rules);
    }

    /// <summary>
    /// CASH-25: what the plan has first, and of the rest what the rules find: that is as much a person's, and as
    /// uncertain, as if it were all that came.
    /// </summary>
    private Draft DueFirst(AgreedPayment due, Candidate[] pool, RuleSet rules, PayerCandidate candidate)
    {
        var left = payment.Amount - Money.Sum(due.Fit.Lines.Select(line => line.Amount), payment.Amount.Currency);
        var paid = due.Fit.Lines.ToDictionary(line => (line.InvoiceId, line.Installment));
        Candidate[] others =
        [
            .. pool.Select(item => paid.TryGetValue(item.Id, out var line)
                    ? item with { Available = item.Available - line.Amount, Net = null } : item)
                .Where(item => item.Available.IsPositive),
        ];
        var only = left.IsPositive && ByRules(others, Amounts(left, rules), rules) is [var found]
            ? found.Supported(candidate)
            : null;
        var rest = only?.Fit;
        foreach (var line in rest?.Lines ?? [])
        {
            var item = (line.InvoiceId, line.Installment);
            paid[item] = paid.TryGetValue(item, out var first)
                ? line with { Amount = first.Amount + line.Amount }
                : line;
        }

        var fit = due.Fit with
        {
            Lines = [.. paid.Values],
            IsWhole = left.IsZero || rest is { IsWhole: true },
            Rest = rest?.Rest ?? RestTreatment.Unapplied,
            IsForPerson = rest is { IsForPerson: true },
        };
        return new Draft(MatchRules.PlanInstallment, fit, rules)
            .Supported(Evidence.PlanDue, fit.Words)
            .Noted(rest is null ? [] : [$"Of the {left} that are left: {rest.Words}"])
            .Doubted(!due.IsComplete, 0.85m, "It is less than the installment that is due.")
            .Doubted(!fit.IsWhole, 0.85m, "What the rest is for is not known.")
            .Doubted(only is not null
                && (only.IsDoubted || only.Confidence < settings.Policy.AutoApplyThreshold), only?.Confidence ?? 1,
                "What the rest is for is not certain.");
    }

    private AmountFit Amounts(Money amount, RuleSet rules) =>
        new(amount, payment.ValueDate, rules, settings.Policy, payment.Charges);

    /// <summary>What the first rule finds that finds anything.</summary>
    private List<Draft> ByRules(Candidate[] pool, AmountFit amounts, RuleSet rules) =>
        rules.Rules.Select(rule => Try(rule, pool, amounts, rules).ToList()).FirstOrDefault(found => found.Count > 0)
        ?? [];

    private IEnumerable<Draft> Try(AutoCashRule rule, Candidate[] pool, AmountFit amounts, RuleSet rules) =>
        rule switch
        {
            AutoCashRule.ExactItem => ExactItems(pool, amounts, rules),
            AutoCashRule.ClearAccount => All(
                MatchRules.ClearAccount, pool, amounts, rules, Evidence.WholeAccount, "This clears all that is open.")
                .Concat(LessCredits(pool, amounts, rules)),
            AutoCashRule.ClearPastDue => All(
                MatchRules.ClearPastDue, PastDue(pool), amounts, rules, Evidence.AllPastDue,
                "This clears all that is past due."),
            AutoCashRule.ClearPastDueByTerms => PastDue(pool).GroupBy(item => item.Terms)
                .OrderBy(group => group.Min(item => item.DueDate))
                .ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => All(MatchRules.ClearPastDueByTerms, [.. group], amounts, rules,
                    Evidence.AllPastDue, $"This clears all that is past due on {group.Key}."))
                .FirstOrDefault(drafts => drafts.Any()) ?? [],
            AutoCashRule.Combination => amounts.Combinations(pool)
                .Select(some => new Draft(MatchRules.Combination, some, rules).Supported(some.Evidence, some.Words)),
            AutoCashRule.WithinTolerance => WithinTolerance(pool, amounts, rules),
            _ => OldestFirst(pool, amounts, rules),
        };

    private IEnumerable<Draft> ExactItems(Candidate[] pool, AmountFit amounts, RuleSet rules)
    {
        (Candidate Item, Fit Fit)[] exact =
        [
            .. pool.Select(item => (item, Fit: amounts.Exactly([item]))).Where(pair => pair.Fit is not null)
                .Select(pair => (pair.item, pair.Fit!)),
        ];
        var isTied = exact.Length > 1 && rules.TieBreak == TieBreak.EarliestDue;
        foreach (var (item, fit) in isTied ? exact[..1] : exact)
        {
            var draft = new Draft(MatchRules.ExactAmount, fit, rules)
                .Supported(
                    exact.Length == 1 || isTied ? Evidence.OnlyItem : Evidence.OneOfEqualItems, Exact(item, fit))
                .Noted(exact.Length == 1 ? "No other item of the customer has this balance."
                    : isTied ? $"{exact.Length} items have this balance; this one is due first."
                    : $"{exact.Length} open items have this balance.");
            yield return Hinted(draft, item);
        }
    }

    private static IEnumerable<Draft> All(
        string rule, Candidate[] items, AmountFit amounts, RuleSet rules, Evidence evidence, string words) =>
        items.Length > 0 && amounts.Exactly(items) is { } fit
            ? [new Draft(rule, fit, rules).Supported(evidence, fit.Words).Noted(words)]
            : [];

    /// <summary>
    /// All open items less all open credit memos of those who owe them: not where the payer gives another reason.
    /// </summary>
    private IEnumerable<Draft> LessCredits(Candidate[] pool, AmountFit amounts, RuleSet rules)
    {
        if (DeductionReasons.CodeOf(
            string.Join(' ', payment.Remittance), settings.Policy,
            pool.Length > 0 ? facts.Customer(pool[0].CustomerId) : null) is not null)
            return [];
        OpenCredit[] open =
        [
            .. pool.Select(item => item.CustomerId).Distinct().SelectMany(facts.CreditsOf).Select(claims.Now)
                .Where(credit => credit.Available.IsPositive),
        ];
        return amounts.LessCredits(pool, open) is { } fit
            ? [new Draft(MatchRules.ClearAccount, fit, rules).Supported(Evidence.WholeAccount, fit.Words)
                .Noted("This clears all that is open, credit memos taken off.")]
            : [];
    }

    private static IEnumerable<Draft> WithinTolerance(Candidate[] pool, AmountFit amounts, RuleSet rules)
    {
        Fit[] single = [.. pool.Select(item => amounts.Nearly([item])).OfType<Fit>().Take(3)];
        if (single.Length == 0 && pool.Length > 1 && amounts.Nearly(pool) is { } all)
            single = [all];
        return single.Select(fit => new Draft(MatchRules.WithinTolerance, fit, rules).Supported(
            single.Length == 1 ? Evidence.WithinTolerance : Evidence.OneOfSeveralWithinTolerance, fit.Words));
    }

    private static IEnumerable<Draft> OldestFirst(Candidate[] pool, AmountFit amounts, RuleSet rules)
    {
        if (pool.Length == 0)
            return [];
        pool = rules.InOrder(pool);
        var fit = amounts.Over(pool) ?? amounts.Filled(pool, null, null);
        if (!rules.PartialReceipts)
        {
            MatchLine[] whole =
            [
                .. fit.Lines.Where(line => pool.Any(item =>
                    item.Id == (line.InvoiceId, line.Installment) && item.Available == line.Amount)),
            ];
            if (whole.Length == 0)
                return [];
            fit = fit with { Lines = whole };
        }

        return
        [
            new Draft(MatchRules.OldestFirst, fit, rules)
                .Supported(Evidence.OldestFirst, "The rule set says that the oldest items are paid first.")
                .Noted(fit.Words),
        ];
    }

    /// <summary>Items of anybody: the payer is not known, or has no item that explains anything.</summary>
    private IEnumerable<Draft> ByAmount()
    {
        var amounts = Amounts(payment.Amount, RuleSet.Standard);
        var items = payment.Charges is null
            ? facts.Of(payment.Amount)
            : facts.Of(payment.Amount).Concat(facts.Of(payment.Sent)).Distinct();
        (Candidate Item, Fit Fit)[] exact =
        [
            .. items.Select(claims.Now).Select(item => (item, Fit: amounts.Exactly([item])))
                .Where(pair => pair.Fit is not null && pair.item.Available.IsPositive)
                .Select(pair => (pair.item, pair.Fit!)).Take(MaxByAmount),
        ];
        foreach (var (item, fit) in exact)
        {
            var draft = new Draft(MatchRules.ExactAmount, fit, settings.RuleSetOf(item.CustomerId, facts))
                .Supported(exact.Length == 1 ? Evidence.OnlyItem : Evidence.OneOfEqualItems, Exact(item, fit))
                .Noted(exact.Length == 1 ? "No other open item has this balance."
                    : $"{exact.Length} open items have this balance.")
                .Doubted(payer.Candidates.Count > 0, 0.50m, "Something else points to another customer.");
            yield return Named(Hinted(draft, item));
        }
    }

    private Draft Hinted(Draft draft, Candidate item) =>
        named.IsHinted(item) && named.ScoreOf(item) is var score && score >= settings.Policy.LeastNumberScore
            ? draft.Supported(
                Evidence.PartOfNumber, score, "The payer writes its number in part, or with a slip.")
            : draft;

    /// <summary>
    /// What the payer names explains itself; an amount then explains only other items: as well as the number where that
    /// does not come out even, so that the two rival, and never better.
    /// </summary>
    private Draft Named(Draft draft) => draft.Doubted(
        named.All.Count > 0 && !draft.Fit.Lines.All(line =>
            named.All.Any(item => item.Id == (line.InvoiceId, line.Installment))),
        named.Open.Count > 0 ? 0.89m : 0.75m, "The payer names another invoice.");

    private Candidate[] PastDue(Candidate[] pool) =>
        [.. pool.Where(item => item.DueDate < payment.ValueDate)];

    private static bool IsForOthers(Draft draft, Guid payerId) =>
        draft.Fit.Lines.Any(line => line.CustomerId != payerId);

    private static string Exact(Candidate item, Fit fit) =>
        $"The amount is exactly the balance of {item.InvoiceNumber}" +
        (item.Installment > 1 ? $", installment {item.Installment}" : "") +
        (fit.Lines[0].Discount is { } discount ? $", less the earned cash discount of {discount}." : ".");
}
