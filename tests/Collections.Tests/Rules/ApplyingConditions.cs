using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Conditions of steps, the leading invoice, quiet days, and steps that are no writing.</summary>
public sealed class ApplyingConditions
{
    private static readonly Dictionary<string, Wording> Words = new() { ["en"] = new("Call {{customer}}", "o", "c") };

    /// <summary>COL-02: ten items of 10, five days late. Days and total: level 1; days or total: level 2.</summary>
    [Theory]
    [InlineData(ConditionJoin.All, "level-1")]
    [InlineData(ConditionJoin.Any, "level-2")]
    public void parts_of_a_condition_are_joined_as_it_says(ConditionJoin join, string step)
    {
        var playbook = Book(Step("level-1", 1), Step("level-2", 2) with
        {
            Condition = new StepCondition(join, DaysOverdue: 10, TotalOverdue: [Some.Usd(100)]),
        });
        var customer = Some.Customer([.. Enumerable.Range(0, 10).Select(_ => Some.Item(amount: 10))]);

        var notice = Plan(5, playbook, customer).ShouldHaveSingleItem();

        notice.Step.Code.ShouldBe(step);
        notice.Items.Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(400, "level-2")]
    [InlineData(401, "level-1")]
    public void what_is_overdue_may_have_to_be_a_share_of_what_is_open(decimal open, string step)
    {
        var playbook = Book(Step("level-1", 1), Step("level-2", 2) with
        {
            Condition = new StepCondition(ConditionJoin.All, PercentOfOpen: 25),
        });

        Plan(5, playbook, Some.Customer(Some.Item()) with { Open = [Some.Usd(open)] })
            .ShouldHaveSingleItem().Step.Code.ShouldBe(step);
    }

    [Fact]
    public void amounts_and_promises_are_asked_of_the_item_and_currencies_not_named_are_not_asked()
    {
        var playbook = Book(Step("level-1", 1) with
        {
            Condition = new StepCondition(
                ConditionJoin.All, ItemAmounts: [Some.Usd(50)], FailedPromises: 1, TotalOverdue: [Some.Usd(60)]),
        });
        var peso = Money.Of(5, "MXN");

        Plan(5, playbook, Some.Customer(Some.Item() with { FailedPromises = 1 })).ShouldHaveSingleItem();
        Plan(5, playbook, Some.Customer(Some.Item())).ShouldBeEmpty();
        Plan(5, playbook, Some.Customer(Some.Item(balance: 49) with { FailedPromises = 1 })).ShouldBeEmpty();
        Plan(5, playbook, Some.Customer(Some.Item(balance: 55) with { FailedPromises = 1 })).ShouldBeEmpty();
        Plan(5, playbook, Some.Customer(Some.Item() with
        {
            Amount = peso,
            Balance = peso,
            Pending = Money.Zero(peso.Currency),
            FailedPromises = 1,
        })).ShouldHaveSingleItem();
    }

    /// <summary>COL-13: a step fires by what was tried before, by how old a dispute is, and by plans that failed.
    /// </summary>
    [Fact]
    public void level_age_of_disputes_and_breached_plans_are_asked_of_the_item()
    {
        var today = Some.DueDate.AddDays(30);

        Comes(new StepCondition(ConditionJoin.All, Level: 2), Some.Item(), comes: false);
        Comes(new StepCondition(ConditionJoin.All, Level: 2), Asked("first", 1), comes: false);
        Comes(new StepCondition(ConditionJoin.All, Level: 2), Asked("second", 10), comes: true);
        Comes(new StepCondition(ConditionJoin.All, Level: 1), Asked("call", 20), comes: false);
        Comes(new StepCondition(ConditionJoin.All, DisputeDays: 9), Disputed(today.AddDays(-8)), comes: false);
        Comes(new StepCondition(ConditionJoin.All, DisputeDays: 9), Disputed(today.AddDays(-9)), comes: true);
        Comes(new StepCondition(ConditionJoin.All, DisputeDays: 9), Some.Item(), comes: false);
        Comes(new StepCondition(ConditionJoin.All, BreachedPlans: 1), Some.Item(), comes: false);
        Comes(new StepCondition(ConditionJoin.Any, BreachedPlans: 1, Level: 3), Some.Item() with { BreachedPlans = 1 },
            comes: true);

        void Comes(StepCondition condition, ItemFacts item, bool comes)
        {
            var playbook = Book(
                Step("first", 1), Step("second", 10), Step("call", 20) with { Channel = NoticeChannel.CallTask },
                Step("escalate", 30) with { Condition = condition });
            (Plan(30, playbook, Some.Customer(item)).SingleOrDefault()?.Step.Code == "escalate").ShouldBe(comes);
        }

        static ItemFacts Asked(string step, int offset) =>
            Some.Item() with { SentSteps = [step], LastOffset = offset };

        static ItemFacts Disputed(DateOnly since) =>
            Some.Item() with { DisputedAmount = Some.Usd(10), DisputedSince = since };
    }

