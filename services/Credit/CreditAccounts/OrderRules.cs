using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// Everything that can stand against an order, in one place: check, change, release and the account's own page all ask
/// here. All reasons are given at once.
/// </summary>
public static class OrderRules
{
    /// <summary>
    /// What stands against an order that would add <paramref name="need"/> to <paramref name="exposure"/>.
    /// </summary>
    /// <param name="account">The account; it is open.</param>
    /// <param name="exposure">What the account has at risk without the order, in the order's currency.</param>
    /// <param name="need">What the order would reserve.</param>
    /// <param name="today">The date in the legal entity's calendar.</param>
    public static IReadOnlyList<OrderReason> Against(
        CreditAccount account, Exposure exposure, Money need, DateOnly today)
    {
        var currency = account.Currency;
        if (need.Currency == currency)
            return [.. AgainstAccount(account, today), .. OverLimit(account.Limit, exposure, need)];
        return
        [
            new OrderReason("other-currency",
                $"The order is in {need.Currency}; a limit in {currency} says nothing about it."),
            .. AgainstAccount(account, today),
        ];
    }

    /// <summary>What stands against any order of the account at present.</summary>
    public static IReadOnlyList<OrderReason> HoldsOf(CreditAccount account, DateOnly today)
    {
        var currency = account.Currency;
        return
        [
            .. AgainstAccount(account, today),
            .. OverLimit(account.Limit, account.ExposureIn(currency), Money.Zero(currency)),
        ];
    }

    private static IEnumerable<OrderReason> AgainstAccount(CreditAccount account, DateOnly today)
    {
        if (account.Limit is not { } limit)
            yield return new OrderReason("no-limit", "No credit limit was ever set for this customer.");
        else if (CreditAccount.IsExpired(limit, today))
            yield return new OrderReason(
                "limit-expired", $"The limit of {limit.Limit} expired on {limit.ExpiresOn:yyyy-MM-dd}.");

        // What is owed in another currency cannot be counted against the limit, and must not be overlooked either.
        foreach (var (currency, exposure) in account.Exposures)
        {
            if (currency != account.Currency && exposure.Total.IsPositive)
            {
                yield return new OrderReason("exposure-in-other-currency",
                    $"{exposure.Total} are open that a limit in {account.Currency} does not cover.");
            }
        }
    }

    private static IEnumerable<OrderReason> OverLimit(LimitSet? set, Exposure exposure, Money need)
    {
        // Sums of large amounts may leave the range of Money; the comparison does not need it.
        var asked = exposure.Total.Amount + need.Amount;
        if (set?.Limit is not { } limit || asked <= limit.Amount)
            yield break;
        var request = need.IsZero ? "" : $"this order asks for {need} more; ";
        yield return new OrderReason("over-limit",
            $"Limit {limit}; exposure {exposure.Total} (open receivables {exposure.OpenReceivables.Amount}, " +
            $"open orders " +
            $"{exposure.OpenOrders.Amount}, unapplied cash {exposure.UnappliedCash.Amount}); " +
            $"{request}that is {asked - limit.Amount} {limit.Currency} over the limit.");
    }
}
