using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>When people of a legal entity work, and what becomes of due dates on other days.</summary>
/// <param name="DueDateRoll"><c>none</c>: due dates stay; <c>next</c> or <c>previous</c> working day.</param>
/// <param name="DaysOff">Days of the week on which nobody works; without them Saturday and Sunday.</param>
/// <param name="Holidays">Dates on which nobody works.</param>
public sealed record WorkingCalendar(
    DayRoll DueDateRoll = DayRoll.None, IReadOnlyList<DayOfWeek>? DaysOff = null,
    IReadOnlyList<DateOnly>? Holidays = null)
{
    private const int MaxHolidays = 1_000;

    /// <summary>False for a calendar in which nobody ever works, or with more holidays than anybody enters.</summary>
    public bool IsUsable => (DaysOff ?? []).Distinct().Count() < 7 && (Holidays ?? []).Count <= MaxHolidays;

    /// <summary>The date as a due date of this entity.</summary>
    public DateOnly Roll(DateOnly date) => DueDateRoll == DayRoll.None ? date : Days().Roll(date, DueDateRoll);

    /// <summary>Calendars are equal when they say the same.</summary>
    public bool Equals(WorkingCalendar? other) =>
        other is not null && DueDateRoll == other.DueDateRoll
        && Days().DaysOff.SetEquals(other.Days().DaysOff) && Days().Holidays.SetEquals(other.Days().Holidays);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DueDateRoll, Holidays?.Count);

    /// <summary>On which days people work.</summary>
    public WorkingDays Days()
    {
        var days = WorkingDays.Weekdays with { Holidays = [.. Holidays ?? []] };
        return DaysOff is null ? days : days with { DaysOff = DaysOff.ToImmutableHashSet() };
    }
}
