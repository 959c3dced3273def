using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>What Credit has agreed on, as the plan of a billing schedule.</summary>
public class AgreedBillingPlans
{
    private static readonly IReadOnlyList<IssueInvoiceLine> Lines = [Some.Line()];

    private static readonly AgreedPlan Staged = new(null, null, null, false,
    [
        new AgreedMilestone("design", "Design", null), new AgreedMilestone("go-live", "Go live", Some.Today),
    ]);

    /// <summary>Whole periods begin on the agreed day; what is before the first of them is a part of one.</summary>
    [Theory]
    [InlineData(null, "2027-01-15", "2027-04-15")]
    [InlineData("2027-04-01", "2027-01-15", "2027-04-01")]
    [InlineData("2027-02-01", "2027-01-15", "2027-02-01")]
    public void Whole_periods_begin_on_the_agreed_day(string? first, params string[] begin)
    {
        var start = Day("2027-01-15");

        var (plan, refusal) = new AgreedPlan(
            BillingInterval.Quarterly, start, first is null ? null : Day(first), false, null)
            .With(new AgreedLines(Lines));

        refusal.ShouldBeNull();
        plan!.Recurring!.Timing.ShouldBe(BillingTiming.Advance);
        BillingPeriods.Of(plan.Recurring, Currency.Of("USD")).Take(2).Select(period => period.Key).ShouldBe(begin);
    }

    /// <summary>Nothing is billed from before the day that is named; whole periods begin when it was agreed.</summary>
    [Theory]
    [InlineData("2027-01-15", "2027-01-15", null)]
    [InlineData("2027-01-15", "2027-01-16", "2027-04-15")]
    [InlineData("2027-01-15", "2027-07-15", null)]
    [InlineData("2027-01-15", "2028-07-16", "2028-10-15")]
    public void It_is_billed_from_the_named_day_on(string from, string billFrom, string? first)
    {
        var (plan, _) = new AgreedPlan(BillingInterval.Quarterly, Day(from), null, true, null)
            .With(new AgreedLines(Lines), Day(billFrom));

        plan!.Recurring.ShouldBe(new RecurringPlan(
            BillingInterval.Quarterly, BillingTiming.Arrears, Day(billFrom), Lines,
            FirstFullPeriod: first is null ? null : Day(first)));
    }

    [Fact]
    public void It_is_not_billed_from_before_the_agreed_day_and_milestones_from_none()
    {
        var periods = new AgreedPlan(BillingInterval.Monthly, Some.Today, null, true, null);

        foreach (var day in new[] { Some.Today.AddDays(-1), DateOnly.MaxValue })
            periods.With(new AgreedLines(Lines), day).Refusal!.Field.ShouldBe("/billFrom");
        Staged.With(new AgreedLines(Milestones: Costs("go-live", "design")), Some.Today)
            .Refusal!.Field.ShouldBe("/billFrom");
    }

    [Fact]
    public void Each_agreed_milestone_gets_its_lines()
    {
        var (plan, _) = Staged.With(new AgreedLines(Milestones: Costs("go-live", "design")));

        plan!.Milestones.ShouldBe(
            [new Milestone("design", "Design", Lines), new Milestone("go-live", "Go live", Lines, Some.Today)]);
    }

    [Fact]
    public void Lines_that_are_not_those_of_the_plan_make_none()
    {
        var periods = new AgreedPlan(BillingInterval.Monthly, Some.Today, null, true, null);
        (AgreedPlan Plan, AgreedLines? Lines)[] wrong =
        [
            (Staged, null), (Staged, new AgreedLines(Lines)),
            (Staged, new AgreedLines(Milestones: Costs("design"))),
            (Staged, new AgreedLines(Milestones: Costs("design", "go-live", "party"))),
            (periods, null), (periods, new AgreedLines(Milestones: Costs("design"))),
        ];

        foreach (var (plan, lines) in wrong)
        {
            var (none, refusal) = plan.With(lines);
            none.ShouldBeNull();
            refusal!.Code.ShouldBe("invalid-schedule");
        }
    }

    private static Dictionary<string, IReadOnlyList<IssueInvoiceLine>> Costs(params string[] codes) =>
        codes.ToDictionary(code => code, _ => Lines);

    private static DateOnly Day(string text) =>
        DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
