using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class AutomaticStatementRuns
{
    private static readonly DeciderSpec<StatementCalendar> Calendars =
        new(StatementCalendar.Initial, StatementCalendar.Evolve);

    [Theory]
    [InlineData(StatementCycle.Monthly, 1, "2026-11-30", "2026-10-31")]
    [InlineData(StatementCycle.Monthly, 1, "2026-12-01", "2026-11-30")]
    [InlineData(StatementCycle.Monthly, 3, "2026-12-02", "2026-10-31")]
    [InlineData(StatementCycle.Monthly, 3, "2026-12-03", "2026-11-30")]
    [InlineData(StatementCycle.Monthly, 1, "2028-03-01", "2028-02-29")]
    [InlineData(StatementCycle.Quarterly, 1, "2026-12-31", "2026-09-30")]
    [InlineData(StatementCycle.Quarterly, 1, "2027-01-01", "2026-12-31")]
    [InlineData(StatementCycle.Weekly, 1, "2026-11-29", "2026-11-22")]
    [InlineData(StatementCycle.Weekly, 1, "2026-11-30", "2026-11-29")]
    public void The_last_period_is_due_so_many_days_after_its_end(
        StatementCycle cycle, int daysAfter, string today, string to)
    {
        var end = DateOnly.Parse(to, null);

        var due = new AutomaticCycle(cycle, daysAfter, true, end).DueOn(DateOnly.Parse(today, null));

        due.ShouldBe(StatementDecider.Period(cycle, end));
        new AutomaticCycle(cycle, daysAfter, true, end.AddDays(1)).DueOn(DateOnly.Parse(today, null)).ShouldBeNull();
    }

    /// <summary>A hundred groups at once would be as many as fifty thousand customers.</summary>
    [Fact]
    public void Each_group_is_read_and_written_by_itself()
    {
        var (one, two) = (Some.NewId(), Some.NewId());
        var (group, other) = (Some.NewId(), Some.NewId());

        StatementRunner.Parts([(one, false), (group, true), (two, false), (other, true)])
            .ShouldBe([[one, two], [group], [other]]);
        StatementRunner.Parts([(group, true)]).ShouldBe([[group]]);
    }

    [Fact]
    public void A_cycle_keeps_its_beginning_when_it_is_defined_again()
    {
        var first = StatementCalendarDecider.Define(
            StatementCalendar.Initial, Wish(StatementCycle.Monthly, 1), Some.Today).Events[0];

        Calendars.Given(first)
            .When(now => StatementCalendarDecider.Define(now, Wish(StatementCycle.Monthly, 1), Some.Today.AddDays(9)))
            .ThenNothing();
        Calendars.Given(first)
            .When(now => StatementCalendarDecider.Define(now, Wish(StatementCycle.Monthly, 2), Some.Today.AddDays(9)))
            .Then(new StatementCalendarDefined(
                "US01", [new AutomaticCycle(StatementCycle.Monthly, 2, true, Some.Today)]));
    }

    [Theory]
    [InlineData(StatementCycle.None, 1)]
    [InlineData(StatementCycle.Monthly, 0)]
    [InlineData(StatementCycle.Monthly, 21)]
    public void What_cannot_be_is_refused(StatementCycle cycle, int daysAfter) => Calendars.Given()
        .When(now => StatementCalendarDecider.Define(now, Wish(cycle, daysAfter), Some.Today))
        .ThenRefused("invalid-statement-calendar");

    private static StatementCalendarDefined Wish(StatementCycle cycle, int daysAfter) =>
        new("US01", [new AutomaticCycle(cycle, daysAfter, true, default)]);
}
