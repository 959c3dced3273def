using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// How open items of a customer are tried against an amount when nothing is named; in the order given.
/// </summary>
public enum AutoCashRule
{
    /// <summary>One item, exactly; with its earned cash discount too.</summary>
    ExactItem,

    /// <summary>All open items together.</summary>
    ClearAccount,

    /// <summary>All items past due together.</summary>
    ClearPastDue,

    /// <summary>All items past due of one kind of payment terms; the group whose oldest item is due first.</summary>
    ClearPastDueByTerms,

    /// <summary>Some items that sum exactly and are the only ones that do.</summary>
    Combination,

    /// <summary>One item, or all, but for a small difference.</summary>
    WithinTolerance,

    /// <summary>The item that is due first, then the next.</summary>
    OldestFirst,
}

/// <summary>Who chooses between items that fit equally.</summary>
public enum TieBreak
{
    /// <summary>Only a person.</summary>
    Person,

    /// <summary>The earliest due date, then the number.</summary>
    EarliestDue,
}

/// <summary>What kind of item is paid.</summary>
public enum ItemKind
{
    /// <summary>A late fee, or a debit memo that does not say what it bills.</summary>
    Fee,

    /// <summary>Interest on what was paid late.</summary>
    Interest,

    /// <summary>What was sold.</summary>
    Invoice,
}

/// <summary>
/// A rule set in the manner of AutoCash: which rules are tried on a customer's open items, and what counts as open.
/// </summary>
/// <param name="Code">What policies and customers name it by.</param>
/// <param name="Name">For people.</param>
/// <param name="Rules">Tried in this order until one explains the whole amount.</param>
/// <param name="EarnedDiscounts">Earned cash discounts may be deducted.</param>
/// <param name="LateCharges">Late fees and interest are among the open items.</param>
/// <param name="DisputedItems">Disputed items are among the open items, and are applied without a person.</param>
/// <param name="PartialReceipts">Oldest first may end within an item.</param>
/// <param name="TieBreak">Who chooses between items that fit equally.</param>
/// <param name="Remainder">What becomes of what is left.</param>
/// <param name="MaxItems">Most items of a combination.</param>
/// <param name="PartialDiscounts">A part of an item paid in time earns its share of the cash discount.</param>
/// <param name="KindOrder">Oldest first pays these kinds of items in this order, each by due date, and kinds that are
/// not named last; null for due dates alone.</param>
/// <param name="CombinationDays">A combination is searched among items that are due at most so many days before or
/// after the money counts; null for all.</param>
/// <param name="UnearnedDiscounts">Cash discounts may be deducted that the money came too late for.</param>
/// <param name="Weights">What evidence is worth, where it is not what <see cref="StandardWeights"/> says; null for
/// none.</param>
/// <param name="AmountsWithoutTax">What is paid of items without their tax is applied by itself, and the tax stays
/// open; else it is only suggested.</param>
public sealed record RuleSet(
    string Code, string Name, IReadOnlyList<AutoCashRule> Rules, bool EarnedDiscounts = true, bool LateCharges = true,
    bool DisputedItems = false, bool PartialReceipts = true, TieBreak TieBreak = TieBreak.Person,
    RestTreatment Remainder = RestTreatment.Unapplied, int MaxItems = 8, bool PartialDiscounts = false,
    IReadOnlyList<ItemKind>? KindOrder = null, int? CombinationDays = null,
    bool UnearnedDiscounts = false, IReadOnlyList<EvidenceWeight>? Weights = null, bool AmountsWithoutTax = false)
{
    /// <summary>What holds where nobody has defined anything.</summary>
    public static readonly RuleSet Standard = new("STANDARD", "Standard",
    [
        AutoCashRule.ExactItem, AutoCashRule.ClearAccount, AutoCashRule.ClearPastDue, AutoCashRule.Combination,
        AutoCashRule.WithinTolerance,
    ]);

    /// <summary>What a piece of evidence is worth, 0 to 1.</summary>
    public decimal WeightOf(Evidence evidence) =>
        Weights?.FirstOrDefault(one => one.Of == evidence)?.Weight ?? StandardWeights.Of(evidence);

    /// <summary>Cash discounts may be deducted, earned ones at least.</summary>
    [JsonIgnore]
    public bool TakesDiscounts => EarnedDiscounts || UnearnedDiscounts;

    /// <summary>The day that decides on an item's cash discount: in time, where late money is given it too.</summary>
    internal DateOnly DiscountDay(Candidate item, DateOnly valueDate) =>
        UnearnedDiscounts && item.Discount is { } offered && valueDate > offered.Until ? offered.Until : valueDate;

    /// <summary>Items that are in the order of their due dates, in the order in which they are paid.</summary>
    public Candidate[] InOrder(IEnumerable<Candidate> items) => KindOrder is not { Count: > 0 } kinds
        ? [.. items]
        : [.. items.OrderBy(item => kinds.Contains(item.Kind) ? kinds.ToList().IndexOf(item.Kind) : kinds.Count)];
}

