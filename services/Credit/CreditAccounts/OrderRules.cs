using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What came of one rule for one order.</summary>
public enum RuleOutcome
{
    /// <summary>Nothing stands against the order here.</summary>
    Passed,

    /// <summary>It stands against the order.</summary>
    Blocks,

    /// <summary>It would, and an exclusion takes it out.</summary>
    Excluded,

    /// <summary>It is said, and stands against nothing.</summary>
    Warns,
}

/// <summary>One rule and what came of it.</summary>
/// <param name="Code">The rule.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">In words, with the numbers; empty where it passed.</param>
/// <param name="Declines">It declines the order, not only holds it.</param>
/// <param name="ExcludedBy">Name of the exclusion, or null.</param>
public sealed record RuleResult(
    string Code, RuleOutcome Outcome, string Detail, bool Declines = false, string? ExcludedBy = null);

/// <summary>An order as the rules see it.</summary>
/// <param name="Wish">The order; null where no order is meant.</param>
/// <param name="Without">What is at risk without it, in its currency.</param>
/// <param name="Need">What it would reserve.</param>
/// <param name="From">The first check point that it has not passed.</param>
public sealed record OrderQuestion(
    OrderWish? Wish, Exposure Without, Money Need, CheckPoint From = CheckPoint.Confirm)
{
    /// <summary>True where a rule is judged.</summary>
    public bool Asks(BlockingRule rule) => rule.CheckPoints is null
        || rule.CheckPoints.Any(point => point >= From && point <= (Wish?.At ?? CheckPoint.Confirm));
}

/// <summary>The answer of all rules.</summary>
/// <param name="Results">All of them.</param>
/// <param name="Position">What counts against the limit without the order.</param>
/// <param name="Basis">What it rests on.</param>
public sealed record OrderJudgement(
    IReadOnlyList<RuleResult> Results, CreditPosition Position, DecisionBasis Basis)
{
    /// <summary>Everything that stands against the order.</summary>
    public IReadOnlyList<OrderReason> Reasons { get; } = Those(Results, RuleOutcome.Blocks);

    /// <summary>Everything that is said and stands against nothing; null for nothing.</summary>
    public IReadOnlyList<OrderReason>? Warnings { get; } =
        Those(Results, RuleOutcome.Warns) is { Count: > 0 } some ? some : null;

    /// <summary>One of them is a no.</summary>
    public bool Declines { get; } = Results.Any(result => result is { Outcome: RuleOutcome.Blocks, Declines: true });

    private static IReadOnlyList<OrderReason> Those(IEnumerable<RuleResult> results, RuleOutcome outcome) =>
    [
        .. results.Where(result => result.Outcome == outcome)
            .Select(result => new OrderReason(result.Code, result.Detail)),
    ];
}

/// <summary>
/// Everything that can stand against an order, in one place: check, change, release, re-check, replay, dry run and the
/// account's own page all ask here. All reasons are given at once.
/// </summary>
public static partial class OrderRules
{
    /// <summary>Judges an order.</summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="account">Its account; it is open.</param>
    /// <param name="question">The order.</param>
    /// <param name="facts">What else it rests on.</param>
    public static OrderJudgement Judge(
        Guid customerId, CreditAccount account, OrderQuestion question, DecisionFacts facts)
    {
        var orders = facts.Policy.Policy.Orders;
        var position = CreditPosition.Of(account, facts, question.Without);
        var context = new RuleContext(account, question, facts, position);
        var results = Holds(context)
            .Concat(InForce(orders.Rules.Where(question.Asks), customerId, account)
                .SelectMany(rule => Apply(rule, context)))
            .Select(result => Exclude(result, customerId, context))
            .ToList();
        var excluded = results.Select(result => result.ExcludedBy).OfType<string>().Distinct().ToList();
        return new OrderJudgement(results, position, new DecisionBasis(
            facts.Today, facts.Policy.Number, facts.Rates.Base.Code, orders.Rules.Count == 0,
            excluded.Count > 0 ? excluded : null, Used(context), facts.Groups.Count > 0 ? facts.Groups : null));
    }

    /// <summary>Judges an order as if nothing were reserved for it.</summary>
    public static OrderJudgement Judge(Guid customerId, CreditAccount account, OrderWish wish, DecisionFacts facts)
    {
        var without = account.Without(wish.OrderId);
        return Judge(
            customerId, without,
            new OrderQuestion(
                wish, without.ExposureIn(wish.Amount.Currency),
                without.OutstandingOf(wish.OrderId, wish.Amount), From(account, wish)),
            facts);
    }

