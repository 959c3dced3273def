using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Which items are due for which step, and what keeps a notice from going out.</summary>
public sealed class PlanningNotices
{
    [Theory]
    [InlineData(-4, null)]
    [InlineData(-3, "friendly-reminder")]
    [InlineData(0, "friendly-reminder")]
    [InlineData(1, "first-notice")]
    [InlineData(9, "first-notice")]
    [InlineData(10, "second-notice")]
    [InlineData(19, "second-notice")]
    [InlineData(20, "final-notice")]
    [InlineData(400, "final-notice")]
    public void an_item_gets_the_highest_step_whose_day_has_come(int daysAfterDue, string? step) =>
        Some.Step(Some.DueDate.AddDays(daysAfterDue), Some.Item()).ShouldBe(step);

    [Theory]
    [InlineData(7)]
    [InlineData(4)]
    public void an_item_due_next_week_gets_nothing_however_old_its_invoice_is(int daysToDue) =>
        Some.Step(Some.DueDate.AddDays(-daysToDue), Some.Item()).ShouldBeNull();

    [Fact]
    public void a_step_is_sent_once_and_the_item_waits_for_the_next()
    {
        var item = Some.Item(sent: "first-notice");

        Some.Step(Some.DueDate.AddDays(1), item).ShouldBeNull();
        Some.Step(Some.DueDate.AddDays(9), item).ShouldBeNull();
        Some.Step(Some.DueDate.AddDays(10), item).ShouldBe("second-notice");
    }

    [Fact]
    public void after_the_last_step_nothing_follows() =>
        Some.Step(Some.DueDate.AddDays(300), Some.Item(sent: "final-notice")).ShouldBeNull();

    [Fact]
    public void a_softer_notice_never_follows_a_harder_one() =>
        Some.Step(Some.DueDate.AddDays(2), Some.Item(sent: "second-notice")).ShouldBeNull();

    [Fact]
    public void a_step_that_moves_to_another_day_is_not_sent_again()
    {
        var later = Some.Standard with
        {
            Steps = [.. Some.Standard.Steps.Select(s => s.Code == "second-notice" ? s with { OffsetDays = 12 } : s)],
        };

        DunningPlanner.StepFor(Some.DueDate.AddDays(13), later, Some.Item(sent: "second-notice")).ShouldBeNull();
    }

    /// <summary>D-49: what is left of an item is reminded of.</summary>
    [Fact]
    public void d49_a_part_payment_leaves_its_rest_to_be_asked_for()
    {
        var notice = Some.Planned(Some.DueDate.AddDays(1), Some.Customer(Some.Item(amount: 100, balance: 40)));

        notice.Items.ShouldHaveSingleItem().Balance.ShouldBe(Some.Usd(40));
        notice.Totals.ShouldBe([Some.Usd(40)]);
    }

    [Fact]
    public void pending_money_is_not_asked_for()
    {
        var date = Some.DueDate.AddDays(1);

        Some.Step(date, Some.Item(pending: 100)).ShouldBeNull();
        Some.Planned(date, Some.Customer(Some.Item(pending: 30))).Totals.ShouldBe([Some.Usd(70)]);
    }

    [Fact]
    public void what_is_paid_is_not_asked_for() =>
        Some.Step(Some.DueDate.AddDays(30), Some.Item(balance: 0)).ShouldBeNull();

    /// <summary>D-53: an item that is nearly paid does not count with its gross amount.</summary>
    [Fact]
    public void d53_thresholds_look_at_what_is_left_and_not_at_the_invoice()
    {
        var date = Some.DueDate.AddDays(1);
        var tolerant = Some.Standard with { Tolerances = [Some.Usd(5)] };
        var demanding = Some.Standard with
        {
            Steps = [.. Some.Standard.Steps.Select(step => step with { MinimumAmounts = [Some.Usd(50)] })],
        };

        DunningPlanner.StepFor(date, tolerant, Some.Item(amount: 100, balance: 5)).ShouldBeNull();
        DunningPlanner.StepFor(date, tolerant, Some.Item(amount: 100, balance: 5.01m)).ShouldNotBeNull();
        DunningPlanner.StepFor(date, demanding, Some.Item(amount: 1000, balance: 49.99m)).ShouldBeNull();
        DunningPlanner.StepFor(date, demanding, Some.Item(amount: 1000, balance: 50)).ShouldNotBeNull();
    }

    [Fact]
    public void a_step_too_big_for_the_item_leaves_the_softer_one()
    {
        var finalNeedsMore = Some.Standard with
        {
            Steps =
            [
                .. Some.Standard.Steps.SkipLast(1),
                Some.Standard.Steps[^1] with { MinimumAmounts = [Some.Usd(500)] },
            ],
        };

        DunningPlanner.StepFor(Some.DueDate.AddDays(25), finalNeedsMore, Some.Item())!.Code.ShouldBe("second-notice");
    }

