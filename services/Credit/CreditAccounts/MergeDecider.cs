using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// What is at risk with a duplicate counts with the customer that survives, for as long as the two are merged. Nothing
/// moves from one account to the other, so that a merge can be undone.
/// </summary>
public static class MergeDecider
{
    /// <summary>
    /// Takes over what is at risk with a duplicate, and what stands against it; the same again is nothing, and so is
    /// what is older than what is known. A newer version is kept with the same amounts as well. What has come to zero
    /// is kept as zero: it is still the duplicate's, which must not count by itself.
    /// </summary>
    /// <param name="survivor">The customer it was merged into.</param>
    /// <param name="duplicateId">The duplicate.</param>
    /// <param name="duplicate">Its account.</param>
    /// <param name="version">Version of its account.</param>
    /// <param name="today">What could bounce until yesterday is settled.</param>
    public static Decision Absorb(
        CreditAccount survivor, Guid duplicateId, CreditAccount duplicate, long version, DateOnly today)
    {
        var known = survivor.DuplicateVersions.GetValueOrDefault(duplicateId);
        if (known > version)
            return Decision.Nothing;
        Exposure[] exposures =
        [
            .. duplicate.Exposures.Values.Select(exposure => WithoutBilled(exposure, duplicate, survivor))
                .OrderBy(exposure => exposure.OpenOrders.Currency.Code, StringComparer.Ordinal),
        ];
        var standing = AbsorbedStanding.Of(duplicate, today);
        var isToBeKept = standing.Holds.Count > 0 || survivor.Absorbed.ContainsKey(duplicateId);
        if (exposures.Length == 0 && isToBeKept && duplicate.Opened is not null)
            exposures = [duplicate.ExposureIn(duplicate.Currency)];
        var unsettled = duplicate.UnsettledFrom(today);
        var isSame = survivor.Absorbed.TryGetValue(duplicateId, out var before)
            ? known == version && before.SequenceEqual(exposures)
                && standing.IsLike(survivor.AbsorbedStandings.GetValueOrDefault(duplicateId), today)
                && unsettled.SequenceEqual(
                    survivor.AbsorbedUnsettled.GetValueOrDefault(duplicateId, []).Where(part => part.Until >= today))
            : exposures.Length == 0;
        return isSame ? Decision.Nothing : Decision.Of(new DuplicateAbsorbed(
            duplicateId, exposures, version, unsettled.Count > 0 ? unsettled : null,
            standing.Holds.Count > 0 ? standing.Holds : null, standing.Due.Count > 0 ? standing.Due : null,
            standing.LastPayment, standing.Dunned > 0 ? standing.Dunned : null));
    }

    /// <summary>The two are not merged any more; older news of the duplicate says nothing.</summary>
    public static Decision Release(CreditAccount survivor, Guid duplicateId, long version) =>
        survivor.Absorbed.ContainsKey(duplicateId) && survivor.DuplicateVersions[duplicateId] <= version
            ? Decision.Of(new DuplicateReleased(duplicateId, version))
            : Decision.Nothing;

    /// <summary>
    /// An order that was approved for the duplicate, or delivered to it, is invoiced to the survivor: that much of it
    /// is a receivable there and must not count twice.
    /// </summary>
    private static Exposure WithoutBilled(Exposure exposure, CreditAccount duplicate, CreditAccount survivor)
    {
        var none = Money.Zero(exposure.OpenOrders.Currency);
        foreach (var (id, order) in duplicate.Orders)
        {
            if (order.Amount.Currency != none.Currency
                || survivor.BilledOf(id, none.Currency) is not { IsPositive: true } billed)
                continue;
            var left = order.Amount - duplicate.BilledOf(id, none.Currency) - billed;
            exposure = exposure
                .MoveOrder(order.Reserved, Money.Min(order.Reserved, Money.Max(left, none)))
                .MoveDelivery(Money.Min(duplicate.UnbilledDeliveryOf(id, none.Currency), billed), none);
        }

        return exposure;
    }
}
