using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>How an amount fits items.</summary>
/// <param name="Lines">What is paid of which.</param>
/// <param name="Weight">What the fit is worth where the items are named, 0 to 1.</param>
/// <param name="Words">What fits.</param>
/// <param name="IsWhole">True when all of the amount is explained.</param>
/// <param name="Rest">What becomes of what is left.</param>
internal sealed record Fit(
    IReadOnlyList<MatchLine> Lines, decimal Weight, string Words, bool IsWhole,
    RestTreatment Rest = RestTreatment.Unapplied);

/// <summary>Fits one amount to items, each with what is available of it, in the order of their due dates.</summary>
/// <param name="amount">What is to be explained.</param>
/// <param name="valueDate">Day the money counts; decides on discounts.</param>
/// <param name="takesDiscounts">Earned cash discounts may be deducted.</param>
/// <param name="tolerance">What may be given up.</param>
internal sealed class AmountFit(Money amount, DateOnly valueDate, bool takesDiscounts, Tolerance tolerance)
{
    private Currency Currency => amount.Currency;

    /// <summary>All of the items, exactly: with no, with some or with all of the discounts that are earned.</summary>
    public Fit? Exactly(IReadOnlyList<Candidate> items)
    {
        var gross = Sum(items);
        if (amount == gross)
        {
            return new Fit([.. items.Select(item => Line(item))], 0.90m, items.Count == 1
                ? $"The amount is its balance of {gross}."
                : $"The balances sum to the amount, {gross}.", IsWhole: true);
        }

        var offered = items.Select(Earned).ToArray();
        var missing = gross - amount;
        if (!missing.IsPositive || missing > Money.Sum(offered, Currency))
            return null;
        return Discounts(offered, missing) is { } taken
            ? new Fit(
                [.. items.Select((item, index) => taken.Contains(index) ? Line(item, offered[index]) : Line(item))],
                0.90m, $"The amount is {gross} less the earned cash discount of {missing}.", IsWhole: true)
            : null;
    }

    /// <summary>All of the items but for a difference small enough to be given up.</summary>
    public Fit? Nearly(IReadOnlyList<Candidate> items)
    {
        var gross = Sum(items);
        var net = gross - Money.Sum(items.Select(Earned), Currency);
        foreach (var (due, discounted) in new[] { (gross, false), (net, true) }.Distinct())
        {
            if (due == amount || (discounted && net == gross))
                continue;
            if (amount < due && tolerance.Allows(due - amount, due))
                return Short(items, due - amount, discounted);
            if (amount > due && tolerance.Allows(amount - due, due))
            {
                return new Fit([.. items.Select(item => discounted ? Line(item, Earned(item)) : Line(item))], 0.85m,
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
    public Fit? Among(IReadOnlyList<Candidate> items, int maxItems)
    {
        var found = Search(items, maxItems, withDiscounts: false);
        if (found is null && takesDiscounts && items.Any(item => Earned(item).IsPositive))
            found = Search(items, maxItems, withDiscounts: true);
        return found;
    }

    /// <summary>All of the items and more: the rest is not explained.</summary>
    public Fit? Over(IReadOnlyList<Candidate> items)
    {
        var gross = Sum(items);
        return amount > gross && gross.IsPositive
            ? new Fit([.. items.Select(item => Line(item))], 0.30m,
                $"The balance of {gross} is covered; {amount - gross} are left.", IsWhole: false)
            : null;
    }

    /// <summary>
    /// The items as far as the money goes, in their order; the first that is not covered may be deducted.
    /// </summary>
    public Fit Filled(IReadOnlyList<Candidate> items, string? reasonCode, string? customerReason)
    {
        var lines = new List<MatchLine>();
        var left = amount;
        foreach (var item in items)
        {
            var part = Money.Min(left, item.Available);
            if (!part.IsPositive)
                break;
            left -= part;
            var missing = item.Available - part;
            lines.Add(Line(item) with
            {
                Amount = part,
                Deduction = missing.IsPositive && reasonCode is { } code
                    ? new Deduction(missing, code, customerReason)
                    : null,
            });
        }

        var open = Sum(items) - amount;
        return new Fit(lines, 0.30m, reasonCode is { } why
            ? $"The payment is short: {open} are deducted ({why})."
            : $"The payment is short: {open} of {Sum(items)} stay open.", IsWhole: true);
    }

    /// <summary>What may be deducted from the item for money of this day.</summary>
    public Money Earned(Candidate item) =>
        takesDiscounts ? item.EarnedBy(valueDate) : Money.Zero(Currency);

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

    private Fit Short(IReadOnlyList<Candidate> items, Money missing, bool discounted)
    {
        // The largest item bears it: there it is the smallest share.
        var bearer = items.MaxBy(item => item.Available.Amount)!;
        return new Fit(
            [
                .. items.Select(item =>
                {
                    var line = Line(item, discounted ? Earned(item) : null);
                    return item == bearer
                        ? line with { Amount = line.Amount - missing, Difference = missing }
                        : line;
                }),
            ],
            0.85m, $"{missing} are missing, which is within the tolerance.", IsWhole: true);
    }

    private Fit? Search(IReadOnlyList<Candidate> items, int maxItems, bool withDiscounts)
    {
        Money Due(Candidate item) => withDiscounts ? item.Available - Earned(item) : item.Available;
        Candidate[] usable = [.. items.Where(item => Due(item) < amount)];
        var result = SubsetSum.Find([.. usable.Select(item => Minor(Due(item)))], Minor(amount), maxItems);
        if (result.Found is not { } found)
            return null;
        MatchLine[] lines =
            [.. found.Select(index => Line(usable[index], withDiscounts ? Earned(usable[index]) : null))];
        var words = $"{lines.Length} of {items.Count} items sum to the amount" +
            (withDiscounts ? " with their earned cash discounts" : "");
        return result.IsUnique
            ? new Fit(lines, result.Coincidences switch
            {
                <= 1_000 => 0.80m,
                <= 20_000 => 0.75m,
                <= 100_000 => 0.60m,
                _ => 0.40m,
            }, $"{words}; no other do.", IsWhole: true)
            : new Fit(lines, 0.30m, result.Second is null
                ? $"{words}; there may be others." : $"{words}, and others do too.", IsWhole: true);
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