    /// <summary>COL-02: days since the previous reminder, whatever the due date is.</summary>
    [Theory]
    [InlineData(null, "first")]
    [InlineData(16, null)]
    [InlineData(15, "second")]
    public void a_step_may_wait_for_days_since_the_last_notice(int? lastOn, string? step)
    {
        var playbook = Book(
            Step("first", 1), Step("second", 10) with
            {
                Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: 14),
            });
        var item = lastOn is { } day
            ? Some.Item() with { SentSteps = ["first"], LastOffset = 1, LastNoticeOn = Some.DueDate.AddDays(day) }
            : Some.Item();

        Plan(29, playbook, Some.Customer(item)).Select(notice => notice.Step.Code)
            .ShouldBe(step is null ? [] : [step]);
    }

    /// <summary>The oldest leads on while its next step waits for the notice before it to grow old.</summary>
    [Fact]
    public void an_item_whose_last_notice_is_fresh_still_leads()
    {
        var playbook = Book(
            Step("first", 1), Step("second", 10) with
            {
                Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: 14),
            }) with
        {
            Scope = PlaybookScope.LeadingInvoice,
        };
        var old = Some.Item(number: "old") with
        {
            SentSteps = ["first"],
            LastOffset = 1,
            LastNoticeOn = Some.DueDate.AddDays(12),
        };
        var young = Some.Item(Some.DueDate.AddDays(5), number: "young");

        Plan(20, playbook, Some.Customer(old, young)).ShouldBeEmpty();
        Plan(26, playbook, Some.Customer(old, young)).ShouldHaveSingleItem().Items
            .Select(item => (item.InvoiceNumber, item.Step, item.Listed))
            .ShouldBe([("old", "second", false), ("young", "second", true)]);
    }

    /// <summary>Who got one notice reads that the next one is the second, whatever was done in between.</summary>
    [Fact]
    public void the_level_of_a_notice_counts_what_was_written()
    {
        var playbook = Book(
            Step("first", 1), Step("suspend", 10) with { Channel = NoticeChannel.RecommendSuspension },
            Step("final", 20));

        Plan(20, playbook, Some.Customer(Some.Item())).ShouldHaveSingleItem().Level.ShouldBe(2);
    }

    /// <summary>COL-03: the step goes by the oldest; the others are listed, and their turn comes.</summary>
    [Fact]
    public void where_the_oldest_leads_the_others_are_listed_until_their_turn()
    {
        var playbook = Some.Standard with { Scope = PlaybookScope.LeadingInvoice };
        var old = Some.Item(number: "old");
        var young = Some.Item(Some.DueDate.AddDays(5), number: "young");
        var coming = Some.Item(Some.DueDate.AddDays(13), number: "coming");

        var first = Plan(10, playbook, Some.Customer(young, old, coming)).ShouldHaveSingleItem();
        first.Step.Code.ShouldBe("second-notice");
        first.Items.Select(item => (item.InvoiceNumber, item.Listed, item.Step)).ShouldBe(
        [
            ("old", false, "second-notice"), ("young", true, "second-notice"), ("coming", false, "friendly-reminder"),
        ]);

        var through = old with { SentSteps = ["final-notice"], LastOffset = 20 };
        var second = Plan(21, playbook, Some.Customer(through, young)).ShouldHaveSingleItem();
        second.Step.Code.ShouldBe("second-notice");
        second.Items.Select(item => (item.InvoiceNumber, item.Listed)).ShouldBe([("old", true), ("young", false)]);
        Plan(21, playbook, Some.Customer(old with { SentSteps = ["second-notice"], LastOffset = 10 }, young))
            .ShouldHaveSingleItem().Step.Code.ShouldBe("final-notice");
        Plan(12, playbook, Some.Customer(old with { SentSteps = ["second-notice"], LastOffset = 10 }, young))
            .ShouldBeEmpty();
    }

    [Fact]
    public void an_item_that_is_too_small_for_every_step_that_is_left_does_not_lead()
    {
        var playbook = Book(
            Step("notice", 1), Step("final", 20) with { MinimumAmounts = [Some.Usd(1_000)] }) with
        {
            Scope = PlaybookScope.LeadingInvoice,
        };
        var small = Some.Item(amount: 50, number: "small") with { SentSteps = ["notice"], LastOffset = 1 };
        var large = Some.Item(Some.DueDate.AddDays(5), amount: 50_000, number: "large");

        var notice = Plan(30, playbook, Some.Customer(small, large)).ShouldHaveSingleItem();

        notice.Step.Code.ShouldBe("final");
        notice.Items.Select(item => (item.InvoiceNumber, item.Listed)).ShouldBe([("small", true), ("large", false)]);
    }

    [Fact]
    public void work_is_about_what_has_come_to_its_step_and_softer_work_has_its_turn_afterwards()
    {
        var playbook = Book(
            Step("call", 30) with { Channel = NoticeChannel.CallTask },
            Step("give-up", 120) with { Channel = NoticeChannel.RecommendWriteOff });
        var old = Some.Item(number: "old");
        var young = Some.Item(Some.DueDate.AddDays(90), number: "young");

        var first = Plan(120, playbook, Some.Customer(old, young)).ShouldHaveSingleItem();
        (first.Channel, first.Items.Single().InvoiceNumber).ShouldBe((NoticeChannel.RecommendWriteOff, "old"));

        var handed = old with { SentSteps = ["give-up"], LastOffset = 120 };
        var next = Plan(121, playbook, Some.Customer(handed, young)).ShouldHaveSingleItem();
        (next.Channel, next.Items.Single().InvoiceNumber).ShouldBe((NoticeChannel.CallTask, "young"));
    }

    /// <summary>COL-04: settled or not, after a notice the customer is left in peace for some days.</summary>
    [Fact]
    public void quiet_days_hold_back_what_falls_due_after_a_notice()
    {
        var playbook = Some.Standard with { QuietDays = 5 };
        var customer = Some.Customer(Some.Item());

        Blocked(Some.DueDate.AddDays(-2)).ShouldBe("quiet-days");
        Blocked(Some.DueDate.AddDays(-3)).ShouldBe("quiet-days");
        Blocked(Some.DueDate.AddDays(-4)).ShouldBeNull();
        Blocked(null).ShouldBeNull();

        string? Blocked(DateOnly? last) =>
            Plan(1, playbook, customer with { LastNoticeOn = last }).ShouldHaveSingleItem().BlockedBy;
    }

    /// <summary>COL-24: reminders end, and with a task for a person.</summary>
    [Fact]
    public void what_is_no_writing_is_planned_beside_the_notice_of_the_day()
    {
        var playbook = Book(Step("notice", 1), Step("call", 10) with { Channel = NoticeChannel.CallTask });
        var customer = Some.Customer(
            Some.Item(number: "old"), Some.Item(Some.DueDate.AddDays(8), number: "young")) with
        {
            Recipient = null,
        };

        var planned = Plan(10, playbook, customer);

        planned.Select(notice => (notice.Channel, notice.BlockedBy, notice.Items.Single().InvoiceNumber)).ShouldBe(
        [
            (NoticeChannel.Email, "no-email-contact", "young"), (NoticeChannel.CallTask, null, "old"),
        ]);
        Plan(10, playbook, customer with { HasWorkOfDay = true })[1].BlockedBy.ShouldBe("notified-this-day");
        Plan(400, playbook, Some.Customer(Some.Item() with { SentSteps = ["call"], LastOffset = 10 })).ShouldBeEmpty();
    }

    /// <summary>Whatever the conditions, an item passes each step once, upwards, and then nothing follows.</summary>
    [Fact]
    public void every_playbook_comes_to_an_end() =>
        Prop.ForAll(
            (from leading in Gen.Elements(PlaybookScope.EveryInvoice, PlaybookScope.LeadingInvoice)
             from quiet in Gen.Choose(0, 10)
             from joins in Gen.Elements(ConditionJoin.All, ConditionJoin.Any).ArrayOf(4)
             from percents in Gen.Choose(1, 100).ArrayOf(4)
             from dues in Gen.Choose(0, 40).ArrayOf(3)
             select (leading, quiet, joins, percents, dues)).ToArbitrary(),
            story =>
            {
                var playbook = Some.Standard with
                {
                    Scope = story.leading,
                    QuietDays = story.quiet,
                    Steps =
                    [
                        .. Some.Standard.Steps.Select((step, at) => step with
                        {
                            Condition = new StepCondition(
                                story.joins[at], DaysOverdue: 15, PercentOfOpen: story.percents[at]),
                        }),
                    ],
                };
                var from = Some.DueDate.AddDays(-10);
                var customer = new CustomerPast(Some.Customer(), []);
                var items = story.dues.Select((due, at) => Past(from, customer, at, due))
                    .ToLookup(item => item.Customer);

                var notices = PlaybookSimulation.Run(
                    from, from.AddDays(150), CustomerPlaybooks.Only(playbook), [customer], items);

                return notices.Count <= story.dues.Length * playbook.Steps.Count
                    && notices.Zip(notices.Skip(1)).All(pair =>
                        pair.Second.Date.DayNumber - pair.First.Date.DayNumber >= Math.Max(1, story.quiet));
            }).QuickCheckThrowOnFailure();

    private static ItemPast Past(DateOnly from, CustomerPast customer, int at, int due)
    {
        var item = Some.Item(from.AddDays(due), number: $"INV-{at}");
        return new ItemPast(
            customer.Facts.CustomerId, item, [new BalanceFrom(from, item.DueDate, item.Balance)], []);
    }

    private static IReadOnlyList<PlannedNotice> Plan(int day, PlaybookDefined playbook, CustomerFacts customer) =>
        DunningPlanner.Plan(Some.DueDate.AddDays(day), playbook, [customer]);

    private static PlaybookStep Step(string code, int offset) => new(code, offset, NoticeChannel.Email, [], Words);

    private static PlaybookDefined Book(params PlaybookStep[] steps) => new("test", "Test", [], steps);
}
