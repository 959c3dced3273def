using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// What is at risk with a duplicate counts with the customer that survives, for as long as the two are merged. Nothing
/// moves from one account to the other, so that a merge can be undone.
/// </summary>
public static class MergeDecider
{
    /// <summary>Takes over what is at risk with a duplicate as it is now; the same again is nothing.</summary>
    public static Decision Absorb(CreditAccount survivor, Guid duplicateId, CreditAccount duplicate)
    {
        Exposure[] exposures =
        [
            .. duplicate.Exposures.Values.Select(exposure => WithoutBilled(exposure, duplicate, survivor))
                .Where(exposure => exposure != Exposure.None(exposure.OpenOrders.Currency))
                .OrderBy(exposure => exposure.OpenOrders.Currency.Code, StringComparer.Ordinal),
        ];
        return (survivor.Absorbed.GetValueOrDefault(duplicateId) ?? []).SequenceEqual(exposures)
            ? Decision.Nothing
            : Decision.Of(new DuplicateAbsorbed(duplicateId, exposures));
    }

    /// <summary>The two are not merged any more.</summary>
    public static Decision Release(CreditAccount survivor, Guid duplicateId) =>
        survivor.Absorbed.ContainsKey(duplicateId) ? Decision.Of(new DuplicateReleased(duplicateId)) : Decision.Nothing;

    /// <summary>
    /// An order that was approved for the duplicate is invoiced to the survivor: that much of its reservation is a
    /// receivable there and must not count twice.
    /// </summary>
    private static Exposure WithoutBilled(Exposure exposure, CreditAccount duplicate, CreditAccount survivor)
    {
        var none = Money.Zero(exposure.OpenOrders.Currency);
        foreach (var order in duplicate.Orders.Values)
        {
            if (order.Reserved.Currency == none.Currency && order.Reserved.IsPositive
                && survivor.BilledOf(order.OrderId, none.Currency) is { IsPositive: true } billed)
                exposure = exposure.MoveOrder(Money.Min(order.Reserved, billed), none);
        }

        return exposure;
    }
}
