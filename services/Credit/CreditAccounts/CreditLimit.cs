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
}
