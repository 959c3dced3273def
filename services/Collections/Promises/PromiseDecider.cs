using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Promises;

/// <summary>What somebody says a customer promised.</summary>
public sealed record PromiseWish(
    string LegalEntity, Guid CustomerId, Money Amount, DateOnly Date, IReadOnlyList<PromisableItem> Items,
    string? ContactName, string? Note);

/// <summary>An item as it is when it is promised.</summary>
/// <param name="Item">The item.</param>
/// <param name="Collectible">What of it may be asked for.</param>
/// <param name="FailedPromises">Earlier promises on it that were not kept or taken back.</param>
public sealed record PromisableItem(PromisedItem Item, Money Collectible, int FailedPromises);

/// <summary>
/// What may become of a promise. It is judged by what was applied to its items since, value date in time; so money
/// that comes in time and is booked late keeps a promise that was taken for broken or for given up, and money that is
/// taken back unmakes one that was kept.
/// </summary>
public static class PromiseDecider
{
    /// <summary>
    /// Notes a promise. An item has at most one open promise; the table of promised items sees to that. All of its
    /// items are left in peace until it is judged, so it is for a share of them that is worth that.
    /// </summary>
    public static Decision Make(Promise promise, PromiseWish wish, PromisePolicy policy, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(promise);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(policy);
        if (promise.Made is not null)
            return Decision.Nothing;
        if (!wish.Amount.IsPositive)
            return PromiseRefusals.NoAmount();
        if (wish.Date < today || wish.Date > today.AddDays(policy.LongestDays))
            return PromiseRefusals.Date(today, today.AddDays(policy.LongestDays));
        var items = wish.Items.Where(item => item.Collectible.Currency == wish.Amount.Currency).ToList();
        if (items.Count < wish.Items.Count)
            return PromiseRefusals.OtherCurrency(wish.Amount.Currency);
        if (items.Count == 0)
            return PromiseRefusals.NothingToPay();
        var most = Money.Sum(items.Select(item => item.Collectible), wish.Amount.Currency);
        if (wish.Amount > most)
            return PromiseRefusals.MoreThanOpen(wish.Amount, most);
        var percent = policy.LeastPercent ?? StandardPolicy.LeastPromisedPercent;
        if (most.Times(percent / 100) is var least && wish.Amount < least)
            return PromiseRefusals.TooLittle(wish.Amount, least, percent, most);
        return Decision.Of(new PromiseMade(
            wish.LegalEntity, wish.CustomerId, wish.Amount, wish.Date, wish.Date.AddDays(policy.GraceDays),
            wish.Amount.Times(policy.TolerancePercent / 100), items.Max(item => item.FailedPromises),
            [.. items.Select(item => item.Item)], wish.ContactName, wish.Note));
    }

    /// <summary>
    /// Judges it on a day by what was applied in time, against what was still owed of it. Where nothing is owed of it
    /// any more and nothing has come, it is neither kept nor broken: after its grace it is cancelled, until money is
    /// known that did come in time.
    /// </summary>
    /// <param name="promise">The promise.</param>
    /// <param name="received">What was applied in time.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    /// <param name="givenUp">How much of it was given up in time; null for nothing.</param>
    public static Decision Judge(Promise promise, Money received, DateOnly today, Money? givenUp = null)
    {
        ArgumentNullException.ThrowIfNull(promise);
        if (promise.Made is not { } made || promise.IsTakenBack)
            return Decision.Nothing;
        var owed = made.Amount - (givenUp ?? Money.Zero(made.Amount.Currency));
        var status = StatusOf(owed, made.Tolerance, made.JudgedAfter, received, today);
        if (status == promise.Status)
            return Decision.Nothing;
        var outcome = new PromiseOutcome(made, received, givenUp is { IsPositive: true } ? givenUp : null);
        return Decision.Of(status switch
        {
            PromiseStatus.Kept => new PromiseKept(outcome),
            PromiseStatus.PartlyKept => new PromisePartlyKept(outcome),
            PromiseStatus.Broken => new PromiseBroken(outcome),
            PromiseStatus.Cancelled => new PromiseCancelled(outcome),
            _ => new PromiseReopened(outcome),
        });
    }

    /// <summary>Takes it back.</summary>
    public static Decision Cancel(Promise promise)
    {
        ArgumentNullException.ThrowIfNull(promise);
        return promise switch
        {
            { Made: null } or { Status: PromiseStatus.Cancelled } => Decision.Nothing,
            { Status: PromiseStatus.Open, Made: { } made } =>
                Decision.Of(new PromiseCancelled(new PromiseOutcome(made, promise.Received!.Value))),
            _ => PromiseRefusals.Judged(promise.Status),
        };
    }

    /// <summary>
    /// What counts for the promise. Money does, with the cash discount and the small difference beside it. A credit
    /// does as far as less is owed by it than was promised: what was disputed is credited beside the promise.
    /// </summary>
    /// <param name="promised">What was promised.</param>
    /// <param name="open">What was open on its items when it was made.</param>
    /// <param name="paid">What payments settled in time.</param>
    /// <param name="credited">What else lowered what is owed in time, but for write-offs.</param>
    public static Money Received(Money promised, Money open, Money paid, Money credited) =>
        paid + Money.Max(credited - (open - promised), Money.Zero(promised.Currency));

    /// <summary>
    /// How much of what was promised is not owed any more because we gave it up: a write-off takes first what was open
    /// beside the promise, after what credits have taken of that. Nobody breaks a promise by not paying it, and nobody
    /// keeps one by it.
    /// </summary>
    /// <param name="promised">What was promised.</param>
    /// <param name="open">What was open on its items when it was made.</param>
    /// <param name="credited">What credits and the like lowered in time.</param>
    /// <param name="writtenOff">What write-offs lowered in time, without what was recovered of them by then.</param>
    public static Money GivenUp(Money promised, Money open, Money credited, Money writtenOff)
    {
        var (beside, none) = (open - promised, Money.Zero(promised.Currency));
        return Money.Max(
            Money.Max(credited + writtenOff - beside, none) - Money.Max(credited - beside, none), none);
    }

    /// <summary>The one rule that gives a status.</summary>
    /// <param name="owed">What was promised and not given up.</param>
    /// <param name="tolerance">So much less than that still keeps it.</param>
    /// <param name="judgedAfter">Last day of grace.</param>
    /// <param name="received">What was applied in time.</param>
    /// <param name="today">The day it is judged on.</param>
    public static PromiseStatus StatusOf(
        Money owed, Money tolerance, DateOnly judgedAfter, Money received, DateOnly today) =>
        received.IsPositive && received >= owed - tolerance ? PromiseStatus.Kept
        : today <= judgedAfter ? PromiseStatus.Open
        : received.IsPositive ? PromiseStatus.PartlyKept
        : owed <= tolerance ? PromiseStatus.Cancelled
        : PromiseStatus.Broken;
}
