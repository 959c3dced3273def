using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.FinanceCharges;

/// <summary>What was open on an installment over time.</summary>
/// <param name="DueDate">The due date that held for these changes.</param>
/// <param name="Changes">Day and change; what was open before the period is one change on the day before it.</param>
/// <param name="Disputed">What of it is disputed when the charges are billed: that bears none.</param>
/// <param name="OfAllDueDates">All changes of the installment where its due date was moved: money may count from a day
/// before it was. Null where these are all.</param>
public sealed record ItemHistory(
    Guid InvoiceId, string InvoiceNumber, int Installment, DateOnly DueDate,
    IReadOnlyList<(DateOnly Day, decimal Change)> Changes, decimal Disputed = 0,
    IReadOnlyList<(DateOnly Day, decimal Change)>? OfAllDueDates = null)
{
    /// <summary>Open at the end of a day and not disputed; below zero where more is disputed than was open.</summary>
    public decimal ChargeableOn(DateOnly day) =>
        Math.Min(OpenOn(day, Changes), OpenOn(day, OfAllDueDates ?? Changes)) - Disputed;

    private static decimal OpenOn(DateOnly day, IReadOnlyList<(DateOnly Day, decimal Change)> changes) =>
        changes.Where(change => change.Day <= day).Sum(change => change.Change);
}

/// <summary>What a charge is for.</summary>
public enum ChargeKind
{
    LateFee,
    Interest,

    /// <summary>The fixed sum that the law gives for an item that is paid late.</summary>
    StatutorySum,
}

/// <summary>One line of a debit memo: what is charged for one overdue installment in one period.</summary>
public sealed record FinanceCharge(
    Guid InvoiceId, string InvoiceNumber, int Installment, ChargeKind Kind, Money Amount, string Description);

/// <summary>What a debit memo charges for an installment: it is not charged again for the same period.</summary>
/// <param name="Amount">Zero where all that would have been charged was disputed.</param>
/// <param name="HeldBack">What more is due should all that is disputed turn out to be owed; null for nothing.</param>
public sealed record ChargedItem(
    Guid InvoiceId, int Installment, ChargeKind Kind, Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? HeldBack = null);

