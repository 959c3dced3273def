using System.Collections.Immutable;

namespace OrderToCash.Kernel;

/// <summary>What becomes of a date that falls on a day nobody works.</summary>
public enum DayRoll
{
    /// <summary>It stays.</summary>
    None,

    /// <summary>It moves to the next working day.</summary>
    Next,

    /// <summary>It moves to the working day before.</summary>
    Previous,
}

/// <summary>
/// The working-day calendar of a legal entity: weekly days off and dated holidays. Dates are local to the entity.
/// </summary>
public sealed record WorkingDays
{
    /// <summary>Saturday and Sunday off, no holidays.</summary>
    public static readonly WorkingDays Weekdays = new();

    /// <summary>Days of the week on which nobody works.</summary>
    public ImmutableHashSet<DayOfWeek> DaysOff { get; init; } = [DayOfWeek.Saturday, DayOfWeek.Sunday];

    /// <summary>Single dates on which nobody works.</summary>
    public ImmutableHashSet<DateOnly> Holidays { get; init; } = [];

    /// <summary>True when people work that day.</summary>
    public bool IsWorkingDay(DateOnly date) => !DaysOff.Contains(date.DayOfWeek) && !Holidays.Contains(date);

    /// <summary>The date itself, or the working day that the rule moves it to.</summary>
    public DateOnly Roll(DateOnly date, DayRoll rule) => rule switch
    {
        DayRoll.Next => Step(date, 1),
        DayRoll.Previous => Step(date, -1),
        _ => date,
    };

    /// <summary>The date this many working days later (earlier where negative); 0 gives the date as it is.</summary>
    public DateOnly Add(DateOnly date, int workingDays)
    {
        for (var left = Math.Abs(workingDays); left > 0; left--)
            date = Step(date.AddDays(Math.Sign(workingDays)), Math.Sign(workingDays));
        return date;
    }

    private DateOnly Step(DateOnly date, int direction)
    {
        // A calendar without a working day for ten years is a mistake in the calendar, not a reason to loop for ever.
        for (var tried = 0; tried < 3660; tried++, date = date.AddDays(direction))
        {
            if (IsWorkingDay(date))
                return date;
        }

        throw new InvalidOperationException("The calendar has no working day within ten years.");
    }
}