/// <summary>How little a difference must be to be given up; both limits must hold.</summary>
/// <param name="Amounts">Largest difference per currency; a currency that is not named has none.</param>
/// <param name="Percent">Of what is open; 1 is 1 %.</param>
public sealed record Tolerance(IReadOnlyList<Money> Amounts, decimal Percent)
{
    /// <summary>Nothing is given up.</summary>
    public static readonly Tolerance None = new([], 0);

    /// <summary>True when so little of this open amount may be given up.</summary>
    public bool Allows(Money difference, Money open) =>
        !difference.IsNegative
        && difference.Amount * 100 <= Percent * open.Amount
        && difference <= LimitIn(difference.Currency);

    /// <summary>The most that is ever given up in a currency.</summary>
    public Money LimitIn(Currency currency) =>
        Amounts.Where(amount => amount.Currency == currency).DefaultIfEmpty(Money.Zero(currency)).First();
}

/// <summary>What a payer's word or code for a deduction means here.</summary>
/// <param name="Words">What the payer writes; case does not matter.</param>
/// <param name="ReasonCode">One of <see cref="DeductionReasons.Codes"/>.</param>
public sealed record DeductionReason(string Words, string ReasonCode);

/// <summary>Who looks after what waits in a queue, unless somebody is told to look after it himself.</summary>
/// <param name="Reason">The queue: one of <see cref="AsideReasons"/>.</param>
/// <param name="Owner">A person or a team, as it is assigned.</param>
public sealed record QueueOwner(string Reason, string Owner);

