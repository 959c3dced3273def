using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What stands against a duplicate, and so against the customer that it was merged into.</summary>
/// <param name="Holds">Holds that were not let go; what the rules of the survivor see by themselves is not among them.
/// </param>
/// <param name="Due">What of its receivables is due on which day, by currency and day.</param>
/// <param name="LastPayment">Value date of its last payment; null where none is known.</param>
/// <param name="Dunned">With how many steps one of its open items was dunned at most; 0 where none was.</param>
public sealed record AbsorbedStanding(
    IReadOnlyList<HoldPlaced> Holds, IReadOnlyList<DuePart> Due, DateOnly? LastPayment, int Dunned)
{
    /// <summary>Nothing stands against it, and nothing for it.</summary>
    private static readonly AbsorbedStanding None = new([], [], null, 0);

    /// <summary>True where nothing of it is to be kept.</summary>
    public bool IsNothing => Holds.Count == 0 && Due.Count == 0 && LastPayment is null && Dunned == 0;

    /// <summary>As it was taken over.</summary>
    public static AbsorbedStanding Of(DuplicateAbsorbed duplicate) =>
        new(duplicate.Holds ?? [], duplicate.Due ?? [], duplicate.LastPayment, duplicate.Dunned ?? 0);

    /// <summary>That of a duplicate on a day.</summary>
    public static AbsorbedStanding Of(CreditAccount duplicate, DateOnly today) => new(
        [
            .. duplicate.Holds.Values.Where(hold => !(hold.Until < today) && !HoldDecider.IsOfBalances(hold))
                .OrderBy(hold => hold.Code, StringComparer.Ordinal).ThenBy(hold => hold.HoldId)
                .Select(hold => hold with { Bounced = null }),
        ],
        [
            .. duplicate.Due.OrderBy(due => due.Key.Code, StringComparer.Ordinal)
                .SelectMany(due => due.Value.Days.Select(day => new DuePart(day.Key, Money.Of(day.Value, due.Key)))),
        ],
        duplicate.OwnLastPayment, duplicate.DunnedTimes.DefaultIfEmpty().Max());

    /// <summary>True where the other one says the same on a day: a hold that has ended since is none.</summary>
    public bool IsLike(AbsorbedStanding? other, DateOnly today)
    {
        other ??= None;
        return (LastPayment, Dunned) == (other.LastPayment, other.Dunned) && Due.SequenceEqual(other.Due)
            && Holds.Where(hold => !(hold.Until < today)).SequenceEqual(
                other.Holds.Where(hold => !(hold.Until < today)));
    }
}