    /// <summary>D-43: an old invoice does not take a new one of the same customer along before its time.</summary>
    [Fact]
    public void d43_the_days_until_a_step_are_counted_for_each_invoice()
    {
        var patient = Some.Standard with
        {
            Steps = [.. Some.Standard.Steps.Skip(1).Select(step => step with { OffsetDays = step.OffsetDays + 4 })],
        };
        var customer = Some.Customer(
            Some.Item(Some.DueDate, number: "old"), Some.Item(Some.DueDate.AddDays(4), number: "one day late"));

        DunningPlanner.Plan(Some.DueDate.AddDays(5), patient, [customer]).ShouldHaveSingleItem()
            .Items.ShouldHaveSingleItem().InvoiceNumber.ShouldBe("old");
        DunningPlanner.Plan(Some.DueDate.AddDays(4), patient, [customer]).ShouldBeEmpty();
    }

    /// <summary>D-47: what was charged for being late outlives the payment of what was late.</summary>
    [Fact]
    public void d47_a_fee_is_asked_for_after_the_principal_is_paid()
    {
        var date = Some.DueDate.AddDays(12);
        var principal = Some.Item(number: "INV-1");
        var fee = Some.Item(Some.DueDate.AddDays(10), amount: 40, number: "DM-1") with { Kind = "debit-memo" };

        Some.Planned(date, Some.Customer(principal, fee)).Totals.ShouldBe([Some.Usd(140)]);
        var rest = Some.Planned(date, Some.Customer(principal with { Balance = Some.Usd(0) }, fee));

        rest.Items.ShouldHaveSingleItem().Kind.ShouldBe("debit-memo");
        rest.Totals.ShouldBe([Some.Usd(40)]);
    }

    /// <summary>D-48: no item speaks for the others, whichever comes last.</summary>
    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    public void d48_a_paid_item_settles_nothing_but_itself(decimal first, decimal last)
    {
        var date = Some.DueDate.AddDays(1);
        var customer = Some.Customer(Some.Item(balance: first, number: "A"), Some.Item(balance: last, number: "B"));

        var notice = Some.Planned(date, customer);

        notice.Items.ShouldHaveSingleItem().Balance.ShouldBe(Some.Usd(100));
        notice.Totals.ShouldBe([Some.Usd(100)]);
    }

