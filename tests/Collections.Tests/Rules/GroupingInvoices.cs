using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-02: levels by invoice group, which is what invoices share an order with.</summary>
public sealed class GroupingInvoices
{
    private static readonly DateOnly Start = new(2026, 3, 1);

    private static readonly PlaybookDefined Grouped = Some.Standard with
    {
        Scope = PlaybookScope.LeadingOfPurchaseOrder,
    };

    /// <summary>Steps after the due date, by age or by stages, that ask of an item and its last notice.</summary>
    private static readonly Gen<PlaybookDefined> Playbooks =
        from days in Gen.Choose(1, 40).ArrayOf(4)
        from isWork in Gen.Elements(false, false, true).ArrayOf(4)
        from least in Gen.Elements(0, 0, 150).ArrayOf(4)
        from since in Gen.Elements(0, 0, 9).ArrayOf(4)
        from stages in Gen.Elements(PlaybookStages.Aged, PlaybookStages.Staged)
        from counted in Gen.Elements(CountedFrom.DueDate, CountedFrom.EndOfMonth)
        select new PlaybookDefined(
            "random", "Random", [],
            [
                .. days.Distinct().Order().Select((day, at) => new PlaybookStep(
                    $"step-{day}", day, isWork[at] ? NoticeChannel.CallTask : NoticeChannel.Email,
                    least[at] == 0 ? [] : [Some.Usd(least[at])],
                    new Dictionary<string, Wording> { ["en"] = new("s", "o", "c") },
                    Condition: at == 0 || since[at] == 0
                        ? null
                        : new StepCondition(ConditionJoin.Any, DaysSinceNotice: since[at], DaysOverdue: 50))),
            ],
            CountFrom: counted, Stages: stages);

    /// <summary>Four invoices that were due on some day, days with a run, and a day when the first is paid.</summary>
    private static readonly Gen<(int[] Dues, int[] Runs, int Paid)> Stories =
        from dues in Gen.Choose(-60, 40).ArrayOf(4)
        from runs in Gen.Choose(0, 120).ArrayOf(40)
        from paid in Gen.Choose(0, 120)
        select (dues, runs.Distinct().Order().ToArray(), paid);

    /// <summary>Each group goes by its oldest, and its lines stand together, the group with the oldest first.</summary>
    [Fact]
    public void the_oldest_of_a_group_decides_for_the_group_and_for_nothing_else()
    {
        var (a, b) = (Item("A", 0, "PO-1"), Item("B", 10, "PO-1"));
        var (c, d) = (Item("C", 5, "PO-2"), Item("D", 8, null));
        var coming = Item("E", 20, "PO-2");

        var notice = Plan(12, Grouped, coming, d, c, b, a).ShouldHaveSingleItem();

        (notice.Step.Code, notice.Level).ShouldBe(("second-notice", 2));
        notice.Items.Select(item => (item.InvoiceNumber, item.Step, item.Listed, item.Group)).ShouldBe(
        [
            ("A", "second-notice", false, "PO-1"), ("B", "second-notice", true, "PO-1"),
            ("C", "first-notice", false, "PO-2"), ("D", "first-notice", false, null),
        ]);
        Plan(12, Grouped with { Scope = PlaybookScope.LeadingInvoice }, a, b, c, d).ShouldHaveSingleItem()
            .Items.Count(item => item.Listed).ShouldBe(3);

        Plan(12, Grouped, b, c, d).ShouldHaveSingleItem().Items
            .Select(item => (item.InvoiceNumber, item.Step, item.Listed))
            .ShouldBe([("C", "first-notice", false), ("D", "first-notice", false), ("B", "first-notice", false)]);
    }

