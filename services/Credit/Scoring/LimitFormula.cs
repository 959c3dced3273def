using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Scoring;

/// <summary>One thing that bounds a limit.</summary>
/// <param name="Name"><c>class-cap</c>, <c>net-worth</c>, <c>bureau-recommendation</c> or <c>billing</c>.</param>
/// <param name="Amount">The bound, in the base currency; null where it is not known and does not bound.</param>
/// <param name="Detail">How it came about.</param>
public sealed record LimitBound(string Name, decimal? Amount, string Detail);

/// <summary>A limit that was worked out.</summary>
/// <param name="Amount">In the base currency; the least of the bounds, rounded down.</param>
/// <param name="Bounds">All bounds.</param>
public sealed record LimitCalculation(decimal Amount, IReadOnlyList<LimitBound> Bounds);

/// <summary>
/// limit = min(cap of the class and of the customer's size, share of net worth or the bureau's recommendation, k ×
/// average monthly billing × days to pay / 30), k by class.
/// </summary>
public static class LimitFormula
{
    private const int DaysOfMonth = 30;

    /// <summary>Works a limit out; amounts in other currencies than the base are converted first.</summary>
    /// <param name="policy">Caps and factors.</param>
    /// <param name="riskClass">The class of the customer.</param>
    /// <param name="terms">Payment terms it is to have.</param>
    /// <param name="facts">What is known of it.</param>
    /// <param name="toBase">An amount of a currency in the base currency; null without a rate.</param>
    /// <param name="currency">The currency of the account, which billing is in.</param>
    public static LimitCalculation Of(
        LimitPolicy policy, string riskClass, string? terms, CustomerFacts facts,
        Func<decimal, string, decimal?> toBase, string currency)
    {
        var limits = policy.Classes.First(one => one.Class == riskClass);
        LimitBound[] bounds =
        [
            Cap(limits, facts, toBase),
            Worth(policy, facts, toBase),
            Billing(policy, limits, terms, facts, toBase, currency),
        ];
        var least = bounds.Where(bound => bound.Amount is not null).Min(bound => bound.Amount!.Value);
        return new LimitCalculation(Math.Floor(least / policy.RoundTo) * policy.RoundTo, bounds);
    }

    private static LimitBound Cap(ClassLimit limits, CustomerFacts facts, Func<decimal, string, decimal?> toBase)
    {
        if (limits.Caps is null)
            return new LimitBound("class-cap", limits.Cap, $"Cap of class {limits.Class}.");
        return facts.Financials is { Revenue: { } revenue, Currency: var currency }
            && toBase(revenue, currency) is { } inBase
            ? Bound(inBase, $"of {revenue} {currency}")
            : Bound(null, "that is not known");

        LimitBound Bound(decimal? size, string words) =>
            new("class-cap", limits.CapFor(size), $"Cap of class {limits.Class} for a revenue {words}.");
    }

    private static LimitBound Worth(LimitPolicy policy, CustomerFacts facts, Func<decimal, string, decimal?> toBase)
    {
        if (facts.Financials is { NetWorth: { } worth } figures && toBase(worth, figures.Currency) is { } inBase)
        {
            return new LimitBound("net-worth", Math.Max(0, inBase * policy.NetWorthPercent / 100),
                $"{policy.NetWorthPercent:0.##} % of a net worth of {worth} {figures.Currency}.");
        }

        return facts.Report is { MaxCredit: { } most, MaxCreditCurrency: { } currency }
            && toBase(most, currency) is { } max
            ? new LimitBound("bureau-recommendation", max, $"The bureau recommends at most {most} {currency}.")
            : new LimitBound("net-worth", null, "Neither net worth nor a recommendation is known.");
    }

    private static LimitBound Billing(
        LimitPolicy policy, ClassLimit limits, string? terms, CustomerFacts facts,
        Func<decimal, string, decimal?> toBase, string currency)
    {
        if (facts.Behaviour.MonthlyBilling is not { } monthly || toBase(monthly, currency) is not { } billing)
            return new LimitBound("billing", null, $"Nothing was billed in the last {policy.BillingMonths} months.");
        var days = CreditTerms.Read(terms)?.Days ?? DaysOfMonth;
        return new LimitBound("billing", limits.BillingFactor * billing * Math.Max(days, 1) / DaysOfMonth,
            $"{limits.BillingFactor:0.##} × {billing:0.##} a month × {days} days of {DaysOfMonth}.");
    }
}
