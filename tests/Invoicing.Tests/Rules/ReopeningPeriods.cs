using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ReopeningPeriods
{
    private static readonly DeciderSpec<AccountingCalendar> Calendars =
        new(AccountingCalendar.Initial, AccountingCalendar.Evolve);

    private static readonly Period August = Period.Parse("2026-08");
    private static readonly Period September = August.Next;
    private static readonly Period October = September.Next;

    [Fact]
    public void The_latest_closed_period_takes_postings_again_and_those_before_stay_closed() =>
        Calendars.Given(Closed(August), Closed(September)).When(calendar => Reopen(calendar, September))
            .Then(new PeriodReopened("US01", "2026-09", August.LastDay))
            .ThenState(calendar => calendar.FirstOpenDay.ShouldBe(September.FirstDay));

    [Fact]
    public void An_earlier_one_waits_for_its_turn() =>
        Calendars.Given(Closed(August), Closed(September)).When(calendar => Reopen(calendar, August))
            .ThenRefused("later-period-closed").Detail.ShouldContain("2026-09 comes first");

    [Fact]
    public void A_softly_closed_one_is_opened_to_everybody() =>
        Calendars.Given(Closed(August), Soft(September)).When(calendar => Reopen(calendar, September))
            .Then(new PeriodReopened("US01", "2026-09", August.LastDay));

    [Fact]
    public void What_is_softly_closed_after_it_comes_first_and_is_told_from_what_is_closed_wholly()
    {
        object[] past = [Closed(August), Soft(October)];

        Calendars.Given(past).When(calendar => Reopen(calendar, August)).ThenRefused("later-period-closed");
        Calendars.Given(past).When(calendar => Reopen(calendar, October))
            .Then(new PeriodReopened("US01", "2026-10", August.LastDay))
            .ThenState(calendar => calendar.SoftClosedThrough.ShouldBe(September.LastDay));
    }

    [Fact]
    public void An_open_one_is_refused()
    {
        Calendars.Given().When(calendar => Reopen(calendar, August)).ThenRefused("period-not-closed");
        Calendars.Given(Closed(August)).When(calendar => Reopen(calendar, September))
            .ThenRefused("period-not-closed");
        Calendars.Given(Closed(August), new PeriodReopened("US01", "2026-08"))
            .When(calendar => Reopen(calendar, August)).ThenRefused("period-not-closed");
    }

    private static Kernel.Decision Reopen(AccountingCalendar calendar, Period period) =>
        PeriodDecider.Reopen(calendar, "US01", period);

    private static PeriodClosed Closed(Period period) => new("US01", $"{period}", period.Next.FirstDay);

    private static PeriodSoftClosed Soft(Period period) => new("US01", $"{period}", ["controller"], August.LastDay);
}
