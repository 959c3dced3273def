using System.Globalization;
using OrderToCash.Invoicing.Ledger;

namespace OrderToCash.Invoicing.Tests.Rules;

public class DaysSalesOutstanding
{
    [Fact]
    public void The_worked_example_of_the_documentation()
    {
        var simple = SalesOutstanding.Simple(300_000, 450_000, 90);
        var best = SalesOutstanding.BestPossible(240_000, 450_000, 90);

        (simple, best, SalesOutstanding.AverageDaysDelinquent(simple, best)).ShouldBe((60m, 48m, 12m));
        SalesOutstanding.Turnover(200_000, 300_000, 450_000).ShouldBe(1.8m);
    }

    /// <summary>REP-02 and REP-05 as their sources work them out.</summary>
    [Fact]
    public void The_worked_examples_of_the_sources()
    {
        SalesOutstanding.Simple(100_000, 1_200_000, 365).ShouldBe(30.42m);
        SalesOutstanding.True([(1_000 * 40, 10_000), (3_000 * 20, 12_000)]).ShouldBe(9m);
        SalesOutstanding.True([(1_000 * 40, 0)]).ShouldBeNull();
        SalesOutstanding.True([]).ShouldBe(0m);
    }

    /// <summary>REP-06.</summary>
    [Fact]
    public void Collection_effectiveness_is_what_came_of_what_was_to_come()
    {
        SalesOutstanding.CollectionEffectiveness(1_000, 500, 1, 1_050, 900).ShouldBe(75m);
        SalesOutstanding.CollectionEffectiveness(600, 900, 2, 1_050, 900).ShouldBe(0m, "of two months one counts");
        SalesOutstanding.CollectionEffectiveness(1_000, 500, 1, 900, 900).ShouldBe(100m, "all that was due came");
        SalesOutstanding.CollectionEffectiveness(0, 100, 1, 100, 100).ShouldBeNull("nothing was due");
        SalesOutstanding.CollectionEffectiveness(0, -50, 1, -50, 0).ShouldBeNull("more was credited than sold");
    }

    /// <summary>REP-06: half of what was sold in thirty days is not what a month sold.</summary>
    [Theory]
    [InlineData("2026-10-01", "2026-10-31", 1)]
    [InlineData("2026-10-05", "2026-10-20", 1)]
    [InlineData("2026-01-01", "2026-12-31", 12)]
    [InlineData("2025-12-01", "2026-02-28", 3)]
    [InlineData("2026-09-16", "2026-10-15", null)]
    [InlineData("2026-09-01", "2026-10-30", null)]
    public void Collection_effectiveness_is_of_one_month_or_of_whole_ones(string from, string to, int? months)
    {
        SalesOutstanding.Months(
            DateOnly.Parse(from, CultureInfo.InvariantCulture), DateOnly.Parse(to, CultureInfo.InvariantCulture))
            .ShouldBe(months);
        (SalesOutstanding.CollectionEffectiveness(0, 1_000, months, 400, 0) is null).ShouldBe(months is null);
    }

    [Fact]
    public void Without_sales_there_is_no_figure()
    {
        SalesOutstanding.Simple(100, 0, 30).ShouldBeNull();
        SalesOutstanding.AverageDaysDelinquent(null, null).ShouldBeNull();
        SalesOutstanding.Turnover(0, 0, 100).ShouldBeNull();
    }

    [Fact]
    public void Countback_takes_the_latest_months_whole_and_the_last_in_part()
    {
        // 250 receivables: October's 120 cover 31 days, September's 80 cover 30, August's 100 half of 31.
        (int Days, decimal Sales)[] months = [(31, 120), (30, 80), (31, 100), (31, 500)];

        SalesOutstanding.Countback(250, months).ShouldBe(76.5m);
        SalesOutstanding.Countback(120, months).ShouldBe(31m);
        SalesOutstanding.Countback(60, months).ShouldBe(15.5m);
        SalesOutstanding.Countback(0, months).ShouldBe(0m);
        SalesOutstanding.Countback(801, months).ShouldBeNull();
    }
}
