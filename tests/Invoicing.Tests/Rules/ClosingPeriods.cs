using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ClosingPeriods
{
    private static readonly DeciderSpec<AccountingCalendar> Calendars =
        new(AccountingCalendar.Initial, AccountingCalendar.Evolve);

    private static readonly Period October = Period.Parse("2026-10");

    private static readonly CloseCheck Balanced =
        new("journals-balanced", CloseCheckResult.Passed, "12 entries, 0 of them out of balance.");

    private static readonly CloseCheck Unidentified =
        new("cash-identified", CloseCheckResult.Failed, "5.00 USD of cash is unidentified.");

    [Fact]
    public void What_was_found_is_kept_and_what_cannot_be_known_keeps_nothing_open() =>
        Close([Balanced, new("cash-complete", CloseCheckResult.NotKnown, "?")]).Then(new PeriodClosed(
            "US01", "2026-10", October.Next.FirstDay,
            [Balanced, new("cash-complete", CloseCheckResult.NotKnown, "?")]));

    [Fact]
    public void A_check_that_failed_is_accepted_by_name_and_that_is_kept()
    {
        Close([Balanced, Unidentified]).ThenRefused("close-check-failed").Detail.ShouldContain("5.00 USD");
        Close([Balanced, Unidentified], "items-revalued").ThenRefused("close-check-failed");
        Close([Balanced, Unidentified], "cash-identified").Then(new PeriodClosed(
            "US01", "2026-10", October.Next.FirstDay, [Balanced, Unidentified with { Accepted = true }]));
    }

    [Fact]
    public void Books_that_do_not_balance_are_closed_by_nobody() =>
        Close([Balanced with { Result = CloseCheckResult.Broken }], "journals-balanced")
            .ThenRefused("close-check-broken");

    private static DeciderSpec<AccountingCalendar>.Outcome Close(
        IReadOnlyList<CloseCheck> evidence, params string[] accepted) =>
        Calendars.Given().When(calendar => PeriodDecider.Close(
            calendar, "US01", October, Some.Today, evidence, accepted));
}
