using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Periods;

/// <summary>
/// Which days of a legal entity still take postings. Periods are closed in their order, so two days say all: up to the
/// one nothing is posted, up to the other only adjustments by people with a certain role.
/// </summary>
public sealed record AccountingCalendar
{
    /// <summary>Nothing was ever closed.</summary>
    public static readonly AccountingCalendar Initial = new();

    /// <summary>Whose it is; null where nothing was ever closed.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>Last day that takes nothing, or null.</summary>
    public DateOnly? ClosedThrough { get; init; }

    /// <summary>Last day that takes adjustments only, or null.</summary>
    public DateOnly? SoftClosedThrough { get; init; }

    /// <summary>Whose documents a softly closed day still takes.</summary>
    public ImmutableHashSet<string> AdjustingRoles { get; init; } = [];

    /// <summary>Whoever asks has one of these roles.</summary>
    public bool MayAdjust { get; init; }

    /// <summary>There are days that take adjustments only.</summary>
    public bool HasSoftlyClosed => SoftClosedThrough is { } soft && !(soft <= ClosedThrough);

    /// <summary>
    /// The first day that takes postings of everybody; the beginning of time where nothing is closed.
    /// </summary>
    public DateOnly FirstOpenDay => After(Later(ClosedThrough, SoftClosedThrough));

    /// <summary>The calendar as somebody with these roles may use it.</summary>
    public AccountingCalendar For(IReadOnlySet<string> roles) =>
        MayAdjust || !AdjustingRoles.Overlaps(roles) ? this : this with { MayAdjust = true };

    /// <summary>True when a document of this day is posted as an adjustment.</summary>
    public bool IsAdjusting(DateOnly day) => day <= SoftClosedThrough;

    /// <summary>The day itself, or the first day after it that takes a posting.</summary>
    public DateOnly PostingDay(DateOnly day) => IsOpen(day) ? day : FirstDayOpenHere;

    /// <summary>Why nothing can be dated so, or null.</summary>
    public Refusal? Refuse(DateOnly day, string field) =>
        IsOpen(day) ? null : PeriodRefusals.Closed(day, FirstDayOpenHere, field);

    public static AccountingCalendar Evolve(AccountingCalendar calendar, object e) => e switch
    {
        PeriodSoftClosed soft => calendar with
        {
            LegalEntity = soft.LegalEntity,
            SoftClosedThrough = Period.Parse(soft.Period).LastDay,
            AdjustingRoles = [.. soft.AdjustingRoles],
        },
        PeriodClosed closed => calendar with
        {
            LegalEntity = closed.LegalEntity,
            ClosedThrough = Period.Parse(closed.Period).LastDay,
        },
        PeriodReopened reopened => calendar with
        {
            ClosedThrough = Before(reopened, calendar.ClosedThrough),
            SoftClosedThrough = Before(reopened, calendar.SoftClosedThrough),
        },
        _ => calendar,
    };

    private DateOnly FirstDayOpenHere => MayAdjust ? After(ClosedThrough) : FirstOpenDay;

    private bool IsOpen(DateOnly day) => day >= FirstDayOpenHere;

    private static DateOnly After(DateOnly? day) => day?.AddDays(1) ?? DateOnly.MinValue;

    private static DateOnly? Later(DateOnly? one, DateOnly? other) => one > other || other is null ? one : other;

    /// <summary>What was closed before the reopened period stays closed.</summary>
    private static DateOnly? Before(PeriodReopened reopened, DateOnly? through) =>
        through is not { } day ? null
        : Period.Parse(reopened.Period).FirstDay.AddDays(-1) is var before && before < day ? before
        : day;
}

public static class AccountingCalendarStream
{
    public static readonly StreamType<AccountingCalendar> Type =
        new("accounting_calendar", AccountingCalendar.Initial, AccountingCalendar.Evolve);

    /// <summary>The calendar of a legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("accounting-calendar", legalEntity);
}
