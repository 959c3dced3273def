using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-17: by age an item gets the highest step there is for it, by stages one after the other.</summary>
public sealed class StagingSteps
{
    private static readonly DateOnly Start = new(2026, 3, 1);

    private static readonly PlaybookDefined Staged = Some.Standard with { Stages = PlaybookStages.Staged };

    private static readonly Dictionary<string, Wording> Words = new() { ["en"] = new("s", "o", "c") };

    /// <summary>Steps of any days after the due date, some of them work, some only for larger items.</summary>
    private static readonly Gen<PlaybookDefined> Playbooks =
        from days in Gen.Choose(1, 60).ArrayOf(5)
        from isWork in Gen.Elements(false, false, true).ArrayOf(5)
        from least in Gen.Elements(0, 0, 150).ArrayOf(5)
        from scope in Gen.Elements(PlaybookScope.EveryInvoice, PlaybookScope.LeadingInvoice)
        from counted in Gen.Elements(CountedFrom.DueDate, CountedFrom.EndOfMonth)
        select new PlaybookDefined(
            "random", "Random", [],
            [
                .. days.Distinct().Order().Select((day, at) => new PlaybookStep(
                    $"step-{day}", day, isWork[at] ? NoticeChannel.CallTask : NoticeChannel.Email,
                    least[at] == 0 ? [] : [Some.Usd(least[at])], Words)),
            ],
            scope, CountFrom: counted);

    /// <summary>Three items of 100, 200 and 300 that were due on some day, and days on which there is a run.</summary>
    private static readonly Gen<(ItemFacts[] Items, int[] Runs)> Stories =
        from dues in Gen.Choose(-120, 40).ArrayOf(3)
        from runs in Gen.Choose(0, 200).ArrayOf(60)
        select (
            dues.Select((due, at) => Some.Item(Start.AddDays(due), (at + 1) * 100, number: $"INV-{at}")).ToArray(),
            runs.Distinct().Order().ToArray());

    /// <summary>The table of the README: 90 days overdue when it first comes in.</summary>
    [Fact]
    public void an_old_debt_begins_with_the_first_notice_and_goes_up_one_by_one()
    {
        var item = Some.Item(Start.AddDays(-90), number: "old");

        Played(Some.Standard, item).ShouldBe([(0, "final-notice")]);
        Played(Staged, item).ShouldBe([(0, "first-notice"), (9, "second-notice"), (19, "final-notice")]);
    }

    [Fact]
    public void what_is_told_of_in_time_is_told_the_same_either_way()
    {
        var item = Some.Item(Start.AddDays(3), number: "new");
        (int, string)[] steps =
            [(0, "friendly-reminder"), (4, "first-notice"), (13, "second-notice"), (23, "final-notice")];

        Played(Some.Standard, item).ShouldBe(steps);
        Played(Staged, item).ShouldBe(steps);
    }

    /// <summary>A reminder is none of the stages: the first notice comes on its day, however late that was.</summary>
    [Fact]
    public void a_late_reminder_does_not_delay_the_first_notice_and_none_comes_after_the_due_date()
    {
        var late = new DunningStory(Staged, Some.Item(Start, number: "A"));
        late.Run(Start).ShouldHaveSingleItem().Step.ShouldBe("friendly-reminder");
        late.Run(Start.AddDays(1)).ShouldHaveSingleItem().Step.ShouldBe("first-notice");

        var patient = Staged with { Steps = [Staged.Steps[0], .. Staged.Steps.Skip(2)] };
        new DunningStory(patient, Some.Item(Start, number: "A")).Run(Start.AddDays(5)).ShouldBeEmpty();
    }

    /// <summary>Missed days are not made up for: the days after a notice are there to pay in.</summary>
    [Theory]
    [InlineData(9, 19)]
    [InlineData(30, 40)]
    public void the_next_stage_waits_from_the_day_the_last_was_told(int second, int third)
    {
        var story = new DunningStory(Staged, Some.Item(Start.AddDays(-90), number: "old"));
        story.Run(Start);

        story.Run(Start.AddDays(8)).ShouldBeEmpty();
        story.Run(Start.AddDays(second)).ShouldHaveSingleItem().Step.ShouldBe("second-notice");
        story.Run(Start.AddDays(third - 1)).ShouldBeEmpty();
        story.Run(Start.AddDays(third)).ShouldHaveSingleItem().Step.ShouldBe("final-notice");
    }

