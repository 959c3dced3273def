using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>Statements of a cycle that are made by themselves.</summary>
/// <param name="Cycle">Weeks end on Sunday; months and quarters as in the calendar.</param>
/// <param name="DaysAfter">They are made so many days after the last day of the period.</param>
/// <param name="Pdf">They go as PDF files; else the mail itself is the statement.</param>
/// <param name="Since">The first period is the one that ends on this day or after it.</param>
public sealed record AutomaticCycle(StatementCycle Cycle, int DaysAfter, bool Pdf, DateOnly Since)
{
    /// <summary>The period whose statements are to be made by a day: the last one; null where none is.</summary>
    public (DateOnly From, DateOnly To)? DueOn(DateOnly today)
    {
        var to = LastEnd(today.AddDays(-DaysAfter));
        return to < Since ? null : StatementDecider.Period(Cycle, to);
    }

    /// <summary>The last end of a period up to a day.</summary>
    private DateOnly LastEnd(DateOnly day)
    {
        var next = day.AddDays(1);
        return Cycle switch
        {
            StatementCycle.Weekly => day.AddDays(-(int)day.DayOfWeek),
            StatementCycle.Quarterly => new DateOnly(next.Year, ((next.Month - 1) / 3 * 3) + 1, 1).AddDays(-1),
            _ => new DateOnly(next.Year, next.Month, 1).AddDays(-1),
        };
    }
}

/// <summary>Which statements of a legal entity are made by themselves; none ends it.</summary>
public sealed record StatementCalendarDefined(string LegalEntity, IReadOnlyList<AutomaticCycle> Cycles);

/// <summary>Which statements of a legal entity are made by themselves.</summary>
public sealed record StatementCalendar
{
    public static readonly StatementCalendar Initial = new();

    /// <summary>Whose; null before it was defined.</summary>
    public string? LegalEntity { get; init; }

    public IReadOnlyList<AutomaticCycle> Cycles { get; init; } = [];

    public static StatementCalendar Evolve(StatementCalendar calendar, object e) => e switch
    {
        StatementCalendarDefined defined => new() { LegalEntity = defined.LegalEntity, Cycles = defined.Cycles },
        _ => calendar,
    };
}

public static class StatementCalendarStream
{
    public static readonly StreamType<StatementCalendar> Type =
        new("statement_calendar", StatementCalendar.Initial, StatementCalendar.Evolve);

    /// <summary>One per legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("statement-calendar", legalEntity);
}

/// <summary>What statements may be made by themselves.</summary>
public static class StatementCalendarDecider
{
    private const int MaxDaysAfter = 20;

    /// <summary>
    /// Defines it; saying the same again is nothing. A cycle that is new begins with the period that goes on: nobody is
    /// mailed of times before.
    /// </summary>
    /// <param name="calendar">As it is.</param>
    /// <param name="wish">As it shall be; a cycle's <c>Since</c> is given here.</param>
    /// <param name="today">Where the legal entity is.</param>
    public static Decision Define(StatementCalendar calendar, StatementCalendarDefined wish, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(wish);
        foreach (var (cycle, index) in wish.Cycles.Select((cycle, index) => (cycle, index)))
        {
            if (cycle.Cycle == StatementCycle.None || wish.Cycles.Take(index).Any(one => one.Cycle == cycle.Cycle))
                return Invalid($"/cycles/{index}/cycle", "The cycle is weekly, monthly or quarterly, each once.");
            if (cycle.DaysAfter is < 1 or > MaxDaysAfter)
                return Invalid($"/cycles/{index}/daysAfter", $"Statements are made 1 to {MaxDaysAfter} days after.");
        }

        AutomaticCycle[] cycles =
        [
            .. wish.Cycles.Select(cycle => cycle with
            {
                Since = calendar.Cycles.FirstOrDefault(one => one.Cycle == cycle.Cycle)?.Since ?? today,
            }),
        ];
        return calendar.LegalEntity is not null && calendar.Cycles.SequenceEqual(cycles)
            ? Decision.Nothing
            : Decision.Of(wish with { Cycles = cycles });
    }

    private static Refusal Invalid(string field, string detail) =>
        new("invalid-statement-calendar", detail, Field: field);
}
