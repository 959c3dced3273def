using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

public sealed partial record CreditAccount
{
    private static readonly Comparer<DateOnly> NewestFirst = Comparer<DateOnly>.Create((a, b) => b.CompareTo(a));

    private static readonly Comparer<(DateOnly Until, string Currency)> LatestFirst =
        Comparer<(DateOnly Until, string Currency)>.Create((a, b) => a.Until == b.Until
            ? string.CompareOrdinal(a.Currency, b.Currency)
            : b.Until.CompareTo(a.Until));

    /// <summary>What is known of each receipt.</summary>
    public ImmutableDictionary<Guid, FreeCash> Receipts { get; private init; } =
        ImmutableDictionary<Guid, FreeCash>.Empty;

    /// <summary>
    /// Money that may bounce, by the last day on which it may, the latest first, and currency: a day looks at those
    /// that are not over, however many there have been.
    /// </summary>
    private ImmutableSortedDictionary<(DateOnly Until, string Currency), UnsettledCash> Unsettled { get; init; } =
        ImmutableSortedDictionary.Create<(DateOnly Until, string Currency), UnsettledCash>(LatestFirst);

    /// <summary>How many receipts, of which something is left, came on each day.</summary>
    private ImmutableSortedDictionary<DateOnly, int> Payments { get; init; } =
        ImmutableSortedDictionary.Create<DateOnly, int>(NewestFirst);

    /// <summary>True once it is known of a receipt when it came.</summary>
    private bool KnowsPayments { get; init; }

    /// <summary>
    /// Before that was known of any, how much less became due of items on each day: payments and credits. What was paid
    /// with a receipt that is heard of after it is counted with the receipt then, and bounces with it; what else was of
    /// that day stays.
    /// </summary>
    private ImmutableSortedDictionary<(DateOnly On, string Currency), decimal> Lowered { get; init; } =
        ImmutableSortedDictionary.Create<(DateOnly On, string Currency), decimal>(LatestFirst);

    /// <summary>
    /// The value date of the last payment that was not taken back: money of the customer's of which something is left,
    /// or anybody's that has paid its items. Of times before value dates were kept, the last day on which an item was
    /// settled or a part of it. Null where nothing was ever paid.
    /// </summary>
    public DateOnly? OwnLastPayment
    {
        get
        {
            var lowered = Lowered.IsEmpty ? (DateOnly?)null : Lowered.First().Key.On;
            return Payments.IsEmpty || lowered > Payments.First().Key ? lowered : Payments.First().Key;
        }
    }

    /// <summary>The same of the customer and its duplicates.</summary>
    public DateOnly? LastPayment =>
        AbsorbedStandings.Values.Select(one => one.LastPayment).Append(OwnLastPayment).Max();

    /// <summary>What of a currency may still bounce on a day.</summary>
    public UnsettledCash UnsettledOn(DateOnly today, Currency currency) => Unsettled
        .TakeWhile(one => one.Key.Until >= today).Where(one => one.Key.Currency == currency.Code)
        .Aggregate(UnsettledCash.None(currency), (sum, one) => sum + one.Value);

    /// <summary>What may bounce on a day or later.</summary>
    public IReadOnlyList<UnsettledPart> UnsettledFrom(DateOnly today) =>
    [
        .. Unsettled.TakeWhile(one => one.Key.Until >= today)
            .Select(one => new UnsettledPart(one.Key.Until, one.Value.Unapplied, one.Value.Spent)),
    ];

    /// <summary>What of a currency may still bounce on a day of a customer that was merged into this one.</summary>
    public UnsettledCash UnsettledOf(Guid duplicateId, DateOnly today, Currency currency) =>
        AbsorbedUnsettled.GetValueOrDefault(duplicateId, [])
            .Where(part => part.Until >= today && part.Unapplied.Currency == currency)
            .Aggregate(
                UnsettledCash.None(currency),
                (sum, part) => sum + new UnsettledCash(part.Unapplied, part.Spent));