    /// <summary>
    /// The first check point whose rules the order has not passed. One that is approved goes on from where it is; one
    /// that is not, or asks for more than was approved, begins anew: nobody gets past a rule by asking further on.
    /// </summary>
    private static CheckPoint From(CreditAccount account, OrderWish wish) =>
        account.Orders.GetValueOrDefault(wish.OrderId) is not { IsApproved: true } order
        || !wish.IsSameOrder(order.Wish with { Amount = wish.Amount }) || wish.Amount > order.Amount
            ? CheckPoint.Confirm
            : wish.At > order.At ? order.At + 1 : wish.At;

    /// <summary>What stands against any order of the account at present, when it is to be confirmed.</summary>
    public static OrderJudgement Judge(Guid customerId, CreditAccount account, DecisionFacts facts)
    {
        var exposure = account.ExposureIn(account.Currency);
        return Judge(
            customerId, account, new OrderQuestion(null, exposure, Money.Zero(account.Currency)), facts);
    }

    /// <summary>Of rules with one code, and for the same components, those for the narrowest scope.</summary>
    private static IEnumerable<BlockingRule> InForce(
        IEnumerable<BlockingRule> rules, Guid customerId, CreditAccount account)
    {
        var segment = account.Customer?.Segment;
        return rules.Where(rule => rule.AppliesTo?.Covers(customerId, segment) != false)
            .GroupBy(rule => rule.Code == RuleCodes.OverComponentLimit
                ? string.Join(' ', rule.Values!.Order(StringComparer.Ordinal).Prepend(rule.Code))
                : rule.Code)
            .SelectMany(same =>
            {
                var narrowest = same.Max(Rank);
                return same.Where(rule => Rank(rule) == narrowest);
            });

        static int Rank(BlockingRule rule) => rule.AppliesTo switch
        {
            null => 0,
            { Customers: null } => 1,
            _ => 2,
        };
    }

    private static IEnumerable<RuleResult> Holds(RuleContext context) =>
        context.Account.HoldsOn(context.Facts.Today).Select(hold => new RuleResult(
            hold.Code, RuleOutcome.Blocks, $"The account is held: {hold.Detail}",
            context.Facts.Policy.Policy.Holds.Declining.Contains(hold.Code)));

    private static RuleResult Exclude(RuleResult result, Guid customerId, RuleContext context)
    {
        if (result.Outcome == RuleOutcome.Passed)
            return result;
        var by = context.Facts.Policy.Policy.Orders.Exclusions.FirstOrDefault(exclusion =>
            exclusion.AppliesTo?.Covers(customerId, context.Account.Customer?.Segment) != false
            && (exclusion.Rules is null || exclusion.Rules.Contains(result.Code))
            && (exclusion.OrdersUpTo is not { } most || (context.OrderAmount is { } amount && amount <= most)));
        return by is null ? result : result with { Outcome = RuleOutcome.Excluded, ExcludedBy = by.Name };
    }

    private static Dictionary<string, DatedRate>? Used(RuleContext context)
    {
        var rates = new Dictionary<string, DatedRate>(context.Position.Rates, StringComparer.Ordinal);
        foreach (var currency in new[] { context.Question.Need.Currency, context.Account.Currency })
        {
            if (context.Facts.Rates.ByCurrency.TryGetValue(currency, out var rate))
                rates[currency.Code] = rate;
        }

        return rates.Count > 0 ? rates : null;
    }

    private sealed record RuleContext(
        CreditAccount Account, OrderQuestion Question, DecisionFacts Facts, CreditPosition Position)
    {
        public CreditLimit? Limit { get; } = CreditLimit.On(Account, Facts.Today, Facts.Policy.Policy.Limits);

        /// <summary>What the order would reserve, in the account's currency; null without a rate.</summary>
        public Money? Need { get; } = Facts.Rates.Convert(
            Question.Need, Account.Currency, Facts.OldestRate);

        /// <summary>What the order is worth in the base currency; null without an order or a rate.</summary>
        public decimal? OrderAmount { get; } = Question.Wish is { } wish
            ? Facts.Rates.Convert(
                wish.Amount, Facts.Rates.Base, Facts.OldestRate)?.Amount
            : null;
    }
}
