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
        Spec.Given(Opened, Manual("manual")).When(account => HoldDecider.Release(account, Id))
            .Then(new HoldReleased(Id, "manual"));
        Spec.Given(Opened).When(account => HoldDecider.Release(account, Id)).ThenNothing();
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
    public void who_uses_too_much_is_held_where_the_policy_says_so()
    {
        var facts = With(policy => policy with { Holds = policy.Holds with { OverLimitPercent = 110 } });
        Spec.Given(Opened, Limit(100), Receivable(110, 110, Exposure())).When(Apply(facts)).ThenNothing();
        Spec.Given(Opened, Limit(100), Receivable(111, 111, Exposure())).When(Apply(facts))
            .ThenState(account => account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe("over-limit-hold"));
    }

    [Fact]
    public void a_bounced_payment_holds_until_nothing_is_overdue()
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

    private static Func<CreditAccount, Decision> Apply(DecisionFacts facts) =>
        account => HoldDecider.Apply(Customer, account, facts);
}
