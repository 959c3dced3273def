using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class HoldingAccounts
{
    private static readonly Guid Id = Ids.From("hold");

    [Fact]
    public void orders_of_a_held_account_wait_and_their_reason_is_the_holds() =>
        Spec.Given(Opened, Limit(100), Manual("manual")).When(Check("SO-1", 1)).ThenState(account =>
        {
            IsHeld("SO-1", "manual")(account);
            account.Orders["SO-1"].Reasons[0].Detail.ShouldContain("new owner, nobody answers");
        });

    [Theory]
    [InlineData("bankruptcy")]
    [InlineData("fraud")]
    [InlineData("sanctions")]
    public void some_holds_are_a_no(string code) =>
        Spec.Given(Opened, Limit(100), Manual(code)).When(Check("SO-1", 1))
            .ThenState(account => account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Declined));

    [Fact]
    public void a_hold_ends_after_its_last_day_or_when_it_is_let_go()
    {
        var hold = Manual("manual", Today.AddDays(-1));
        Spec.Given(Opened, Limit(100), hold).When(Check("SO-1", 1)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100), hold with { Until = Today }, new HoldReleased(Id, "manual"))
            .When(Check("SO-1", 1)).ThenState(IsApproved("SO-1"));
    }

    [Fact]
    public void placing_and_releasing_twice_is_once()
    {
        Spec.Given(Opened, Manual("manual")).When(account => HoldDecider.Place(account, Manual("manual"), Today))
            .ThenNothing();
        Spec.Given(Opened, Manual("manual")).When(Release)
            .Then(new HoldReleased(Id, "manual", LetGo: new HoldLetGo("new owner, nobody answers", Today)));
        Spec.Given(Opened).When(Release).ThenNothing();
        Spec.Given(Opened).When(account => HoldDecider.Place(account, Manual("manual", Today.AddDays(-1)), Today))
            .ThenRefused("expiry-in-the-past");
    }

    [Fact]
    public void what_is_past_due_for_too_long_holds_until_it_is_paid()
    {
        var late = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(-91) };
        var past = Spec.Given(Opened, late);
        past.When(Apply(Facts)).ThenState(account =>
        {
            account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe("past-due");
            HoldDecider.Apply(Customer, account, Facts).Events.ShouldBeEmpty("once is enough");
            var paid = CreditAccount.Evolve(account, late with
            {
                Balance = Usd(0),
                SourceVersion = 2,
                Exposure = Exposure(),
            });
            HoldDecider.Apply(Customer, paid, Facts).Events.ShouldHaveSingleItem().ShouldBeOfType<HoldReleased>();
        });
        past.When(Apply(Facts with { Today = Today.AddDays(-1) })).ThenNothing();
    }

    [Fact]
    public void a_rules_hold_that_a_person_lets_go_does_not_come_back_until_the_day_that_was_said()
    {
        var late = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(-91) };
        var id = HoldDecider.Id(Customer, HoldDecider.PastDue);
        var hold = new HoldPlaced(id, HoldDecider.PastDue, "late", true, null);
        var past = Spec.Given(Opened, late, hold);
        past.When(account => HoldDecider.Release(account, id, null, Facts))
            .Then(new HoldReleased(id, HoldDecider.PastDue, Today.AddDays(14), new HoldLetGo("late", Today)));
        past.When(account => HoldDecider.Release(account, id, Today.AddDays(3), Facts)).ThenState(account =>
        {
            HoldDecider.Apply(Customer, account, Facts).Events.ShouldBeEmpty("it is quiet");
            HoldDecider.Apply(Customer, account, Facts with { Today = Today.AddDays(3) }).Events.ShouldBeEmpty();
            HoldDecider.Apply(Customer, account, Facts with { Today = Today.AddDays(4) }).Events
                .ShouldHaveSingleItem().ShouldBeOfType<HoldPlaced>();
        });
        past.When(account => HoldDecider.Release(account, id, Today.AddDays(-1), Facts))
            .ThenRefused("expiry-in-the-past");
    }

    [Fact]
    public void a_rules_hold_that_a_person_let_go_comes_back_once_its_cause_has_gone_and_come_again()
    {
        var late = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(-91) };
        var id = HoldDecider.Id(Customer, HoldDecider.PastDue);
        object[] past =
        [
            Opened, late, new HoldPlaced(id, HoldDecider.PastDue, "late", true, null),
            new HoldReleased(id, HoldDecider.PastDue, Today.AddDays(14)),
        ];
        var paid = late with { Balance = Usd(0), SourceVersion = 2, Exposure = Exposure() };
        Spec.Given(past).When(Apply(Facts)).ThenNothing();
        Spec.Given([.. past, paid]).When(Apply(Facts)).Then(new HoldRuleResumed(HoldDecider.PastDue));
        Spec.Given([.. past, paid, new HoldRuleResumed(HoldDecider.PastDue), late with { SourceVersion = 3 }])
            .When(Apply(Facts)).ThenState(account => account.Holds.Keys.ShouldBe([id]));
    }

    /// <summary>The receipt is void before its money is taken back, or the other way round.</summary>
    [Fact]
    public void a_bounced_payment_holds_until_what_it_had_paid_is_paid_again()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var receipt = Ids.From("receipt", "1");
        var hold = new HoldPlaced(
            HoldDecider.Id(Customer, HoldDecider.ReturnedPayment, $"{receipt:N}"), HoldDecider.ReturnedPayment, "R01",
            true, null, new BouncedPayment(receipt, [new InstallmentKey(Invoice, 1)], Today));
        var open = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(9), SourceVersion = 3 };
        var paid = open with { Balance = Usd(0), SourceVersion = 2, Exposure = Exposure() };
        var back = new PaymentTakenBack(receipt, Invoice, 1, Today);
        Spec.Given(Opened, paid, hold).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, paid, hold, open, back).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, paid, open, back, hold).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, paid, hold, open, back, paid with { SourceVersion = 4 })
            .When(Apply(facts)).Then(new HoldReleased(hold.HoldId, hold.Code));
        Spec.Given(Opened, hold with { Bounced = new BouncedPayment(receipt, [], Today) })
            .When(Apply(facts)).ThenNothing();
    }

    [Fact]
    public void that_a_payment_was_taken_back_is_kept_whatever_is_known_of_the_item_by_now()
    {
        var receipt = Ids.From("receipt", "1");
        var newer = Receivable(40, 0, Exposure(), version: 9);
        Spec.Given(Opened, newer)
            .When(account => ExposureDecider.TakeBack(account, Reported(40, 40), receipt, Today))
            .Then(new PaymentTakenBack(receipt, Invoice, 1, Today));
        Spec.Given(Opened, newer, new PaymentTakenBack(receipt, Invoice, 1, Today))
            .When(account => ExposureDecider.TakeBack(account, Reported(40, 40), receipt, Today)).ThenNothing();
    }

    /// <summary>Money that was moved to another invoice long before it bounced had not paid this one.</summary>
    [Fact]
    public void what_was_taken_back_for_something_else_before_does_not_keep_the_hold_of_a_bounced_payment()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var (receipt, other) = (Ids.From("receipt", "1"), Ids.From("invoice", "2"));
        var hold = new HoldPlaced(
            HoldDecider.Id(Customer, HoldDecider.ReturnedPayment, $"{receipt:N}"), HoldDecider.ReturnedPayment, "R01",
            true, null, new BouncedPayment(receipt, [new InstallmentKey(Invoice, 1)], Today));
        var moved = Receivable(70, 70, Exposure(), invoiceId: other) with { DueDate = Today.AddDays(9) };
        var paid = Receivable(40, 0, Exposure(), version: 4);
        object[] bounced =
        [
            Opened, moved, new PaymentTakenBack(receipt, other, 1, Today.AddDays(-30)), hold,
            new PaymentTakenBack(receipt, Invoice, 1, Today),
        ];
        Spec.Given([.. bounced, paid]).When(Apply(facts)).Then(new HoldReleased(hold.HoldId, hold.Code));
        Spec.Given([.. bounced, paid]).When(Apply(facts)).ThenState(account => account.TakenBack.ShouldBeEmpty());
    }

    /// <summary>Its receipt may be told to have bounced after both.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void that_a_payment_was_taken_back_is_forgotten_when_the_item_is_paid_long_after(int? days, bool isKept) =>
        Spec.Given(Opened, new PaymentTakenBack(Ids.From("receipt", "1"), Invoice, 1, Today))
            .When(account => ExposureDecider.RecordReceivables(account,
            [
                Reported(40, 0, version: 2) with { On = days is { } some ? Today.AddDays(some) : null },
            ]))
            .ThenState(account => account.TakenBack.IsEmpty.ShouldBe(!isKept));

    [Fact]
    public void what_was_taken_back_long_ago_and_is_paid_is_forgotten_with_the_next_item_that_is_paid()
    {
        var (told, other) = (Ids.From("receipt", "2"), Ids.From("invoice", "2"));
        Spec.Given(
            Opened, Receivable(40, 0, Exposure()), Receivable(70, 70, Exposure(), invoiceId: other),
            new PaymentTakenBack(Ids.From("receipt", "1"), Invoice, 1, Today),
            new PaymentTakenBack(told, other, 1, Today))
            .When(account => ExposureDecider.RecordReceivables(account,
            [
                Reported(9, 0, invoiceId: Ids.From("invoice", "3")) with { On = Today.AddDays(31) },
            ]))
            .ThenState(account => account.TakenBack.Keys.ShouldBe([told], "that one is open"));
    }

    /// <summary>There may be tens of thousands of them, of which each closes in its turn.</summary>
    [Fact]
    public void what_was_taken_back_and_is_paid_is_looked_through_once_a_day_but_for_the_item_that_closes()
    {
        var (receipt, other) = (Ids.From("receipt", "1"), Ids.From("invoice", "2"));
        var paid = Spec.Given(
            Opened, Receivable(40, 0, Exposure()), Receivable(70, 70, Exposure(), invoiceId: other),
            Receivable(9, 0, Exposure(), invoiceId: Ids.From("invoice", "3")) with { On = Today.AddDays(31) },
            new PaymentTakenBack(receipt, Invoice, 1, Today.AddDays(-1)),
            new PaymentTakenBack(receipt, other, 1, Today),
            Receivable(9, 0, Exposure(), invoiceId: Ids.From("invoice", "4")) with { On = Today.AddDays(31) },
            new PaymentTakenBack(receipt, Ids.From("invoice", "3"), 1, Today.AddDays(-1)));
        paid.When(Close(31)).ThenState(account =>
            account.TakenBackOf(receipt).Keys.ShouldBe([new InstallmentKey(Ids.From("invoice", "3"), 1)]));
        paid.When(Close(30)).ThenState(account => account.TakenBackOf(receipt).Count.ShouldBe(2));
        paid.When(Close(32)).ThenState(account => account.TakenBack.ShouldBeEmpty());

        Func<CreditAccount, Decision> Close(int days) => account => ExposureDecider.RecordReceivables(
            account, [Reported(70, 0, version: 2, invoiceId: other) with { On = Today.AddDays(days) }]);
    }

    /// <summary>The bank has booked the return before somebody moved the money to where it belongs.</summary>
    [Fact]
    public void a_bounced_payment_that_had_paid_nothing_any_more_holds_until_a_person_lets_it_go()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var receipt = Ids.From("receipt", "1");
        object[] paidAgain =
        [
            Opened, new PaymentTakenBack(receipt, Invoice, 1, Today),
            Receivable(40, 0, Exposure(), version: 4) with { On = Today },
        ];
        Spec.Given(paidAgain).When(Bounce(applied: 40, takenBack: 40)).ThenNothing();
        Spec.Given(paidAgain).When(Bounce(applied: null, takenBack: 0)).ThenNothing();
        Spec.Given(paidAgain).When(Bounce(applied: 0, takenBack: 40)).ThenState(account =>
        {
            var hold = account.HoldsOn(Today).ShouldHaveSingleItem();
            hold.Code.ShouldBe("returned-payment");
            HoldDecider.Apply(Customer, account, facts, Known(40)).Events.ShouldBeEmpty("nobody has let it go");
            HoldDecider.Release(account, hold.HoldId, null, facts).Events.ShouldHaveSingleItem();
        });

        Func<CreditAccount, Decision> Bounce(decimal? applied, decimal takenBack) => account => HoldDecider.Bounce(
            Customer, account,
            new BouncedPayment(receipt, [], Today.AddDays(-1), applied is { } some ? Usd(some) : null),
            Known(takenBack), "R01", facts);

        Dictionary<Guid, Money> Known(decimal takenBack) => new() { [receipt] = Usd(takenBack) };
    }

    /// <summary>What it had paid of another item may be told after its bounce.</summary>
    [Fact]
    public void a_bounced_payment_holds_until_all_that_it_had_paid_is_known_to_be_taken_back()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var (receipt, late) = (Ids.From("receipt", "1"), Ids.From("invoice", "2"));
        Spec.Given(
            Opened, new PaymentTakenBack(receipt, Invoice, 1, Today),
            Receivable(40, 0, Exposure(), version: 4) with { On = Today })
            .When(account => HoldDecider.Bounce(
                Customer, account, new BouncedPayment(receipt, [], Today, Usd(110)), Known(40), "R01", facts))
            .ThenState(account =>
            {
                account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe("returned-payment");
                HoldDecider.Apply(Customer, account, facts, Known(40)).Events.ShouldBeEmpty("not all is known");
                HoldDecider.Apply(Customer, account, facts).Events.ShouldBeEmpty("nothing is known");
                account = CreditAccount.Evolve(account, Receivable(70, 70, Exposure(), null, 3, late));
                account = CreditAccount.Evolve(account, new PaymentTakenBack(receipt, late, 1, Today));
                HoldDecider.Apply(Customer, account, facts, Known(110)).Events.ShouldBeEmpty("it is open");
                account = CreditAccount.Evolve(account, Receivable(70, 0, Exposure(), null, 4, late));
                HoldDecider.Apply(Customer, account, facts, Known(110)).Events
                    .ShouldHaveSingleItem().ShouldBeOfType<HoldReleased>();
            });

        Dictionary<Guid, Money> Known(decimal takenBack) => new() { [receipt] = Usd(takenBack) };
    }

    [Fact]
    public void a_bounced_payment_holds_nothing_where_what_it_had_paid_is_paid_again_already()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var (receipt, item) = (Ids.From("receipt", "1"), new InstallmentKey(Invoice, 1));
        var open = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(9), On = Today };
        var paid = open with { Balance = Usd(0), Exposure = Exposure(), SourceVersion = 2 };
        var back = new PaymentTakenBack(receipt, Invoice, 1, Today);
        Spec.Given(Opened, open, back, paid).When(Bounce()).ThenNothing();
        Spec.Given(Opened, open, back).When(Bounce()).ThenState(IsHeld);
        Spec.Given(Opened, open).When(Bounce()).ThenState(IsHeld);

        // It had paid the same item before, which somebody took back and applied anew on the day.
        Spec.Given(Opened, open, back, paid).When(Bounce(item)).ThenState(account =>
        {
            IsHeld(account);
            HoldDecider.Apply(Customer, account, facts).Events.ShouldBeEmpty("nothing is paid again");
            account = CreditAccount.Evolve(account, open with { SourceVersion = 3 });
            account = ExposureDecider.TakeBack(account, Reported(40, 40, version: 3), receipt, Today).Events
                .Aggregate(account, CreditAccount.Evolve);
            HoldDecider.Apply(Customer, account, facts).Events.ShouldBeEmpty("it is open");
            account = CreditAccount.Evolve(account, paid with { SourceVersion = 4 });
            HoldDecider.Apply(Customer, account, facts).Events.ShouldHaveSingleItem().ShouldBeOfType<HoldReleased>();
        });

        Func<CreditAccount, Decision> Bounce(params InstallmentKey[] paying) => account => HoldDecider.Bounce(
            Customer, account, new BouncedPayment(receipt, paying, Today), new Dictionary<Guid, Money>(), "R01", facts);

        static void IsHeld(CreditAccount account) =>
            account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe("returned-payment");
    }

    [Fact]
    public void a_rule_is_quiet_for_a_year_at_most_and_what_declines_orders_never()
    {
        var late = new HoldPlaced(
            HoldDecider.Id(Customer, HoldDecider.PastDue), HoldDecider.PastDue, "late", true, null);
        var past = Spec.Given(Opened, late);
        past.When(account => HoldDecider.Release(account, late.HoldId, Today.AddDays(366), Facts, Invoice))
            .Then(new HoldReleased(
                late.HoldId, late.Code, Today.AddDays(366), new HoldLetGo("late", Today, Invoice)));
        past.When(account => HoldDecider.Release(account, late.HoldId, Today.AddDays(367), Facts))
            .ThenRefused("quiet-for-too-long");
        var found = new HoldPlaced(HoldDecider.Id(Customer, "sanctions"), "sanctions", "listed", true, null);
        var listed = Spec.Given(Opened, found);
        listed.When(account => HoldDecider.Release(account, found.HoldId, Today.AddDays(9), Facts))
            .ThenRefused("never-quiet");
        listed.When(account => HoldDecider.Release(account, found.HoldId, null, Facts)).ThenState(account =>
            HoldDecider.Found(Customer, account, ["sanctions"], Facts).ShouldHaveSingleItem().Code
                .ShouldBe("sanctions"));
    }

    /// <summary>What was approved before goes out unless somebody stops it.</summary>
    [Fact]
    public void what_a_bureau_found_says_what_of_approved_orders_is_not_out_yet()
    {
        Detail(Opened).ShouldBe("The bureau reports sanctions.");
        Detail(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100)).ShouldBe(
            "The bureau reports sanctions. Of orders that were approved before, 60.00 USD are not delivered.");
        Detail(Opened, Limit(100), Approved("SO-1", 60, 0, Exposure(), 100)).ShouldBe("The bureau reports sanctions.");
        Detail(
            Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100),
            new DuplicateAbsorbed(Invoice, [Exposure(receivables: 5, orders: 15)], 1)).ShouldBe(
            "The bureau reports sanctions. Of orders that were approved before, 75.00 USD are not delivered.");

        static string Detail(params object[] past) => HoldDecider.Found(
            Customer, past.Aggregate(CreditAccount.Initial, CreditAccount.Evolve), ["sanctions"], Facts)
            .ShouldHaveSingleItem().Detail;
    }

    [Fact]
    public void who_uses_too_much_is_held_where_the_policy_says_so()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OverLimitPercent = 110 } });
        Spec.Given(Opened, Limit(100), Receivable(110, 110, Exposure())).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, Limit(100), Receivable(111, 111, Exposure())).When(Apply(facts))
            .ThenState(account => account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe("over-limit-hold"));
    }

    [Fact]
    public void a_bounced_payment_of_which_no_more_is_known_holds_until_nothing_is_overdue()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OnReturnedPayment = true } });
        var hold = new HoldPlaced(
            HoldDecider.Id(Customer, HoldDecider.ReturnedPayment, "R1"), HoldDecider.ReturnedPayment, "R01", true,
            null);
        var late = Receivable(40, 40, Exposure()) with { DueDate = Today.AddDays(-1) };
        Spec.Given(Opened, late, hold).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, late, hold, late with { Balance = Usd(0), SourceVersion = 2, Exposure = Exposure() })
            .When(Apply(facts)).Then(new HoldReleased(hold.HoldId, hold.Code));
    }

    private static HoldPlaced Manual(string code, DateOnly? until = null) =>
        new(Id, code, "new owner, nobody answers", ByRule: false, until);

    private static Decision Release(CreditAccount account) => HoldDecider.Release(account, Id, null, Facts);

    private static Func<CreditAccount, Decision> Apply(DecisionFacts facts) =>
        account => HoldDecider.Apply(Customer, account, facts);
}
