using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>The limit that holds on a day.</summary>
/// <param name="Amount">What it grants; zero after its last day.</param>
/// <param name="Set">What was set, whether it still holds or not.</param>
/// <param name="LastDay">Its last day, or null.</param>
/// <param name="IsInForce">It grants what was set.</param>
/// <param name="IsTemporary">It is the one for some days.</param>
public sealed record CreditLimit(Money Amount, Money Set, DateOnly? LastDay, bool IsInForce, bool IsTemporary)
{
    /// <summary>
    /// The limit of an account on a day, the temporary one before the other; null where none was set.
    /// </summary>
    public static CreditLimit? On(CreditAccount account, DateOnly today, LimitPolicy policy)
    {
        if (account.TemporaryLimit is { } some && some.From <= today && today <= some.Until)
            return new CreditLimit(some.Limit, some.Limit, some.Until, true, true);
        if (account.Limit is not { } limit)
            return null;
        var holds = limit.ExpiresOn is { } last ? last >= today : policy.WithoutExpiryGrants;
        return new CreditLimit(
            holds ? limit.Limit : Money.Zero(limit.Limit.Currency), limit.Limit, limit.ExpiresOn, holds, false);
    }

    /// <summary>
    /// The most that is granted, from a day on, on any day on which more is granted than by the limits before; null
    /// where no day has more. What lessens credit today may give it back tomorrow, and the end of a lower limit for
    /// some days gives more at once.
    /// </summary>
    public static Money? Raised(CreditAccount before, CreditAccount after, DateOnly today, LimitPolicy policy)
    {
        Money? most = null;
        foreach (var day in Turns(before).Concat(Turns(after)).Append(today).Where(day => day >= today))
        {
            var granted = GrantedOn(after, day);
            if (granted > GrantedOn(before, day) && !(granted <= most))
                most = granted;
        }

        return most;

        Money GrantedOn(CreditAccount account, DateOnly day) =>
            On(account, day, policy)?.Amount ?? Money.Zero(account.Currency);
    }

    /// <summary>Days from which on the limits of an account grant something else.</summary>
    private static IEnumerable<DateOnly> Turns(CreditAccount account)
    {
        if (account.TemporaryLimit is { } some)
        {
            yield return some.From;
            if (some.Until < DateOnly.MaxValue)
                yield return some.Until.AddDays(1);
        }

        if (account.Limit?.ExpiresOn is { } last && last < DateOnly.MaxValue)
            yield return last.AddDays(1);
    }
}