/// <summary>What a contract's clauses charge for a period; pure, so the same period always gives the same.</summary>
public static class FinanceChargeRules
{
    /// <summary>
    /// Simple interest, day by day: what was open at the end of each overdue day × rate ÷ 100 ÷ 365, summed over the
    /// period and rounded once per installment. A late fee is due once per installment: in the period in which it
    /// became overdue, grace included; where its due date was moved, by the first one on which it was late. Nothing is
    /// charged before that, nor on what is disputed.
    /// <para>By law the rate is the published one of the half-year plus the points of the clause, and the fixed sum is
    /// due as the late fee is (Directive 2011/7/EU: Article 2(6), reference rate plus at least eight points; 3(3), the
    /// rate of 1 January or 1 July holds for the half-year; 6(1), at least 40 euros where interest is payable). Worked
    /// example, also a test: 10,000.00 EUR due on 30 September 2026 and open through October, 2.15 % from 1 July 2026:
    /// 10,000 × (2.15 + 8) ÷ 100 ÷ 365 × 31 = 86.21, and 40.00.</para>
    /// </summary>
    /// <param name="clauses">What may be charged.</param>
    /// <param name="from">First day of the period, which lies within one half-year.</param>
    /// <param name="to">Last day of the period.</param>
    /// <param name="items">What was open over time.</param>
    /// <param name="currency">Of the items.</param>
    /// <param name="reference">The published rate of the period, percent a year; looked at where interest is by law.
    /// </param>
    public static IEnumerable<FinanceCharge> For(
        ContractClauses clauses, DateOnly from, DateOnly to, IEnumerable<ItemHistory> items, Currency currency,
        decimal reference = 0)
    {
        ArgumentNullException.ThrowIfNull(clauses);
        ArgumentNullException.ThrowIfNull(items);
        var rate = RateOf(clauses, reference);
        var given = new HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)>();
        foreach (var item in items.OrderBy(item => item.DueDate).ThenBy(item => item.InvoiceNumber)
            .ThenBy(item => item.Installment))
        {
            if (LateFee(clauses, from, to, item, currency) is { } fee && given.Add(Key(fee)))
                yield return fee;
            if (FixedSum(clauses, from, to, item, currency) is { } sum && given.Add(Key(sum)))
                yield return sum;
            if (Interest(clauses, rate, from, to, item, currency) is { } interest)
                yield return interest;
        }
    }

    /// <summary>
    /// What is charged for each installment, and what more would be if nothing of it were disputed.
    /// </summary>
    public static IReadOnlyList<ChargedItem> Charged(
        ContractClauses clauses, DateOnly from, DateOnly to, IReadOnlyList<ItemHistory> items, Currency currency,
        decimal reference = 0)
    {
        var now = For(clauses, from, to, items, currency, reference).ToLookup(Key, charge => charge.Amount);
        return
        [
            .. For(clauses, from, to, items.Select(item => item with { Disputed = 0 }), currency, reference)
                .GroupBy(Key, charge => charge.Amount)
                .Select(whole => (whole.Key, Amount: Money.Sum(now[whole.Key], currency),
                    Whole: Money.Sum(whole, currency)))
                .Select(one => new ChargedItem(
                    one.Key.InvoiceId, one.Key.Installment, one.Key.Kind, one.Amount,
                    one.Whole > one.Amount ? one.Whole - one.Amount : null)),
        ];
    }

    /// <summary>
    /// What is still to be charged for a period that was charged before: what was held back then because it was
    /// disputed, as far as it is owed after all. Clauses that were changed since, and payments that were taken back,
    /// add nothing.
    /// </summary>
    public static IEnumerable<FinanceCharge> Left(
        IReadOnlyList<FinanceCharge> charges, IReadOnlyCollection<ChargedItem> before)
    {
        ArgumentNullException.ThrowIfNull(charges);
        ArgumentNullException.ThrowIfNull(before);
        var known = before.ToLookup(one => (one.InvoiceId, one.Installment, one.Kind));
        foreach (var one in charges.GroupBy(Key))
        {
            var last = one.Last();
            var currency = last.Amount.Currency;
            var charged = Money.Sum(known[one.Key].Select(charged => charged.Amount), currency);
            var most = Money.Sum(
                known[one.Key].Take(1).SelectMany(first => new[] { first.Amount, first.HeldBack }).OfType<Money>(),
                currency);
            var left = Money.Min(most, Money.Sum(one.Select(charge => charge.Amount), currency)) - charged;
            if (!left.IsPositive)
                continue;
            yield return last with
            {
                Amount = left,
                Description = charged.IsZero
                    ? last.Description
                    : $"{last.Description}, less {charged} charged before",
            };
        }
    }

    private static (Guid InvoiceId, int Installment, ChargeKind Kind) Key(FinanceCharge charge) =>
        (charge.InvoiceId, charge.Installment, charge.Kind);

    private static FinanceCharge? LateFee(
        ContractClauses clauses, DateOnly from, DateOnly to, ItemHistory item, Currency currency)
    {
        var open = OpenWhenLate(clauses, from, to, item);
        if (open <= 0)
            return null;
        var fee = Money.Round((clauses.LateFee ?? 0) + (open * (clauses.LateFeePercent ?? 0) / 100), currency);
        return fee.IsPositive
            ? Charge(item, ChargeKind.LateFee, fee, FormattableString.Invariant(
                $"Late fee on {item.InvoiceNumber}/{item.Installment}, due {item.DueDate:yyyy-MM-dd}"))
            : null;
    }

    private static FinanceCharge? FixedSum(
        ContractClauses clauses, DateOnly from, DateOnly to, ItemHistory item, Currency currency)
    {
        var open = OpenWhenLate(clauses, from, to, item);
        var sum = open > 0 ? Money.Round(clauses.Statutory?.SumOn(open) ?? 0, currency) : Money.Zero(currency);
        return sum.IsPositive
            ? Charge(item, ChargeKind.StatutorySum, sum, FormattableString.Invariant(
                $"Compensation by law for {item.InvoiceNumber}/{item.Installment}, due {item.DueDate:yyyy-MM-dd}"))
            : null;
    }

    /// <summary>What was open on the day on which it became overdue, if that is in the period; else zero.</summary>
    private static decimal OpenWhenLate(ContractClauses clauses, DateOnly from, DateOnly to, ItemHistory item)
    {
        var late = item.DueDate.AddDays(clauses.GraceDays + 1);
        return late < from || late > to ? 0 : item.ChargeableOn(late);
    }

    /// <summary>Percent a year, and how it is told; null where there is no interest.</summary>
    private static (decimal Percent, string Words)? RateOf(ContractClauses clauses, decimal reference) =>
        clauses switch
        {
            { Statutory: { } law } when law.Points + reference is > 0 and var percent => (
                percent, FormattableString.Invariant(
                    $"{percent:0.####} % ({law.Points:0.####} above {law.ReferenceRate} of {reference:0.####})")),
            { InterestPercent: { } percent } => (percent, FormattableString.Invariant($"{percent:0.####} %")),
            _ => null,
        };

    private static FinanceCharge? Interest(
        ContractClauses clauses, (decimal Percent, string Words)? rate, DateOnly from, DateOnly to, ItemHistory item,
        Currency currency)
    {
        if (rate is not (var percent, var words))
            return null;
        var first = item.DueDate.AddDays(clauses.GraceDays + 1);
        var (days, sum) = (0, 0m);
        for (var day = first > from ? first : from; day <= to; day = day.AddDays(1))
        {
            var open = item.ChargeableOn(day);
            if (open <= 0)
                continue;
            days++;
            sum += open;
        }

        var interest = Money.Round(sum * percent / 100 / 365, currency);
        return interest.IsPositive
            ? Charge(item, ChargeKind.Interest, interest, FormattableString.Invariant(
                $"Interest {from:yyyy-MM} at {words} on {item.InvoiceNumber}/{item.Installment}, {days} days"))
            : null;
    }

    private static FinanceCharge Charge(ItemHistory item, ChargeKind kind, Money amount, string description) =>
        new(item.InvoiceId, item.InvoiceNumber, item.Installment, kind, amount, description);
}
