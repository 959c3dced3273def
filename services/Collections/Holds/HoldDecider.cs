using OrderToCash.Kernel;

namespace OrderToCash.Collections.Holds;

/// <summary>Who wants to release a hold, or to let it end on another day.</summary>
/// <param name="Subject">Whom their token names.</param>
/// <param name="Roles">What they are.</param>
/// <param name="RunsTheSystem">They have the right to run the system.</param>
public sealed record HoldReleaser(string Subject, IReadOnlySet<string> Roles, bool RunsTheSystem = false)
{
    /// <summary>What a role begins with where it is named among subjects: <c>role:legal</c>.</summary>
    public const string RolePrefix = "role:";

    /// <summary>True where a name among those who may release is theirs.</summary>
    public bool Is(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return named.StartsWith(RolePrefix, StringComparison.Ordinal)
            ? Roles.Contains(named[RolePrefix.Length..])
            : named == Subject;
    }
}

/// <summary>What may be held back, and by whom it is released.</summary>
public static class HoldDecider
{
    /// <summary>Later than this no hold ends by itself.</summary>
    public const int LongestDays = 5 * 366;

    /// <summary>Under a hold of these kinds nobody gets in touch with the customer at all.</summary>
    public static bool ForbidsContact(HoldKind kind) => kind != HoldKind.DunningBlock;

    /// <summary>
    /// A matter of law: no collector decides that it is over. Who may is named, or is who runs the system.
    /// </summary>
    public static bool IsLaw(HoldKind kind) =>
        kind is HoldKind.LegalHold or HoldKind.CeaseAndDesist or HoldKind.Bankruptcy;

    /// <summary>
    /// Places it. A block ends by itself or names who releases it, so that none is forgotten; what forbids contact is
    /// for the customer as a whole.
    /// </summary>
    /// <param name="hold">The hold.</param>
    /// <param name="wish">What is to be held.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    /// <param name="currency">Of the installment; null where no installment is named.</param>
    public static Decision Place(Hold hold, HoldPlaced wish, DateOnly today, Currency? currency = null)
    {
        ArgumentNullException.ThrowIfNull(hold);
        ArgumentNullException.ThrowIfNull(wish);
        return hold.Placed is not null ? Decision.Nothing : wish switch
        {
            { Kind: not HoldKind.DunningBlock, InvoiceId: not null } => HoldRefusals.WholeCustomer(wish.Kind),
            { InvoiceId: null, Installment: not null } or { Installment: null, Amount: not null } =>
                HoldRefusals.Scope(),
            { Amount: { IsPositive: false } } => HoldRefusals.Amount(),
            { Amount.Currency: var other } when currency is { } own && other != own => HoldRefusals.OtherCurrency(own),
            { Kind: HoldKind.DunningBlock, Until: null, Releasers.Count: 0 } => HoldRefusals.NeverEnds(),
            _ when IsOutOfRange(wish.Until, today) => HoldRefusals.Until(today, today.AddDays(LongestDays)),
            _ => Decision.Of(wish),
        };
    }

    /// <summary>Lets it end on another day.</summary>
    public static Decision Extend(Hold hold, DateOnly? until, HoldReleaser by, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(hold);
        if (Obstacle(hold, by) is { } refusal)
            return refusal;
        var placed = hold.Placed!;
        if (until == placed.Until)
            return Decision.Nothing;
        if (placed.Kind == HoldKind.DunningBlock && until is null && placed.Releasers.Count == 0)
            return HoldRefusals.NeverEnds();
        return IsOutOfRange(until, today)
            ? HoldRefusals.Until(today, today.AddDays(LongestDays))
            : Decision.Of(new HoldExtended(placed with { Until = until }));
    }

    /// <summary>
    /// Releases it; only who is named may, where somebody is. A matter of law is also released by who runs the system:
    /// who is named may have left, and a role may be nobody's. Where nobody is named, everything else is released by
    /// everybody who may write.
    /// </summary>
    public static Decision Release(Hold hold, HoldReleaser by)
    {
        ArgumentNullException.ThrowIfNull(hold);
        return hold.Status == HoldStatus.Released ? Decision.Nothing
            : Obstacle(hold, by) is { } refusal ? refusal
            : Decision.Of(new HoldReleased(hold.Placed!));
    }

    /// <summary>Ends it after its last day.</summary>
    public static Decision Expire(Hold hold, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(hold);
        return hold is { Status: HoldStatus.Active, Placed: { Until: { } until } placed } && until < today
            ? Decision.Of(new HoldExpired(placed))
            : Decision.Nothing;
    }

    private static bool IsOutOfRange(DateOnly? until, DateOnly today) =>
        until is { } day && (day < today || day > today.AddDays(LongestDays));

    private static Refusal? Obstacle(Hold hold, HoldReleaser by) => hold switch
    {
        { Status: not HoldStatus.Active } => HoldRefusals.Ended(hold.Status),
        { Placed.Kind: var kind } when IsLaw(kind) && by.RunsTheSystem => null,
        { Placed.Releasers: { Count: > 0 } releasers } when !releasers.Any(by.Is) => HoldRefusals.NotYours(releasers),
        { Placed: { Releasers.Count: 0, Kind: var kind } } when IsLaw(kind) =>
            HoldRefusals.MatterOfLaw(kind),
        _ => null,
    };
}
