using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>REP-08, REP-14: the provision matrix, and changes that want a comment.</summary>
public class EndingMonths
{
    private static readonly Period October = Period.Parse("2026-10");
    private static readonly Currency Usd = Currency.Of("USD");

    private static readonly LossRate[] Matrix =
        [new(0.3m, 0), new(1.6m, 30), new(3.6m, 60), new(6.6m, 90), new(10.6m)];

    /// <summary>IFRS 9, illustrative example 12.</summary>
    [Fact]
    public void The_worked_example_of_the_standard()
    {
        var found = AllowanceDecider.Find(Matrix, [15_000_000, 7_500_000, 4_000_000, 2_500_000, 1_000_000], Usd);

        found.Select(bucket => bucket.Provision.Amount).ShouldBe([45_000, 120_000, 144_000, 165_000, 106_000]);
        AllowanceDecider.Target(found, Usd).ShouldBe(Some.Usd(580_000));
    }

    [Fact]
    public void Only_the_change_is_posted_more_or_less_and_nothing_the_second_time()
    {
        var found = AllowanceDecider.Find(Matrix, [100_000, 0, 0, 0, -50], Usd);

        Lines(Post(found, 100)).ShouldBe([("6800", 200m, 0m), ("1290", 0m, 200m)]);
        Lines(Post(found, 350)).ShouldBe([("1290", 50m, 0m), ("6800", 0m, 50m)]);
        // Written off by more than was provided for: the allowance is a debit, and is made good.
        Lines(Post(found, -40)).ShouldBe([("6800", 340m, 0m), ("1290", 0m, 340m)]);
        Post(found, 300).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Neither_before_the_month_is_over_nor_after_it_is_closed()
    {
        var found = AllowanceDecider.Find(Matrix, [100_000, 0, 0, 0, 0], Usd);
        var closed = new AccountingCalendar { ClosedThrough = October.LastDay };

        Post(found, 0, today: October.LastDay.AddDays(-1)).Refusal!.Code.ShouldBe("period-not-over");
        Post(found, 0, closed).Refusal!.Code.ShouldBe("period-closed");
        Post(found, 300, closed).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_matrix_has_buckets_that_follow_one_another_and_one_without_an_end()
    {
        Define(Matrix).Refusal.ShouldBeNull();
        Define([]).Refusal.ShouldBeNull();
        Define([new(5)]).Refusal.ShouldBeNull();
        (LossRate[] Rates, string Field)[] wrong =
        [
            ([new(1, 30)], "/lossRates/0/upTo"),
            ([new(1, 30), new(2, 30), new(3)], "/lossRates/1/upTo"),
            ([new(1), new(2, 30)], "/lossRates/0/upTo"),
            ([new(1, -1), new(2)], "/lossRates/0/upTo"),
            ([new(101, 0), new(2)], "/lossRates/0/percent"),
            ([new(1, 0), new(0.00001m)], "/lossRates/1/percent"),
        ];
        foreach (var (rates, field) in wrong)
            Define(rates).Refusal!.Field.ShouldBe(field);
        Define(Matrix, new FluxThreshold(-1, 5)).Refusal!.Field.ShouldBe("/flux/percent");
        Define(Matrix, new FluxThreshold(10, -1)).Refusal!.Field.ShouldBe("/flux/amount");
        MonthEndPolicy.Initial.Define(new MonthEndPolicyDefined("US01", Matrix, null, -1)).Refusal!.Field
            .ShouldBe("/unappliedCash");
        var defined = MonthEndPolicy.Evolve(MonthEndPolicy.Initial, Define(Matrix).Events[0]);
        defined.Define(new MonthEndPolicyDefined("US01", [.. Matrix])).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_change_is_large_above_both_thresholds()
    {
        var (now, then) = (Some.Usd(125_000), Some.Usd(100_000));

        Flux.Of(now, then, new FluxThreshold(10, 20_000))
            .ShouldBe(new FluxChange(then, Some.Usd(25_000), 25m, true));
        Flux.Of(now, then, new FluxThreshold(30, 20_000)).IsLarge.ShouldBeFalse();
        Flux.Of(now, then, new FluxThreshold(10, 25_000)).IsLarge.ShouldBeFalse();
        Flux.Of(now, then, null).IsLarge.ShouldBeFalse();
        // Income is a credit: less than nothing. Out of nothing there is no percentage.
        Flux.Of(Some.Usd(-130), Some.Usd(-100), new FluxThreshold(10, 0)).Percent.ShouldBe(-30m);
        Flux.Of(now, Some.Usd(0), new FluxThreshold(10, 5)).ShouldBe(new FluxChange(Some.Usd(0), now, null, true));
    }

    private static Decision Define(LossRate[] rates, FluxThreshold? flux = null) =>
        MonthEndPolicy.Initial.Define(new MonthEndPolicyDefined("US01", rates, flux));

    private static Decision Post(
        IReadOnlyList<BucketProvision> found, decimal before, AccountingCalendar? calendar = null,
        DateOnly? today = null) => AllowanceDecider.Post(
            "US01", October, found, Some.Usd(before), OtherAccounts.Standard, calendar ?? AccountingCalendar.Initial,
            today ?? Some.Today);

    private static IEnumerable<(string, decimal, decimal)> Lines(Decision decision) =>
        ((PeriodProvisioned)decision.Events.ShouldHaveSingleItem()).Entry.Lines
            .Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount));
}