    /// <summary>COL-02: counted from the end of the month, all that was due in it comes to a step on one day.</summary>
    [Theory]
    [InlineData("2026-11-10", "2026-11-30", null)]
    [InlineData("2026-11-10", "2026-12-01", "first-notice")]
    [InlineData("2026-11-30", "2026-12-01", "first-notice")]
    [InlineData("2026-11-10", "2026-12-09", "first-notice")]
    [InlineData("2026-11-10", "2026-12-10", "second-notice")]
    [InlineData("2026-12-01", "2026-12-31", null)]
    [InlineData("2026-12-01", "2027-01-01", "first-notice")]
    [InlineData("2026-02-28", "2026-03-01", "first-notice")]
    [InlineData("2028-02-10", "2028-02-29", null)]
    [InlineData("2028-02-29", "2028-03-01", "first-notice")]
    [InlineData("2026-11-10", "2026-11-07", "friendly-reminder")]
    [InlineData("2026-11-10", "2026-11-06", null)]
    public void steps_after_the_due_date_may_count_from_the_end_of_its_month(string due, string date, string? step)
    {
        var monthly = Some.Standard with { CountFrom = CountedFrom.EndOfMonth };
        string[] sent = Day(date) > Day(due) ? ["friendly-reminder"] : [];
        var item = Some.Item(Day(due), sent: sent);

        (DunningPlanner.StepFor(Day(date), monthly, item)?.Code).ShouldBe(step);
        if (step == "first-notice")
        {
            DunningPlanner.Plan(Day(date), monthly, [Some.Customer(item)]).ShouldHaveSingleItem()
                .Items.ShouldHaveSingleItem().DaysOverdue.ShouldBe(Day(date).DayNumber - Day(due).DayNumber);
        }

        static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What says "coming due" is true until it is due, whenever the next step comes.</summary>
    [Theory]
    [InlineData(2, "friendly-reminder")]
    [InlineData(5, "friendly-reminder")]
    [InlineData(6, null)]
    [InlineData(31, null)]
    public void by_the_month_a_reminder_ahead_of_the_due_date_is_not_sent_after_it(int day, string? step)
    {
        var monthly = Some.Standard with { CountFrom = CountedFrom.EndOfMonth };

        (DunningPlanner.StepFor(new DateOnly(2026, 3, day), monthly, Some.Item(new DateOnly(2026, 3, 5)))?.Code)
            .ShouldBe(step);
        DunningPlanner.StepFor(new DateOnly(2026, 4, 1), monthly, Some.Item(new DateOnly(2026, 3, 5)))!.Code
            .ShouldBe("first-notice");
    }

    /// <summary>The oldest leads, and nobody is written to before its month has ended.</summary>
    [Fact]
    public void what_leads_waits_for_the_end_of_its_month_and_takes_the_others_along()
    {
        var monthly = Some.Standard with
        {
            CountFrom = CountedFrom.EndOfMonth,
            Scope = PlaybookScope.LeadingInvoice,
        };
        var customer = Some.Customer(
            Some.Item(new DateOnly(2026, 3, 5), number: "A", sent: "friendly-reminder"),
            Some.Item(new DateOnly(2026, 3, 20), number: "B", sent: "friendly-reminder"));

        DunningPlanner.Plan(new DateOnly(2026, 3, 31), monthly, [customer]).ShouldBeEmpty();
        DunningPlanner.Plan(new DateOnly(2026, 4, 1), monthly, [customer]).ShouldHaveSingleItem()
            .Items.Select(item => (item.InvoiceNumber, item.Listed)).ShouldBe([("A", false), ("B", true)]);
    }

    /// <summary>COL-05: what is at its cap waits alone; what leads then is the next oldest.</summary>
    [Fact]
    public void an_invoice_at_its_cap_is_left_out_of_what_is_written()
    {
        var date = Some.DueDate.AddDays(12);
        var (old, young) = (Some.Item(number: "A"), Some.Item(Some.DueDate.AddDays(8), number: "B"));
        var led = Some.Standard with { Scope = PlaybookScope.LeadingInvoice };
        var customer = Some.Customer(old, young) with { AtCap = new(Set(old), Set()) };

        Plan(Some.Standard, customer).ShouldBe("B first-notice ");
        Plan(led, customer).ShouldBe("B first-notice ");
        Plan(led, customer with { AtCap = new(Set(young), Set()) }).ShouldBe("A second-notice ");
        Plan(Some.Standard, customer with { AtCap = new(Set(old, young), Set()) })
            .ShouldBe("A+B second-notice contact-cap");
        Plan(Some.Standard, customer with { AtCap = new(Set(), Set(old)) }).ShouldBe("A+B second-notice ");

        string Plan(PlaybookDefined playbook, CustomerFacts facts)
        {
            var notice = DunningPlanner.Plan(date, playbook, [facts]).ShouldHaveSingleItem();
            return $"{string.Join('+', notice.Items.Select(item => item.InvoiceNumber))} {notice.Step.Code} " +
                notice.BlockedBy;
        }

        static HashSet<Guid> Set(params ItemFacts[] items) => [.. items.Select(item => item.InvoiceId)];
    }

    /// <summary>COL-05: which caps count is said by the channel of what is left.</summary>
    [Theory]
    [InlineData(NoticeChannel.Email, "AB", "", "B first-notice Letter ")]
    [InlineData(NoticeChannel.Email, "A", "B", "A+B second-notice Email contact-cap")]
    [InlineData(NoticeChannel.Email, "B", "", "A second-notice Email ")]
    [InlineData(NoticeChannel.Letter, "B", "A", "A+B second-notice Letter contact-cap")]
    [InlineData(NoticeChannel.Letter, "A", "A", "B first-notice Email ")]
    [InlineData(NoticeChannel.Letter, "B", "", "A+B second-notice Letter ")]
    public void what_is_left_is_written_over_its_own_channel(
        NoticeChannel second, string byMail, string byLetter, string expected)
    {
        var (old, young) = (Some.Item(number: "A"), Some.Item(Some.DueDate.AddDays(8), number: "B"));
        var playbook = Some.Standard with
        {
            Steps =
            [
                .. Some.Standard.Steps.Select(step => step.Code switch
                {
                    "second-notice" => step with { Channel = second },
                    "first-notice" when second == NoticeChannel.Email => step with { Channel = NoticeChannel.Letter },
                    _ => step,
                }),
            ],
        };
        var customer = Some.Customer(old, young) with
        {
            Post = ["Globex Corporation", "1 Main St", "Austin"],
            AtCap = new(Full(byMail), Full(byLetter)),
        };

        var notice = DunningPlanner.Plan(Some.DueDate.AddDays(12), playbook, [customer]).ShouldHaveSingleItem();

        ($"{string.Join('+', notice.Items.Select(item => item.InvoiceNumber))} {notice.Step.Code} {notice.Channel} " +
            notice.BlockedBy).ShouldBe(expected);

        HashSet<Guid> Full(string numbers) =>
        [
            .. new[] { old, young }.Where(item => numbers.Contains(item.InvoiceNumber)).Select(item => item.InvoiceId),
        ];
    }

    [Fact]
    public void whom_mail_does_not_reach_gets_a_letter()
    {
        var date = Some.DueDate.AddDays(12);
        var customer = Some.Customer(Some.Item()) with { Post = ["Globex Corporation", "1 Main St", "Austin"] };

        Some.Planned(date, customer).Channel.ShouldBe(NoticeChannel.Email);
        var letter = Some.Planned(date, customer with { Recipient = null });
        (letter.Channel, letter.Level, letter.BlockedBy).ShouldBe((NoticeChannel.Letter, 2, null));
        Some.Planned(Some.DueDate, customer).Level.ShouldBe(0);
    }

    [Fact]
    public void a_step_that_is_a_letter_needs_a_postal_address()
    {
        var onPaper = Some.Standard with
        {
            Steps = [.. Some.Standard.Steps.Select(step => step with { Channel = NoticeChannel.Letter })],
        };
        var customer = Some.Customer(Some.Item());

        Plan(customer).BlockedBy.ShouldBe("no-postal-address");
        Plan(customer with { Post = ["Globex", "1 Main St", "Austin"] }).BlockedBy.ShouldBeNull();

        PlannedNotice Plan(CustomerFacts facts) =>
            DunningPlanner.Plan(Some.DueDate.AddDays(1), onPaper, [facts]).Single();
    }

    /// <summary>D-46: no row shows another one's balance.</summary>
    [Fact]
    public void d46_one_notice_carries_all_due_items_each_with_its_own_balance_and_step()
    {
        var date = Some.DueDate.AddDays(12);
        var customer = Some.Customer(
            Some.Item(Some.DueDate.AddDays(11), balance: 33.33m, number: "C"),
            Some.Item(Some.DueDate, balance: 11.11m, number: "A"),
            Some.Item(Some.DueDate.AddDays(5), balance: 22.22m, number: "B"),
            Some.Item(Some.DueDate.AddDays(60), number: "not due"));

        var notice = Some.Planned(date, customer);

        notice.Items.Select(item => (item.InvoiceNumber, item.Balance.Amount, item.DaysOverdue, item.Step)).ShouldBe(
        [
            ("A", 11.11m, 12, "second-notice"), ("B", 22.22m, 7, "first-notice"), ("C", 33.33m, 1, "first-notice"),
        ]);
        notice.Step.Code.ShouldBe("second-notice");
        notice.Totals.ShouldBe([Some.Usd(66.66m)]);
    }

    [Fact]
    public void currencies_have_their_own_totals_the_account_currency_first()
    {
        var peso = Money.Of(500, "MXN");
        var foreign = Some.Item() with { Amount = peso, Balance = peso, Pending = Money.Zero(peso.Currency) };

        Some.Planned(Some.DueDate.AddDays(1), Some.Customer(foreign, Some.Item()))
            .Totals.ShouldBe([Some.Usd(100), peso]);
    }

    [Fact]
    public void one_qualifying_customer_with_one_item_of_one_cent_gets_a_notice() =>
        Some.Planned(Some.DueDate.AddDays(1), Some.Customer(Some.Item(balance: 0.01m))).BlockedBy.ShouldBeNull();

    [Fact]
    public void what_keeps_a_notice_back_is_said()
    {
        var date = Some.DueDate.AddDays(1);
        var customer = Some.Customer(Some.Item());

        Some.Planned(date, customer).BlockedBy.ShouldBeNull();
        Some.Planned(date, customer with { Recipient = null }).BlockedBy.ShouldBe("no-email-contact");
        Some.Planned(date, customer with { HasNoticeInFlight = true }).BlockedBy.ShouldBe("notice-in-flight");
        Some.Planned(date, customer with { HasNoticeOfDay = true }).BlockedBy.ShouldBe("notified-this-day");
        Some.Planned(date, customer with { Cash = new([Some.Usd(100)], []) })
            .BlockedBy.ShouldBe("unapplied-cash-covers");
        Some.Planned(date, customer with { Cash = new([Some.Usd(99.99m), Money.Of(500, "MXN")], []) })
            .BlockedBy.ShouldBeNull();
        Some.Planned(date, customer with { Cash = new([], [Some.Usd(60), Some.Usd(40)]) })
            .BlockedBy.ShouldBe("unmatched-cash-covers");
    }
}