    /// <summary>By age it falls to the step below; by stages it stays where it is, and keeps nothing from others.
    /// </summary>
    [Fact]
    public void a_notice_whose_condition_does_not_hold_is_waited_for_and_does_not_lead_meanwhile()
    {
        PlaybookStep[] steps =
        [
            Staged.Steps[1],
            Staged.Steps[2] with { Condition = new StepCondition(ConditionJoin.All, ItemAmounts: [Some.Usd(200)]) },
            Staged.Steps[3],
        ];
        var small = Some.Item(Start.AddDays(-90), number: "small");
        var told = small with { SentSteps = ["first-notice"], LastOffset = 1, LastStepOn = Start.AddDays(-30) };
        var large = Some.Item(Start.AddDays(-60), 500, number: "large");

        Played(Staged with { Steps = steps }, small).ShouldBe([(0, "first-notice")]);
        var led = new DunningStory(Staged with { Steps = steps, Scope = PlaybookScope.LeadingInvoice }, told, large);
        led.Run(Start).ShouldBe(
        [
            new(Start, "small", "first-notice", Listed: true), new(Start, "large", "first-notice", Listed: false),
        ]);
    }

    /// <summary>Work is no stage that anybody waits in: what is too small for a call gets the next notice.</summary>
    [Fact]
    public void work_that_is_not_for_an_item_is_passed_over_and_other_work_has_its_turn()
    {
        var calling = Staged with
        {
            Steps =
            [
                Staged.Steps[1],
                new("call", 5, NoticeChannel.CallTask, [Some.Usd(200)], Words),
                .. Staged.Steps.Skip(2),
            ],
        };

        Played(calling, Some.Item(Start.AddDays(-90), number: "small"))
            .ShouldBe([(0, "first-notice"), (9, "second-notice"), (19, "final-notice")]);
        Played(calling, Some.Item(Start.AddDays(-90), 200, number: "large"))
            .ShouldBe([(0, "first-notice"), (4, "call"), (9, "second-notice"), (19, "final-notice")]);
    }

    /// <summary>What will be for it is waited for; what time alone does not bring is passed over.</summary>
    [Fact]
    public void work_that_only_time_is_wanting_for_is_waited_for()
    {
        Escalating(new StepCondition(ConditionJoin.All, DaysSinceNotice: 12))
            .ShouldBe([(0, "first-notice"), (12, "escalate"), (17, "second-notice"), (27, "final-notice")]);
        Escalating(new StepCondition(ConditionJoin.All, DaysOverdue: 95))
            .ShouldBe([(0, "first-notice"), (5, "escalate"), (10, "second-notice"), (20, "final-notice")]);
        Escalating(new StepCondition(ConditionJoin.All, DaysSinceNotice: 12, FailedPromises: 1))
            .ShouldBe([(0, "first-notice"), (9, "second-notice"), (19, "final-notice")]);
        Escalating(new StepCondition(ConditionJoin.All, DisputeDays: 12))
            .ShouldBe([(0, "first-notice"), (9, "second-notice"), (19, "final-notice")]);

        static List<(int Day, string Step)> Escalating(StepCondition condition) => Played(
            Staged with
            {
                Steps =
                [
                    Staged.Steps[1],
                    new("escalate", 5, NoticeChannel.Escalate, [], Words, Condition: condition),
                    .. Staged.Steps.Skip(2),
                ],
            },
            Some.Item(Start.AddDays(-90), number: "old"));
    }

    /// <summary>OCA's "since the last reminder" asks for more than the days between the steps where it is longer.
    /// </summary>
    [Fact]
    public void days_since_the_last_notice_and_the_end_of_the_month_count_by_stages_too()
    {
        var waiting = Staged with
        {
            CountFrom = CountedFrom.EndOfMonth,
            Steps =
            [
                Staged.Steps[1],
                Staged.Steps[2] with { Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: 14) },
            ],
        };

