using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>How an amount fits items.</summary>
/// <param name="Lines">What is paid of which.</param>
/// <param name="Evidence">What the fit tells where the items are named.</param>
/// <param name="Words">What fits.</param>
/// <param name="IsWhole">True when all of the amount is explained.</param>
/// <param name="Rest">What becomes of what is left.</param>
/// <param name="IsForPerson">The policy leaves such a difference to a person.</param>
/// <param name="Coded">The same with a reason for what is missing that is only likely, by the payer's words or by what
/// people gave earlier deductions: for a person to choose. Or null.</param>
/// <param name="IsCoded">It is that of another one, which pays the same.</param>
internal sealed record Fit(
    IReadOnlyList<MatchLine> Lines, Evidence Evidence, string Words, bool IsWhole,
    RestTreatment Rest = RestTreatment.Unapplied, bool IsForPerson = false, Fit? Coded = null,
    bool IsCoded = false)
{
    /// <summary>
    /// How well it fits: the standard weight, which tells one from the other whatever a rule set holds them worth.
    /// </summary>
    public decimal Grade => StandardWeights.Of(Evidence);
}

/// <summary>Fits one amount to items, each with what is available of it, in the order of their due dates.</summary>
/// <param name="amount">What is to be explained.</param>
/// <param name="valueDate">Day the money counts; decides on discounts.</param>
/// <param name="rules">Says which cash discounts may be deducted.</param>
/// <param name="policy">Says what may be given up; null for nothing.</param>
/// <param name="charges">What banks kept of it; null for nothing.</param>
internal sealed class AmountFit(
    Money amount, DateOnly valueDate, RuleSet rules, MatchPolicy? policy, BankCharges? charges = null)
{
    private Currency Currency => amount.Currency;

    /// <summary>
    /// All of the items, exactly: with no, with some or with all of the discounts that are earned; by what came, or by
    /// what was sent where we bear what banks kept of it.
    /// </summary>
    public Fit? Exactly(IReadOnlyList<Candidate> items)
    {
        if (Exactly(items, amount) is { } fit)
            return fit;
        return charges is not null && policy is not null && policy.Bears(charges, amount + charges.Amount)
            && Exactly(items, amount + charges.Amount) is { } sent
                ? LessCharges(sent, charges)
                : null;
    }

    /// <summary>
    /// What was sent, where banks kept so much of it: the largest item bears it; null where none is larger.
    /// </summary>
    public static Fit? LessCharges(Fit sent, BankCharges charges)
    {
        var bearer = sent.Lines.MaxBy(line => line.Amount.Amount)!;
        return bearer.Amount <= charges.Amount ? null : sent with
        {
            Lines =
            [
                .. sent.Lines.Select(line => line != bearer ? line : line with
                {
                    Amount = line.Amount - charges.Amount,
                    Charges = charges.Amount,
                }),
            ],
            Words = $"{sent.Words} Of what was sent the bank tells charges of {charges.Words}, which we bear.",
        };
    }

    private Fit? Exactly(IReadOnlyList<Candidate> items, Money paid)
    {
        // Single items are tried by the thousand and nearly all of them differ.
        if (items is [var single] && single.Available != paid && single.Available - Deductible(single) != paid)
            return null;
        var gross = Sum(items);
        if (paid == gross)
        {
            return new Fit([.. items.Select(item => Line(item))], Evidence.WholeAmount, items.Count == 1
                ? $"The amount is its balance of {gross}."
                : $"The balances sum to the amount, {gross}.", IsWhole: true);
        }

        var offered = items.Select(Deductible).ToArray();
        var missing = gross - paid;
        if (!missing.IsPositive || missing > Money.Sum(offered, Currency))
            return null;
        return Discounts(offered, missing) is { } taken
            ? new Fit(
                [.. items.Select((item, index) => taken.Contains(index) ? Line(item, offered[index]) : Line(item))],
                Evidence.WholeAmount, $"The amount is {gross} less the earned cash discount of {missing}.",
                IsWhole: true)
            : null;
    }

    /// <summary>All of the items less all of these credit memos, exactly.</summary>
    public Fit? LessCredits(IReadOnlyList<Candidate> items, IReadOnlyList<OpenCredit> credits)
    {
        var gross = Sum(items);
        return credits.Count > 0 && gross - Money.Sum(credits.Select(one => one.Available), Currency) == amount
            && CreditsTakenOff.From(
                items.Select(item => Line(item)), credits.Select(one => (one, one.Available))) is { } lines
            ? new Fit(
                lines, Evidence.WholeAmount, $"The amount is {gross} less {CreditsTakenOff.Words(credits)}.",
                IsWhole: true)
            : null;
    }

    /// <summary>
    /// All of the items without their taxes, exactly: these stay open. For a person, unless the rule set says
    /// otherwise.
    /// </summary>
    public Fit? WithoutTax(IReadOnlyList<Candidate> items)
    {
        if (items.Count == 0 || items.Any(item => item.Net is not { IsPositive: true })
            || Money.Sum(items.Select(item => item.Net!.Value), Currency) != amount
            || Sum(items) - amount is not { IsPositive: true } tax)
            return null;
        return new Fit(
            [.. items.Select(item => Line(item) with { Amount = item.Net!.Value })], Evidence.WithoutTax,
            $"The amount is {Sum(items)} without the tax of {tax}, which stays open.", IsWhole: true,
            IsForPerson: !rules.AmountsWithoutTax);
    }

    /// <summary>All of the items but for a difference small enough to be given up.</summary>
    public Fit? Nearly(IReadOnlyList<Candidate> items)
    {
        if (items is [var single] && !IsNear(single.Available) && !IsNear(single.Available - Deductible(single)))
            return null;
        var gross = Sum(items);
        var net = gross - Money.Sum(items.Select(Deductible), Currency);
        foreach (var (due, discounted) in new[] { (gross, false), (net, true) }.Distinct())
        {
            if (due == amount || (discounted && net == gross))
                continue;
            if (amount < due && RuleOf(due) is { Action: ExceptionAction.WriteOff } rule)
                return Short(items, due - amount, discounted) with { IsForPerson = rule.IsForPerson };
            if (amount > due && RuleOf(due) is { Action: ExceptionAction.WriteOff, IsForPerson: false })
            {
                return new Fit(
                    [.. items.Select(item => discounted ? Line(item, Deductible(item)) : Line(item))],
                    Evidence.SmallDifference,
                    $"{amount - due} more than {due} are paid, which is within the tolerance.", IsWhole: true,
                    RestTreatment.WriteOff);
            }
        }

        return null;
    }

    /// <summary>
    /// The only combination of the items that sums to the amount; where there are several, or not all were looked at,
    /// the first of them and little weight.
    /// </summary>
    public Fit? Among(IReadOnlyList<Candidate> items) =>
        Combinations(items) is [var first, ..] ? first : null;

    /// <summary>
    /// The combinations of the items that sum to the amount, as far as they were found: one where it is the only one,
    /// else two, of which a person chooses. Of more items than are searched those that are due first.
    /// </summary>
    public IReadOnlyList<Fit> Combinations(IReadOnlyList<Candidate> items)
    {
        Candidate[] near =
        [
            .. items.Where(item => rules.CombinationDays is not { } days
                || Math.Abs(item.DueDate.DayNumber - valueDate.DayNumber) <= days),
        ];
        var found = Search(near, rules.MaxItems, withDiscounts: false);
        return found.Count == 0 && near.Any(item => Deductible(item).IsPositive)
            ? Search(near, rules.MaxItems, withDiscounts: true)
            : found;
    }

    /// <summary>All of the items and more: the rest is not explained.</summary>
    public Fit? Over(IReadOnlyList<Candidate> items)
    {
        var gross = Sum(items);
        return amount > gross && gross.IsPositive
            ? new Fit([.. items.Select(item => Line(item))], Evidence.PartOfAmount,
                $"The balance of {gross} is covered; {amount - gross} are left.", IsWhole: false)
            : null;
    }

    /// <summary>
    /// The items as far as the money goes, in their order; what is not covered of the first may be deducted.
    /// </summary>
    public Fit Filled(IReadOnlyList<Candidate> items, string? reasonCode, string? customerReason)
    {
        var lines = new List<MatchLine>();
        var left = amount;
        foreach (var item in items)
        {
            var whole = rules.PartialDiscounts ? Earned(item) : Money.Zero(Currency);
            var part = Money.Min(left, item.Available - whole);
            if (!part.IsPositive)
                break;
            left -= part;
            var discount = !rules.PartialDiscounts || !rules.TakesDiscounts || part == item.Available - whole
                ? whole
                : item.EarnedBeside(part, rules.DiscountDay(item, valueDate));
            var missing = item.Available - part - discount;
            lines.Add(Line(item) with
            {
                Amount = part,
                Discount = discount.IsPositive ? discount : null,
                Deduction = missing.IsPositive && reasonCode is { } code
                    ? new Deduction(missing, code, customerReason)
                    : null,
            });
        }

        var taken = Money.Sum(lines.Select(line => line.Discount ?? Money.Zero(Currency)), Currency);
        var open = Sum(items) - amount - taken;
        var share = taken.IsPositive ? $" Its share of the cash discount is {taken}." : "";
        return new Fit(lines, Evidence.PartOfAmount, reasonCode is { } why
            ? $"The payment is short: {open} are deducted ({why}).{share}"
            : $"The payment is short: {open} of {Sum(items)} stay open.{share}", IsWhole: left.IsZero);
    }

    /// <summary>What the payer may deduct from the item with money of this day, earned or not.</summary>
    public Money Deductible(Candidate item) =>
        rules.TakesDiscounts ? item.DeductibleBy(rules.DiscountDay(item, valueDate)) : Money.Zero(Currency);

    /// <summary>What is deducted though the payer does not say so: what money of this day earns.</summary>
    private Money Earned(Candidate item) =>
        rules.TakesDiscounts ? item.EarnedBy(rules.DiscountDay(item, valueDate)) : Money.Zero(Currency);

    /// <summary>A line that settles all that is available.</summary>
    public static MatchLine Line(Candidate item, Money? discount = null)
    {
        var taken = discount is { IsPositive: true } ? discount : null;
        return new MatchLine(
            item.InvoiceId, item.Installment, item.InvoiceNumber, item.CustomerId,
            taken is { } deducted ? item.Available - deducted : item.Available, taken);
    }

    /// <summary>What is open of the items together.</summary>
    public Money Sum(IEnumerable<Candidate> items) => Money.Sum(items.Select(item => item.Available), Currency);

    private bool IsNear(Money due) => due != amount && RuleOf(due) is { Action: ExceptionAction.WriteOff };

    private ExceptionRule? RuleOf(Money due) => due > amount
        ? policy?.ExceptionOf(ExceptionKind.Under, due - amount, due)
        : policy?.ExceptionOf(ExceptionKind.Over, amount - due, due);

    private Fit Short(IReadOnlyList<Candidate> items, Money missing, bool discounted)
    {
        // The largest item bears it: there it is the smallest share.
        var bearer = items.MaxBy(item => item.Available.Amount)!;
        return new Fit(
            [
                .. items.Select(item =>
                {
                    var line = Line(item, discounted ? Deductible(item) : null);
                    return item == bearer
                        ? line with { Amount = line.Amount - missing, Difference = missing }
                        : line;
                }),
            ],
            Evidence.SmallDifference, $"{missing} are missing, which is within the tolerance.", IsWhole: true);
    }

    private IReadOnlyList<Fit> Search(IReadOnlyList<Candidate> items, int maxItems, bool withDiscounts)
    {
        Money Due(Candidate item) => withDiscounts ? item.Available - Deductible(item) : item.Available;
        Candidate[] all = [.. items.Where(item => Due(item) < amount)];
        Candidate[] usable = all.Length <= SubsetSum.MaxItems ? all : all[..SubsetSum.MaxItems];
        var result = SubsetSum.Find([.. usable.Select(item => Minor(Due(item)))], Minor(amount), maxItems);
        if (result.Found is not { } found)
            return [];
        if (result.IsUnique && usable.Length == all.Length)
        {
            return [Combination(found, result.Coincidences switch
            {
                <= 1_000 => Evidence.OnlyCombination,
                <= 20_000 => Evidence.OnlyOfMany,
                <= 100_000 => Evidence.OnlyOfVeryMany,
                _ => Evidence.OnlyByChance,
            }, "; no other do.")];
        }

        return result.Second is { } second
            ?
            [
                Combination(found, Evidence.OneOfCombinations, ", and others do too."),
                Combination(second, Evidence.OneOfCombinations, ", and others do too."),
            ]
            : [Combination(found, Evidence.OneOfCombinations, "; there may be others.")];

        Fit Combination(IReadOnlyList<int> indexes, Evidence evidence, string others)
        {
            MatchLine[] lines =
                [.. indexes.Select(index => Line(usable[index], withDiscounts ? Deductible(usable[index]) : null))];
            var discounts = withDiscounts ? " with their earned cash discounts" : "";
            return new Fit(lines, evidence,
                $"{lines.Length} of {items.Count} items sum to the amount{discounts}{others}", IsWhole: true);
        }
    }

    /// <summary>Which of the discounts sum to what is missing; the only ones that do.</summary>
    private IReadOnlyCollection<int>? Discounts(Money[] offered, Money missing)
    {
        int[] positive = [.. Enumerable.Range(0, offered.Length).Where(index => offered[index].IsPositive)];
        if (Money.Sum(offered, Currency) == missing)
            return positive;
        int[] single = [.. positive.Where(index => offered[index] == missing)];
        if (single.Length > 0)
            return single.Length == 1 ? single : null;
        var result = SubsetSum.Find([.. positive.Select(index => Minor(offered[index]))], Minor(missing), 12);
        return result.IsUnique ? [.. result.Found!.Select(found => positive[found])] : null;
    }

    private long Minor(Money money) => (long)(money.Amount / Currency.Unit);
}