/// <summary>What a person's hand is not needed for, per legal entity.</summary>
/// <param name="AutoApplyThreshold">From this confidence on an explanation is applied without a person.</param>
/// <param name="SuggestThreshold">From this confidence on it is shown as a suggestion; below it is hidden.</param>
/// <param name="RuleSet">Code of the rule set for customers without one of their own.</param>
/// <param name="Tolerance">Small differences, of payments too short or too long.</param>
/// <param name="DeductionReasons">Payers' reasons in our codes, beside the standard ones.</param>
/// <param name="BlockedPayers">Names of payers whose money only a person may apply.</param>
/// <param name="DaysToIdentify">Days in which somebody should find out whose money it is.</param>
/// <param name="DaysToResolve">Days in which any other money that waits should be looked at.</param>
/// <param name="WriteOffLimits">Largest rest of a receipt that anybody may give up, per currency; the tolerance's
/// amounts where none are named.</param>
/// <param name="DeductionPercent">The most of an item that is deducted without a person where the payer gives a reason
/// and no amount; 50 is 50 %.</param>
/// <param name="ExceptionRules">What becomes of payments too short and too long, tried in this order; where none is
/// defined for one of the two, the tolerance says what of it is given up.</param>
/// <param name="QueueOwners">Who looks after which queue; null for nobody.</param>
/// <param name="TakesOffCreditMemos">Credit memos that payers take off are asked for together with the money. False
/// until all instances of Invoicing know them, and the replica of credit memos is read to its end.</param>
/// <param name="SettlementFeePercent">The most that a processor may be said to have kept of a settlement; 5 is
/// 5 %.</param>
/// <param name="BankCharges">Of which payments we bear what banks kept of them, on accounts that name where it is
/// booked (<c>chargesAccount</c>); null for none.</param>
/// <param name="LearnedReasons">When a reason that people gave earlier deductions of a customer codes the next by
/// itself; null for never: then it is suggested.</param>
/// <param name="BankHolidays">Days on which banks do not settle, beside Saturdays and Sundays; null for none.</param>
/// <param name="LeastNumberScore">How much of a document's number must be written right, 0 to 1, for it to count at all
/// (one less slips by letters: 0.90 lets one slip in ten letters pass); 0 for all that is one slip or two away.</param>
/// <param name="ReferenceRules">What payers put before document numbers, or into them; null for nothing.</param>
/// <param name="CertainPayerWeight">From this weight on, 0.5 to 0.99, one piece of evidence tells the payer for certain
/// by itself; what <see cref="StandardWeights"/> hold worth less than 0.55 never does.</param>
/// <param name="ClosedLookBackDays">What names an invoice that was paid so many days ago at most is told to be paid
/// already; older ones count as not found. Null for whenever it was paid.</param>
public sealed record MatchPolicy(
    decimal AutoApplyThreshold, decimal SuggestThreshold = 0.50m, string RuleSet = "STANDARD",
    Tolerance? Tolerance = null, IReadOnlyList<DeductionReason>? DeductionReasons = null,
    IReadOnlyList<string>? BlockedPayers = null, int DaysToIdentify = 3, int DaysToResolve = 5,
    IReadOnlyList<Money>? WriteOffLimits = null, decimal DeductionPercent = 50m,
    IReadOnlyList<ExceptionRule>? ExceptionRules = null, IReadOnlyList<QueueOwner>? QueueOwners = null,
    bool TakesOffCreditMemos = false, decimal SettlementFeePercent = 5m, BorneCharges? BankCharges = null,
    LearnedReasons? LearnedReasons = null, IReadOnlyList<DateOnly>? BankHolidays = null,
    decimal LeastNumberScore = 0m, ReferenceRules? ReferenceRules = null, decimal CertainPayerWeight = 0.55m,
    int? ClosedLookBackDays = null)
{
    /// <summary>0.90, nothing given up.</summary>
    public static readonly MatchPolicy Default = new(0.90m);

    /// <summary>
    /// What the policy leaves to a person is shown with so much confidence at most: always as a suggestion, and behind
    /// what may be applied.
    /// </summary>
    internal decimal MostForPerson => Math.Max(SuggestThreshold, Math.Min(0.85m, AutoApplyThreshold));

    /// <summary>Days on which banks settle.</summary>
    [JsonIgnore]
    public WorkingDays BankingDays => BankHolidays is { } days
        ? WorkingDays.Weekdays with { Holidays = [.. days] }
        : WorkingDays.Weekdays;

    /// <summary>What is given up.</summary>
    public Tolerance Differences => Tolerance ?? Matching.Tolerance.None;

    /// <summary>
    /// The rule for a payment that differs by so much from what is due; what the tolerance allows is given up where no
    /// rule is defined for this kind of difference. Null where nothing fits.
    /// </summary>
    public ExceptionRule? ExceptionOf(ExceptionKind kind, Money difference, Money due) => HasRulesFor(kind)
        ? ExceptionRules!.FirstOrDefault(rule => rule.Of == kind && rule.UpTo.Allows(difference, due))
        : Differences.Allows(difference, due) ? new ExceptionRule(kind, Differences, ExceptionAction.WriteOff) : null;

    /// <summary>True where we bear what banks kept of a payment of what is due.</summary>
    public bool Bears(BankCharges charges, Money due) => BankCharges?.Allows(charges, due) == true;

    /// <summary>True where rules are defined for payments too short, or too long.</summary>
    public bool HasRulesFor(ExceptionKind kind) => ExceptionRules?.Any(rule => rule.Of == kind) == true;

    /// <summary>True where a difference may be given up, by itself or by a person.</summary>
    public bool GivesUp(ExceptionKind kind, Money difference, Money due) =>
        ExceptionOf(kind, difference, due) is { Action: ExceptionAction.WriteOff };

    /// <summary>
    /// The largest rest of a receipt that anybody may give up in a currency, whatever they may approve.
    /// </summary>
    public Money WriteOffLimit(Currency currency) => WriteOffLimits is { } limits
        ? limits.Where(limit => limit.Currency == currency).DefaultIfEmpty(Money.Zero(currency)).First()
        : Differences.LimitIn(currency);

    /// <summary>By when money that is set aside on this day should have been looked at.</summary>
    public Deadlines DeadlinesFrom(DateOnly today) => new(today, DaysToIdentify, DaysToResolve, QueueOwners);
}