    [Fact]
    public void invoices_may_share_the_order_they_bill_instead()
    {
        var ordered = Grouped with { Scope = PlaybookScope.LeadingOfOrderReference };
        var (a, b) = (Item("A", 0, "PO-1"), Item("B", 10, "PO-1"));

        Lines(a, b).ShouldBe([("A", false, null), ("B", false, null)]);
        Lines(Of(a, "SO-7"), Of(b, "SO-7")).ShouldBe([("A", false, "SO-7"), ("B", true, "SO-7")]);
        Lines(Of(a, "SO-7"), Of(b, "so-7")).ShouldBe([("A", false, "SO-7"), ("B", false, "so-7")]);

        IEnumerable<(string, bool, string?)> Lines(params ItemFacts[] items) =>
            Plan(12, ordered, items).Single().Items.Select(item => (item.InvoiceNumber, item.Listed, item.Group));

        static ItemFacts Of(ItemFacts item, string order) =>
            item with { References = item.References! with { OrderReference = order } };
    }

    /// <summary>Else it would go by itself a moment before it is known that it belongs to others.</summary>
    [Fact]
    public void what_is_not_told_yet_of_an_invoice_is_waited_for()
    {
        var unknown = Some.Item() with { References = null };

        Plan(12, Grouped, unknown).ShouldBeEmpty();
        Plan(12, Some.Standard, unknown).ShouldHaveSingleItem();
    }

    /// <summary>What conditions ask of all that is overdue, and of what is open, they ask of the group.</summary>
    [Fact]
    public void conditions_count_what_is_overdue_and_open_of_the_group()
    {
        var (a, b) = (Item("A", 0, "PO-1"), Item("B", 10, "PO-1"));
        var other = Item("C", 0, "PO-2", 900);
        var coming = Item("D", 30, "PO-1", 300);

        Step(new StepCondition(ConditionJoin.All, TotalOverdue: [Some.Usd(200)]), a, b, other).ShouldBe("second");
        Step(new StepCondition(ConditionJoin.All, TotalOverdue: [Some.Usd(200)]), a, other).ShouldBe("first");
        Step(new StepCondition(ConditionJoin.All, PercentOfOpen: 40), a, b, other, coming).ShouldBe("second");
        Step(new StepCondition(ConditionJoin.All, PercentOfOpen: 41), a, b, other, coming).ShouldBe("first");
        Step(new StepCondition(ConditionJoin.All, Level: 1), a, b).ShouldBe("first");
        var told = a with { SentSteps = ["first"], LastOffset = 1 };
        Step(new StepCondition(ConditionJoin.All, Level: 1), told, b).ShouldBe("second");

        static string Step(StepCondition condition, params ItemFacts[] items)
        {
            var first = Some.Standard.Steps[1] with { Code = "first" };
            var book = Grouped with
            {
                Steps = [first, first with { Code = "second", OffsetDays = 10, Condition = condition }],
            };
            return Plan(12, book, items).Single().Items.Single(item => item.InvoiceNumber == "A").Step;
        }
    }

    /// <summary>COL-05: what is at its cap leaves its own group to the next oldest, and others as they are.</summary>
    [Fact]
    public void an_invoice_at_its_cap_leads_no_group()
    {
        var (a, b, c) = (Item("A", 0, "PO-1"), Item("B", 5, "PO-1"), Item("C", 0, "PO-2"));
        var customer = Some.Customer(a, b, c) with
        {
            AtCap = new(new HashSet<Guid> { a.InvoiceId }, new HashSet<Guid>()),
        };

        DunningPlanner.Plan(Some.DueDate.AddDays(12), Grouped, [customer]).ShouldHaveSingleItem().Items
            .Select(item => (item.InvoiceNumber, item.Step, item.Listed))
            .ShouldBe([("B", "first-notice", false), ("C", "second-notice", false)]);
    }

    /// <summary>By stages the group goes up from what its oldest was told.</summary>
    [Fact]
    public void a_group_goes_up_by_stages_as_its_oldest_does()
    {
        var (a, b) = (Dated("A", -90, "PO-1"), Dated("B", -30, "PO-1"));
        var story = new DunningStory(Grouped with { Stages = PlaybookStages.Staged }, a, b, Dated("C", -90, null));

        Told(0).ShouldBe([("A", "first-notice", false), ("B", "first-notice", true), ("C", "first-notice", false)]);
        Told(8).ShouldBeEmpty();
        Told(9).ShouldBe([("A", "second-notice", false), ("B", "second-notice", true), ("C", "second-notice", false)]);
        story.Pay("A");
        Told(10).ShouldBe([("B", "first-notice", false)]);

        IEnumerable<(string, string, bool)> Told(int day) =>
            story.Run(Start.AddDays(day)).Select(one => (one.Number, one.Step, one.Listed));
    }