        Played(waiting, Some.Item(new DateOnly(2026, 3, 10), number: "A"))
            .ShouldBe([(31, "first-notice"), (45, "second-notice")]);
    }

    /// <summary>Whatever days there were runs on, notices come in their order, each in its time, and none is left out.
    /// </summary>
    [Fact]
    public void by_stages_no_notice_is_skipped_and_each_waits_for_its_days() =>
        Prop.ForAll(
            (from playbook in Playbooks from story in Stories select (playbook, story)).ToArbitrary(),
            random =>
            {
                var playbook = random.playbook with { Stages = PlaybookStages.Staged };
                var written = playbook.Steps.Where(step => !step.IsWork).Select(step => step.Code).ToList();
                var story = new DunningStory(playbook, random.story.Items);
                var asked = random.story.Runs.SelectMany(day => story.Run(Start.AddDays(day)))
                    .Where(one => !one.Listed).ToLookup(one => one.Number);
                return random.story.Items.All(item =>
                {
                    var had = asked[item.InvoiceNumber]
                        .Select(one => (one.Date, playbook.Steps.Single(step => step.Code == one.Step).OffsetDays))
                        .ToList();
                    var notices = asked[item.InvoiceNumber].Select(one => one.Step).Where(written.Contains).ToList();
                    return notices.SequenceEqual(written.Take(notices.Count))
                        && had.TrueForAll(one => one.Date.DayNumber - item.DueDate.DayNumber >= one.OffsetDays)
                        && had.Zip(had.Skip(1)).All(pair =>
                            pair.Second.OffsetDays > pair.First.OffsetDays
                            && pair.Second.Date.DayNumber - pair.First.Date.DayNumber
                                >= pair.Second.OffsetDays - pair.First.OffsetDays);
                });
            }).QuickCheckThrowOnFailure();

    /// <summary>What a playbook says nothing of stages is by age, as it always was.</summary>
    [Fact]
    public void by_age_it_is_the_highest_step_whose_day_has_come() =>
        Prop.ForAll(
            (from playbook in Playbooks
             from due in Gen.Choose(-120, 40)
             from cents in Gen.Choose(1, 30_000)
             from had in Gen.Choose(-1, 4)
             from told in Gen.Choose(-60, 0)
             select (playbook, due, cents, had, told)).ToArbitrary(),
            random =>
            {
                var (steps, due) = (random.playbook.Steps, Start.AddDays(random.due));
                var had = steps.Take(random.had + 1).ToList();
                var item = Some.Item(due, random.cents / 100m) with
                {
                    SentSteps = had.ConvertAll(step => step.Code),
                    LastOffset = had.Count == 0 ? null : had[^1].OffsetDays,
                    LastStepOn = had.Count == 0 ? null : Start.AddDays(random.told),
                };
                var from = random.playbook.CountFrom == CountedFrom.DueDate
                    ? due
                    : new DateOnly(due.Year, due.Month, 1).AddMonths(1).AddDays(-1);
                var expected = steps.LastOrDefault(step =>
                    from.AddDays(step.OffsetDays) <= Start
                    && step.MinimumAmounts.All(least => item.Balance >= least));
                return DunningPlanner.StepFor(Start, random.playbook, item)
                    == (expected is null || had.Contains(expected) || expected.OffsetDays < (item.LastOffset ?? 0)
                        ? null
                        : expected);
            }).QuickCheckThrowOnFailure();

    /// <summary>A simulation plays stages as runs would come to them.</summary>
    [Fact]
    public void a_simulation_goes_up_by_stages_from_what_was_told_before_it()
    {
        var customer = new CustomerPast(Some.Customer(), []);
        var item = Some.Item(Start.AddDays(-90)) with
        {
            SentSteps = ["first-notice"],
            LastOffset = 1,
            LastStepOn = Start.AddDays(-4),
        };
        var past = new ItemPast(
            customer.Facts.CustomerId, item, [new BalanceFrom(item.DueDate, item.DueDate, item.Balance)], []);

        PlaybookSimulation.Run(
                Start, Start.AddDays(60), CustomerPlaybooks.Only(Staged), [customer],
                new[] { past }.ToLookup(one => one.Customer))
            .Select(notice => (notice.Date.DayNumber - Start.DayNumber, notice.Step))
            .ShouldBe([(5, "second-notice"), (15, "final-notice")]);
    }

    /// <summary>What an item gets when there is a run every day, and on which.</summary>
    private static List<(int Day, string Step)> Played(PlaybookDefined playbook, ItemFacts item)
    {
        var story = new DunningStory(playbook, item);
        return
        [
            .. Enumerable.Range(0, 120).SelectMany(day => story.Run(Start.AddDays(day)))
                .Select(one => (one.Date.DayNumber - Start.DayNumber, one.Step)),
        ];
    }
}
