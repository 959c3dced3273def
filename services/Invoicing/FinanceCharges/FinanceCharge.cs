using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.FinanceCharges;

/// <summary>What was open on an installment over time, from the subledger.</summary>
/// <param name="DueDate">The due date that held for these changes.</param>
/// <param name="Changes">Day and change; what was open before the period is one change on the day before it.</param>
/// <param name="Disputed">What of it is disputed when the charges are billed: that bears none.</param>
public sealed record ItemHistory(
    Guid InvoiceId, string InvoiceNumber, int Installment, DateOnly DueDate,
    IReadOnlyList<(DateOnly Day, decimal Change)> Changes, decimal Disputed = 0)
{
    /// <summary>Open at the end of a day and not disputed; below zero where more is disputed than was open.</summary>
    public decimal ChargeableOn(DateOnly day) =>
        Changes.Where(change => change.Day <= day).Sum(change => change.Change) - Disputed;
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