    [Fact]
    public void groups_of_one_are_asked_for_as_every_invoice_is() => Same(
        PlaybookScope.EveryInvoice, at => at % 2 == 0 ? null : $"PO-{at}");

    [Fact]
    public void one_group_of_all_is_asked_for_as_the_leading_invoice_is() => Same(
        PlaybookScope.LeadingInvoice, _ => "PO-1");

    /// <summary>What a customer reads by the order is told of it, line by line, on one line each.</summary>
    [Fact]
    public void a_notice_names_the_order_with_each_invoice()
    {
        var (writer, date) = (new NoticeWriter(), Some.DueDate.AddDays(12));
        var notice = Plan(12, Grouped, Item("A", 0, "PO-<1>\r\nTotal due: 0"), Item("B", 0, null)).Single();

        var mail = writer.Write(notice, Some.Id(), "Acme", "acme.example", date);
        mail.Text.ShouldContain("A\n  Order: PO-<1>  Total due: 0\n  Due date: March 31, 2026 (12 days overdue)\n");
        mail.Text.ShouldContain("B\n  Due date: March 31, 2026 (12 days overdue)\n");
        mail.Html.ShouldContain("A<br><span style=\"color:#666666\">Order: PO-&lt;1&gt;  Total due: 0</span></td>");
        mail.Html.ShouldContain(">B</td>");
        var letter = writer.WriteLetter(notice, Some.Id(), new LetterSender("Acme", "US", null), date);
        letter.Page.ShouldContain("A<div class=\"order\">Order: PO-&lt;1&gt;  Total due: 0</div></td>");
        letter.Page.ShouldContain("B</td>");
        MailLanguage.Of("es").OrderOf("7").ShouldBe("Pedido: 7");
        MailLanguage.Of("fr").OrderOf("7").ShouldBe("Commande\u00A0: 7");
    }

    /// <summary>Played on the same days, by groups and by another scope, the same is asked for.</summary>
    private static void Same(PlaybookScope scope, Func<int, string?> order) => Prop.ForAll(
        (from playbook in Playbooks from story in Stories select (playbook, story)).ToArbitrary(),
        random =>
        {
            var items = random.story.Dues.Select((due, at) => Dated($"INV-{at}", due, order(at), (at + 1) * 100))
                .ToArray();
            return Play(PlaybookScope.LeadingOfPurchaseOrder).SequenceEqual(Play(scope));

            List<DunningStory.Asked> Play(PlaybookScope by)
            {
                var story = new DunningStory(random.playbook with { Scope = by }, items);
                var asked = new List<DunningStory.Asked>();
                foreach (var day in random.story.Runs)
                {
                    if (day >= random.story.Paid)
                        story.Pay("INV-0");
                    asked.AddRange(story.Run(Start.AddDays(day)).OrderBy(one => one.Number, StringComparer.Ordinal));
                }

                return asked;
            }
        }).QuickCheckThrowOnFailure();

    /// <summary>An invoice due so many days after the usual due date; a reminder of it was sent.</summary>
    private static ItemFacts Item(string number, int due, string? purchaseOrder, decimal amount = 100) =>
        Some.Item(Some.DueDate.AddDays(due), amount, number: number, sent: "friendly-reminder") with
        {
            References = new InvoiceReferences(purchaseOrder, null),
        };

    private static ItemFacts Dated(string number, int due, string? purchaseOrder, decimal amount = 100) =>
        Some.Item(Start.AddDays(due), amount, number: number) with
        {
            References = new InvoiceReferences(purchaseOrder, null),
        };

    private static IReadOnlyList<PlannedNotice> Plan(int day, PlaybookDefined playbook, params ItemFacts[] items) =>
        DunningPlanner.Plan(Some.DueDate.AddDays(day), playbook, [Some.Customer(items)]);
}
