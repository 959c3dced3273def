using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class RevaluingPeriods
{
    private static readonly Period October = Period.Parse("2026-10");

    private static readonly RevaluedPeriod US01 = new(
        "US01", October, Currency.Of("USD"), OtherAccounts.Standard);

    private static readonly DeciderSpec<Revaluation> Revaluations =
        new(Revaluation.Initial, Revaluation.Evolve);

    /// <summary>
    /// Worked example: 100 EUR booked at 1.10 and a credit of 40 EUR booked at 1.25, closing rate 1.20: the invoice is
    /// worth 10.00 more, the credit owes 2.00 less.
    /// </summary>
    [Fact]
    public void What_is_owed_by_both_sides_is_shown_by_the_closing_rate()
    {
        var found = Find(1.20m, new("EUR", 100, 110), new("EUR", -40, -50)).ShouldHaveSingleItem();

        (found.Items, found.Balance, found.Booked, found.Worth, found.Gain, found.Loss).ShouldBe((
            2, Money.Of(60, "EUR"), Some.Usd(60), Some.Usd(72), Some.Usd(12), Some.Usd(0)));
    }

    [Fact]
    public void I16_the_entry_goes_beside_the_control_account_and_is_taken_back_on_the_next_day()
    {
        var found = Find(1.05m, new("EUR", 100, 110), new("EUR", 100, 101));

        var events = Post(Revaluation.Initial, found).Events;

        var (revalued, reversed) = ((PeriodRevalued)events[0], (RevaluationReversed)events[1]);
        revalued.Entry.PostingDate.ShouldBe(October.LastDay);
        revalued.Entry.Lines.Select(line => (line.Account, line.BaseDebit!.Value.Amount, line.BaseCredit!.Value.Amount))
            .ShouldBe([("1210", 0m, 1m), ("7820", 0m, 4m), ("7830", 5m, 0m)]);
        revalued.Entry.Lines.ShouldAllBe(line => line.Debit.IsZero && line.Credit.IsZero);
        revalued.Entry.Lines.ShouldNotContain(line => line.Role == AccountRoles.Receivables);
        (reversed.Entry.PostingDate, reversed.Entry.Kind)
            .ShouldBe((October.Next.FirstDay, PostingKinds.RevaluationReversed));
        Sum(revalued.Entry, reversed.Entry).ShouldBeEmpty();
    }

    [Fact]
    public void Said_again_it_is_nothing_and_after_a_late_posting_the_difference()
    {
        var first = Find(1.20m, new ForeignItem("EUR", 100, 110));
        var second = Find(1.10m, new ForeignItem("EUR", 50, 55), new ForeignItem("EUR", 70, 90));
        var posted = Post(Revaluation.Initial, first).Events;

        Revaluations.Given(posted).When(state => Post(state, first)).ThenNothing();
        var more = Post(posted.Aggregate(Revaluation.Initial, Revaluation.Evolve), second).Events;

        Sum([.. posted.Concat(more).OfType<PeriodRevalued>().Select(e => e.Entry)])
            .ShouldBe(Sum(Post(Revaluation.Initial, second).Events.OfType<PeriodRevalued>().Single().Entry),
                ignoreOrder: true);
        Sum([.. posted.Concat(more).Cast<IFinancialEvent>().Select(e => e.Entry)]).ShouldBeEmpty();
        Revaluations.Given([.. posted, .. more]).When(state => Post(state, second)).ThenNothing();
        Revaluations.Given([.. posted, .. more]).When(state => Post(state, []))
            .ThenState(state => state.Posted.ShouldBeEmpty());
    }

    [Fact]
    public void I16_there_is_nothing_to_revalue_in_the_currency_of_the_books()
    {
        Find(1.20m, new ForeignItem("USD", 100, 90)).ShouldBeEmpty();
        Revaluations.Given().When(state => Post(state, [])).ThenNothing();
        Revaluations.Given().When(state => Post(state, Find(1.10m, new ForeignItem("EUR", 100, 110)))).ThenNothing();
    }

    [Fact]
    public void Without_a_closing_rate_nothing_is_revalued()
    {
        var (found, refusal) = RevaluationDecider.Find(US01, [new("JPY", 100, 1)], Rates(1.20m), Some.Today);

        found.ShouldBeNull();
        (refusal!.Code, refusal.Detail.Contains("JPY", StringComparison.Ordinal)).ShouldBe(("no-exchange-rate", true));
        RevaluationDecider.Find(US01, [new("EUR", 999_999_999_999_999m, 1)], Rates(1.20m), Some.Today).Refusal!.Code
            .ShouldBe("amount-too-large");
    }

    [Fact]
    public void A_closed_period_takes_none_and_one_that_goes_on_has_no_end_yet()
    {
        var found = Find(1.20m, new ForeignItem("EUR", 100, 110));
        var closed = new AccountingCalendar { ClosedThrough = October.LastDay };
        var soft = new AccountingCalendar { SoftClosedThrough = October.LastDay, AdjustingRoles = ["controller"] };

        Revaluations.Given().When(state => Post(state, found, closed)).ThenRefused("period-closed");
        Revaluations.Given().When(state => Post(state, found, soft)).ThenRefused("period-closed");
        Post(Revaluation.Initial, found, soft with { MayAdjust = true }).Events.Cast<IFinancialEvent>()
            .Select(e => e.Entry.Adjusting).ShouldBe([true, false]);
        RevaluationDecider.Find(US01, [new("EUR", 1, 1)], Rates(1.20m), October.LastDay.AddDays(-1)).Refusal!.Code
            .ShouldBe("period-not-over");
        var posted = Post(Revaluation.Initial, found).Events;
        Revaluations.Given(posted).When(state => Post(state, found, closed)).ThenNothing();
    }

    private static Decision Post(
        Revaluation state, IReadOnlyList<RevaluedCurrency> found, AccountingCalendar? calendar = null) =>
        RevaluationDecider.Post(state, US01, found, calendar ?? AccountingCalendar.Initial);

    private static IReadOnlyList<RevaluedCurrency> Find(decimal rate, params ForeignItem[] items)
    {
        var (found, refusal) = RevaluationDecider.Find(US01, items, Rates(rate), Some.Today);
        refusal.ShouldBeNull();
        return found!;
    }

    private static Dictionary<string, ExchangeRate> Rates(decimal rate) => new()
    {
        ["EUR"] = new ExchangeRate(ExchangeRate.MonthEnd, October.LastDay, rate),
    };

    /// <summary>What entries come to by account, debits less credits.</summary>
    private static Dictionary<string, decimal> Sum(params JournalEntry[] entries) => entries
        .SelectMany(entry => entry.Lines).GroupBy(line => line.Account)
        .Select(one => (
            one.Key, Sum: one.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount)))
        .Where(one => one.Sum != 0).ToDictionary(one => one.Key, one => one.Sum);
}
