using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>A playbook played over a time that is past, day by day.</summary>
public sealed class SimulatingPlaybooks
{
    private static readonly CustomerPast Customer = new(Some.Customer(), []);

    [Fact]
    public void each_day_is_played_on_what_was_open_then()
    {
        var paidOnDay15 = Past(
            new BalanceFrom(Some.DueDate.AddDays(-30), Some.DueDate, Some.Usd(100)),
            new BalanceFrom(Some.DueDate.AddDays(15), Some.DueDate, Some.Usd(0)));

        Play(paidOnDay15).ShouldBe([("friendly-reminder", -3), ("first-notice", 1), ("second-notice", 10)]);
    }

    [Fact]
    public void steps_sent_before_are_not_sent_again_and_what_was_held_back_waits()
    {
        var item = Past(new BalanceFrom(Some.DueDate.AddDays(-30), Some.DueDate, Some.Usd(100)));
        var sent = item with { Facts = item.Facts with { SentSteps = ["first-notice"], LastOffset = 1 } };
        var promised = item with
        {
            HeldBack = [new HeldBack(Some.DueDate.AddDays(-9), Some.DueDate.AddDays(12), null, true)],
        };
        var disputed = item with { HeldBack = [new HeldBack(Some.DueDate, null, Some.Usd(100), false)] };

        Play(sent).ShouldBe([("second-notice", 10), ("final-notice", 20)]);
        Play(promised).ShouldBe([("second-notice", 12), ("final-notice", 20)]);
        Play(disputed).ShouldBe([("friendly-reminder", -3)]);
    }

    [Fact]
    public void days_since_the_last_notice_are_counted_from_what_is_played()
    {
        var waiting = Some.Standard with
        {
            Steps =
            [
                .. Some.Standard.Steps.Select((step, at) => at < 2 ? step : step with
                {
                    Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: 12),
                }),
            ],
        };
        var item = Past(new BalanceFrom(Some.DueDate.AddDays(-30), Some.DueDate, Some.Usd(100)));
        var sent = item with
        {
            Facts = item.Facts with
            {
                SentSteps = ["first-notice"],
                LastOffset = 1,
                LastNoticeOn = Some.DueDate.AddDays(-11),
            },
        };

        Play(item, playbook: waiting).ShouldBe(
            [("friendly-reminder", -3), ("first-notice", 1), ("second-notice", 13), ("final-notice", 25)]);
        Play(sent, playbook: waiting).ShouldBe([("second-notice", 10), ("final-notice", 22)]);
    }

    [Fact]
    public void customers_under_a_hold_get_nothing_while_it_lasts()
    {
        var held = Customer with
        {
            Holds = [("legal-hold", new HeldBack(Some.DueDate.AddDays(-50), Some.DueDate.AddDays(15), null, false))],
        };

        Play(Past(new BalanceFrom(Some.DueDate, Some.DueDate, Some.Usd(100))), held)
            .ShouldBe([("second-notice", 15), ("final-notice", 20)]);
    }

    private static List<(string, int)> Play(
        ItemPast item, CustomerPast? customer = null, PlaybookDefined? playbook = null) =>
    [
        .. PlaybookSimulation.Run(
                Some.DueDate.AddDays(-10), Some.DueDate.AddDays(30), CustomerPlaybooks.Only(playbook ?? Some.Standard),
                [customer ?? Customer], new[] { item }.ToLookup(one => one.Customer))
            .Select(notice => (notice.Step, notice.Date.DayNumber - Some.DueDate.DayNumber)),
    ];

    private static ItemPast Past(params BalanceFrom[] balances) =>
        new(Customer.Facts.CustomerId, Some.Item(), balances, []);
}
