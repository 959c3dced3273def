using FsCheck.Fluent;

namespace OrderToCash.Kernel.Tests;

/// <summary>Due dates and grace periods run on the days on which people work.</summary>
public sealed class WorkingDayCalendars
{
    private static readonly DateOnly Friday = new(2026, 7, 3);

    /// <summary>Independence Day 2026 falls on a Saturday and is kept on the Friday.</summary>
    private static readonly WorkingDays UnitedStates = new() { Holidays = [Friday] };

    /// <summary>A calendar with Friday and Saturday off.</summary>
    private static readonly WorkingDays Gulf = new() { DaysOff = [DayOfWeek.Friday, DayOfWeek.Saturday] };

    [Theory]
    [InlineData(DayRoll.None, "2026-07-03")]
    [InlineData(DayRoll.Next, "2026-07-06")]
    [InlineData(DayRoll.Previous, "2026-07-02")]
    public void A_due_date_on_a_holiday_rolls_by_the_rule(DayRoll rule, string rolled) =>
        UnitedStates.Roll(Friday, rule).ShouldBe(DateOnly.Parse(rolled));

    [Theory]
    [InlineData(DayRoll.None)]
    [InlineData(DayRoll.Next)]
    [InlineData(DayRoll.Previous)]
    public void A_working_day_stays_where_it_is(DayRoll rule) =>
        WorkingDays.Weekdays.Roll(Friday, rule).ShouldBe(Friday);

    [Theory]
    [InlineData("2026-07-02", 1, "2026-07-06")]
    [InlineData("2026-07-06", -1, "2026-07-02")]
    [InlineData("2026-07-04", 1, "2026-07-06")]
    [InlineData("2026-07-04", -1, "2026-07-02")]
    [InlineData("2026-07-04", 0, "2026-07-04")]
    [InlineData("2026-07-01", 10, "2026-07-16")]
    public void Working_days_are_counted_without_days_off_and_holidays(string from, int days, string to) =>
        UnitedStates.Add(DateOnly.Parse(from), days).ShouldBe(DateOnly.Parse(to));

    [Fact]
    public void Days_off_are_the_calendars_own()
    {
        Gulf.IsWorkingDay(Friday).ShouldBeFalse();
        Gulf.Roll(Friday, DayRoll.Next).ShouldBe(new DateOnly(2026, 7, 5));
    }

    [Fact]
    public void Added_days_end_on_a_working_day_and_are_as_many_as_asked() => Generate.ForAll(
        from day in Gen.Choose(0, 20_000)
        from days in Gen.Choose(1, 60)
        select (From: DateOnly.FromDayNumber(730_000 + day), Days: days),
        step =>
        {
            var to = UnitedStates.Add(step.From, step.Days);

            UnitedStates.IsWorkingDay(to).ShouldBeTrue();
            Enumerable.Range(1, to.DayNumber - step.From.DayNumber)
                .Count(offset => UnitedStates.IsWorkingDay(step.From.AddDays(offset)))
                .ShouldBe(step.Days);
        });

    [Fact]
    public void A_calendar_without_working_days_is_an_error_and_no_endless_search()
    {
        var never = new WorkingDays { DaysOff = [.. Enum.GetValues<DayOfWeek>()] };

        Should.Throw<InvalidOperationException>(() => never.Roll(Friday, DayRoll.Next));
    }
}
