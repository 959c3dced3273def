using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Periods;

/// <summary>What may become of the periods of a legal entity.</summary>
public static partial class PeriodDecider
{
    private const int MaxRoles = 20;

    /// <summary>
    /// Ends the daily business of a period that has begun; saying the same again is nothing. While a period is softly
    /// closed, only who may adjust it says who else may.
    /// </summary>
    /// <param name="calendar">As whoever asks may use it.</param>
    public static Decision SoftClose(
        AccountingCalendar calendar, string legalEntity, Period period, IReadOnlyList<string> roles, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(roles);
        if (roles.Count is 0 or > MaxRoles || !roles.All(role => RoleFormat().IsMatch(role)))
            return PeriodRefusals.NoRoles();
        if (period.LastDay <= calendar.ClosedThrough)
            return PeriodRefusals.AlreadyClosed(period);
        if (period.FirstDay > today)
            return PeriodRefusals.NotBegun(period);
        var same = calendar.AdjustingRoles.SetEquals(roles);
        if (period.LastDay <= calendar.SoftClosedThrough && same)
            return Decision.Nothing;
        if (period.LastDay < calendar.SoftClosedThrough)
            return PeriodRefusals.LaterSoftClosed(period, calendar.SoftClosedThrough.Value);
        return calendar.HasSoftlyClosed && !same && !calendar.MayAdjust
            ? PeriodRefusals.NoAdjuster(calendar.AdjustingRoles)
            : Decision.Of(new PeriodSoftClosed(legalEntity, period.ToString(), roles, calendar.ClosedThrough));
    }

    /// <summary>
    /// Closes a period that has begun. The first one that is ever closed ends all before it; then they follow one
    /// another. What the checklist found is kept; a check that failed is accepted by name, a broken one never.
    /// </summary>
    public static Decision Close(
        AccountingCalendar calendar, string legalEntity, Period period, DateOnly today,
        IReadOnlyList<CloseCheck>? evidence, params IReadOnlyCollection<string> accepted)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        if (period.LastDay <= calendar.ClosedThrough)
            return PeriodRefusals.AlreadyClosed(period);
        if (period.FirstDay > today)
            return PeriodRefusals.NotBegun(period);
        if (calendar.ClosedThrough is { } closed && Period.Of(closed).Next is var next && next != period)
            return PeriodRefusals.EarlierOpen(next);
        if (evidence?.FirstOrDefault(check => check.Result == CloseCheckResult.Broken) is { } broken)
            return PeriodRefusals.CheckBroken(period, broken);
        if (evidence?.FirstOrDefault(check => check.Result == CloseCheckResult.Failed
            && !accepted.Contains(check.Code)) is { } failed)
            return PeriodRefusals.CheckFailed(period, failed);
        evidence = evidence is null ? null
            : [.. evidence.Select(check => check with { Accepted = check.Result == CloseCheckResult.Failed })];
        var after = calendar with { ClosedThrough = period.LastDay };
        return Decision.Of(new PeriodClosed(legalEntity, period.ToString(), after.FirstOpenDay, evidence));
    }

    /// <summary>
    /// Opens the latest period that is closed, softly or wholly, again. One before it waits until it is the latest: the
    /// opening balances of those after it rest on it.
    /// </summary>
    /// <param name="approvalId">The request that was approved, or null.</param>
    public static Decision Reopen(
        AccountingCalendar calendar, string legalEntity, Period period, Guid? approvalId = null)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        if (period.FirstDay >= calendar.FirstOpenDay)
            return PeriodRefusals.NotClosed(period);
        var latest = Period.Of(calendar.FirstOpenDay).Previous;
        if (period != latest)
            return PeriodRefusals.LaterClosed(period, latest);
        var reopened = new PeriodReopened(legalEntity, period.ToString(), null, approvalId);
        var after = AccountingCalendar.Evolve(calendar, reopened);
        return Decision.Of(reopened with { ClosedThrough = after.ClosedThrough });
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z", RegexOptions.None, 1000)]
    private static partial Regex RoleFormat();
}
