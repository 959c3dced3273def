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
    /// became overdue, grace included. Nothing is charged before that, nor on what is disputed.
    /// </summary>
    public static IEnumerable<FinanceCharge> For(
        ContractClauses clauses, DateOnly from, DateOnly to, IEnumerable<ItemHistory> items, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(clauses);
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items.OrderBy(item => item.DueDate).ThenBy(item => item.InvoiceNumber)
            .ThenBy(item => item.Installment))
        {
            if (LateFee(clauses, from, to, item, currency) is { } fee)
                yield return fee;
            if (Interest(clauses, from, to, item, currency) is { } interest)
                yield return interest;
        }
    }

    /// <summary>
    /// What is charged for each installment, and what more would be if nothing of it were disputed.
    /// </summary>
    public static IReadOnlyList<ChargedItem> Charged(
        ContractClauses clauses, DateOnly from, DateOnly to, IReadOnlyList<ItemHistory> items, Currency currency)
    {
        var now = For(clauses, from, to, items, currency).ToLookup(Key, charge => charge.Amount);
        return
        [
            .. For(clauses, from, to, items.Select(item => item with { Disputed = 0 }), currency)
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
        var late = item.DueDate.AddDays(clauses.GraceDays + 1);
        if (late < from || late > to)
            return null;
        var open = item.ChargeableOn(late);
        if (open <= 0)
            return null;
        var fee = Money.Round((clauses.LateFee ?? 0) + (open * (clauses.LateFeePercent ?? 0) / 100), currency);
        return fee.IsPositive
            ? Charge(item, ChargeKind.LateFee, fee, FormattableString.Invariant(
                $"Late fee on {item.InvoiceNumber}/{item.Installment}, due {item.DueDate:yyyy-MM-dd}"))
            : null;
    }

    private static FinanceCharge? Interest(
        ContractClauses clauses, DateOnly from, DateOnly to, ItemHistory item, Currency currency)
    {
        if (clauses.InterestPercent is not { } rate)
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

        var interest = Money.Round(sum * rate / 100 / 365, currency);
        return interest.IsPositive
            ? Charge(item, ChargeKind.Interest, interest, FormattableString.Invariant(
                $"Interest {from:yyyy-MM} at {rate:0.####} % on {item.InvoiceNumber}/{item.Installment}, {days} days"))
            : null;
    }

    private static FinanceCharge Charge(ItemHistory item, ChargeKind kind, Money amount, string description) =>
        new(item.InvoiceId, item.InvoiceNumber, item.Installment, kind, amount, description);
}
