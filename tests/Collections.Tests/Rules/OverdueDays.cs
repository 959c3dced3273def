using OrderToCash.Collections.Dunning;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>A due day ends when it ends at the legal entity, from one edge of the calendar to the other.</summary>
public sealed class OverdueDays
{
    /// <summary>−11 to +14; the sign of Etc zones is the other way round.</summary>
    public static TheoryData<string> Zones =>
        new(Enumerable.Range(-14, 26).Select(west => west == 0 ? "UTC" : $"Etc/GMT{(west > 0 ? "+" : "")}{west}"));

    [Theory]
    [MemberData(nameof(Zones))]
    public void an_item_is_overdue_from_the_first_moment_after_its_due_day_there(string zone)
    {
        var offset = TimeZoneInfo.FindSystemTimeZoneById(zone).BaseUtcOffset;
        var dayEnds = new DateTimeOffset(Some.DueDate.AddDays(1).ToDateTime(TimeOnly.MinValue), offset);

        Step(dayEnds.AddTicks(-1)).ShouldBe("friendly-reminder");
        Step(dayEnds).ShouldBe("first-notice");
        Days(dayEnds.AddTicks(-1)).ShouldBe(0);
        Days(dayEnds).ShouldBe(1);

        string? Step(DateTimeOffset now) => Some.Step(now.DateIn(zone), Some.Item());
        int Days(DateTimeOffset now) => DunningPlanner.DaysOverdue(now.DateIn(zone), Some.DueDate);
    }

    [Fact]
    public void a_due_day_with_a_clock_change_in_it_is_still_one_day()
    {
        // Clocks in Chicago go forward on 8 March 2026.
        var due = new DateOnly(2026, 3, 8);
        var midnight = new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.FromHours(-5));

        DunningPlanner.DaysOverdue(midnight.AddSeconds(-1).DateIn("America/Chicago"), due).ShouldBe(0);
        DunningPlanner.DaysOverdue(midnight.DateIn("America/Chicago"), due).ShouldBe(1);
    }
}
