using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>A due day ends when it ends at the legal entity, from one edge of the calendar to the other.</summary>
public sealed class OverdueDays
{
    private static readonly NoticeWriter Writer = new();

    /// <summary>Real calendars: with half hours, with clock changes, with midnights that do not exist.</summary>
    private static readonly string[] Places =
    [
        "America/Chicago", "America/St_Johns", "Pacific/Niue", "Pacific/Apia", "Pacific/Chatham", "Asia/Kathmandu",
        "Asia/Beirut", "Europe/London", "America/Asuncion", "UTC",
    ];

    /// <summary>−11 to +14; the sign of Etc zones is the other way round.</summary>
    public static TheoryData<string> Zones =>
        new(Enumerable.Range(-14, 26).Select(west => west == 0 ? "UTC" : $"Etc/GMT{(west > 0 ? "+" : "")}{west}"));

    /// <summary>D-41: and what is written names the due day itself, in every zone.</summary>
    [Theory]
    [MemberData(nameof(Zones))]
    public void d41_an_item_is_overdue_from_the_first_moment_after_its_due_day_there(string zone)
    {
        var offset = TimeZoneInfo.FindSystemTimeZoneById(zone).BaseUtcOffset;
        var dayEnds = new DateTimeOffset(Some.DueDate.AddDays(1).ToDateTime(TimeOnly.MinValue), offset);

        Step(dayEnds.AddTicks(-1)).ShouldBe("friendly-reminder");
        Step(dayEnds).ShouldBe("first-notice");
        Days(dayEnds.AddTicks(-1)).ShouldBe(0);
        Days(dayEnds).ShouldBe(1);
        foreach (var now in new[] { dayEnds.AddTicks(-1), dayEnds })
        {
            var notice = Some.Planned(now.DateIn(zone), Some.Customer(Some.Item()));
            Writer.Write(notice, Some.Id(), "Acme Inc", "acme.example", now.DateIn(zone)).Text
                .ShouldContain("Due date: March 31, 2026 (");
        }

        string? Step(DateTimeOffset now) => Some.Step(now.DateIn(zone), Some.Item());
        int Days(DateTimeOffset now) => DunningPlanner.DaysOverdue(now.DateIn(zone), Some.DueDate);
    }

    /// <summary>
    /// I-21: whatever the zone and the moment, an item is overdue exactly when the day after its due day has begun
    /// there.
    /// </summary>
    [Fact]
    public void i21_overdue_begins_where_the_due_day_ends_in_the_legal_entitys_calendar() =>
        Prop.ForAll(
            (from place in Gen.Elements(Places)
             from day in Gen.Choose(0, 4000)
             from minutes in Gen.Choose(-3000, 3000)
             select (place, due: new DateOnly(2020, 1, 1).AddDays(day), minutes)).ToArbitrary(),
            moment =>
            {
                var ends = moment.due.AddDays(1).StartIn(moment.place);
                var now = ends.AddMinutes(moment.minutes);
                var days = DunningPlanner.DaysOverdue(now.DateIn(moment.place), moment.due);
                return days >= 1 == (now >= ends);
            }).QuickCheckThrowOnFailure();

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