    private CreditAccount With(UnappliedCashRecorded e)
    {
        var before = Receipts.TryGetValue(e.ReceiptId, out var known) ? known : (FreeCash?)null;

        // An older instance beside newer ones says nothing of this.
        var isSilent = e.Booked is null && known.Booked is not null;
        var after = new FreeCash(
            e.SourceVersion, e.Unapplied, isSilent ? known.Spent : e.Spent, e.Booked ?? known.Booked,
            isSilent ? known.Gone : e.Gone);
        return With(e.Exposure).Count(before, -1).Count(after, 1) with
        {
            KnowsPayments = KnowsPayments || after.Booked is not null,
            Lowered = after is { Booked: { } booked, Spent: { } spent } && before?.Spent is null
                ? LoweredBy(booked.ValueDate, -spent)
                : Lowered,
            Receipts = Receipts.SetItem(e.ReceiptId, after),
        };
    }

    /// <summary>With so much more, or less, that became due no more on a day.</summary>
    private ImmutableSortedDictionary<(DateOnly On, string Currency), decimal> LoweredBy(DateOnly day, Money amount)
    {
        var key = (day, amount.Currency.Code);
        var sum = Lowered.GetValueOrDefault(key) + amount.Amount;
        return sum > 0 ? Lowered.SetItem(key, sum) : Lowered.Remove(key);
    }

    /// <summary>With a receipt counted, or counted no more.</summary>
    private CreditAccount Count(FreeCash? receipt, int sign)
    {
        if (receipt is not { Booked: { } booked } cash || cash.Part is not { IsNothing: false } part)
            return this;
        var receipts = Payments.GetValueOrDefault(booked.ValueDate) + sign;
        var next = this with
        {
            Payments = receipts == 0
                ? Payments.Remove(booked.ValueDate)
                : Payments.SetItem(booked.ValueDate, receipts),
        };
        if (booked.MayBounceUntil is not { } until)
            return next;
        var key = (until, cash.Unapplied.Currency.Code);
        var sum = Unsettled.GetValueOrDefault(key) ?? UnsettledCash.None(cash.Unapplied.Currency);
        sum = sign > 0 ? sum + part : sum - part;
        return next with { Unsettled = sum.IsNothing ? Unsettled.Remove(key) : Unsettled.SetItem(key, sum) };
    }
}

/// <summary>The newest that is known of a receipt that is the customer's, or has paid its items.</summary>
/// <param name="SourceVersion">Version of the receipt behind it; 0 where it is another customer's.</param>
/// <param name="Unapplied">What is free of it.</param>
/// <param name="Spent">What it has paid of this customer's items; null for nothing.</param>
/// <param name="Booked">When it came; null until that is known.</param>
/// <param name="Gone">What was paid back of it, or written off; null for nothing.</param>
public readonly record struct FreeCash(
    long SourceVersion, Money Unapplied, Money? Spent = null, Booking? Booked = null, Money? Gone = null)
{
    /// <summary>Nothing is known of it.</summary>
    public static FreeCash None(Currency currency) => new(0, Money.Zero(currency));

    /// <summary>What may be taken back of it, while it may.</summary>
    public UnsettledCash Part
    {
        get
        {
            var none = Money.Zero(Unapplied.Currency);
            return new UnsettledCash(Unapplied, (Spent ?? none) + (Gone ?? none));
        }
    }
}

/// <summary>Money that may still bounce: what it seems to have settled is at risk until then.</summary>
/// <param name="Unapplied">Part of the unapplied cash.</param>
/// <param name="Spent">What was paid with it, or is gone otherwise.</param>
public sealed record UnsettledCash(Money Unapplied, Money Spent)
{
    /// <summary>True where nothing may bounce.</summary>
    public bool IsNothing => Unapplied.IsZero && Spent.IsZero;

    /// <summary>All of it.</summary>
    public Money Total => Unapplied + Spent;

    /// <summary>Nothing.</summary>
    public static UnsettledCash None(Currency currency) => new(Money.Zero(currency), Money.Zero(currency));

    /// <summary>Both together.</summary>
    public static UnsettledCash operator +(UnsettledCash left, UnsettledCash right) =>
        new(left.Unapplied + right.Unapplied, left.Spent + right.Spent);

    /// <summary>One without the other.</summary>
    public static UnsettledCash operator -(UnsettledCash left, UnsettledCash right) =>
        new(left.Unapplied - right.Unapplied, left.Spent - right.Spent);
}
