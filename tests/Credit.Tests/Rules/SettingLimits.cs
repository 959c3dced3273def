using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class SettingLimits
{
    [Fact]
    public void a_limit_is_set_and_the_same_again_is_nothing()
    {
        Spec.Given(Opened).When(Set(Usd(100))).Then(Limit(100));
        Spec.Given(Opened, Limit(100)).When(Set(Usd(100))).ThenNothing();
        Spec.Given(Opened, Limit(100)).When(Set(Usd(100), Today)).Then(Limit(100, Today));
    }

    [Fact]
    public void a_limit_below_what_is_owed_is_set_and_leaves_approved_orders_alone() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 100, Exposure(), 100)).When(Set(Usd(10)))
            .Then(Limit(10))
            .ThenState(account =>
            {
                account.Orders["SO-1"].IsApproved.ShouldBeTrue();
                OrderRules.Judge(Customer, account, Facts).Reasons.Select(hold => hold.Code)
                    .ShouldBe(["over-limit"]);
            });

    [Fact]
    public void a_limit_is_in_the_currency_of_the_account() =>
        Spec.Given(Opened).When(Set(Eur(100))).ThenRefused("other-currency").Field.ShouldBe("/limit");

    [Fact]
    public void a_limit_cannot_have_expired_before_it_is_set()
    {
        Spec.Given(Opened).When(Set(Usd(100), Today.AddDays(-1))).ThenRefused("expiry-in-the-past");
        Spec.Given(Opened).When(Set(Usd(100), Today)).Then(Limit(100, Today));
    }

    /// <summary>I-19: what gives credit back is more credit, whatever it takes away for some days.</summary>
    [Theory]
    [InlineData(0, 30, null)]
    [InlineData(0, 29, 100)]
    [InlineData(50, 30, 50)]
    [InlineData(200, 5, 200)]
    public void more_on_any_day_from_today_on_raises_a_limit(int amount, int days, int? raised)
    {
        var before = Account(Limit(100), Temporary(0, 30));
        var after = CreditAccount.Evolve(before, Temporary(amount, days));
        (CreditLimit.Raised(before, after, Today, Facts.Policy.Policy.Limits)?.Amount)
            .ShouldBe(raised is { } most ? most : (decimal?)null);
    }

    [Fact]
    public void the_end_of_a_lower_limit_for_some_days_raises_and_that_of_a_higher_one_does_not()
    {
        var lower = Account(Limit(100), Temporary(0, 30));
        Raised(lower, new TemporaryLimitWithdrawn()).ShouldBe(Usd(100));
        var higher = Account(Limit(100), Temporary(500, 30));
        Raised(higher, new TemporaryLimitWithdrawn()).ShouldBeNull();
        Raised(Account(Limit(100, Today.AddDays(5))), Limit(100, Today.AddDays(6))).ShouldBe(Usd(100));
        Raised(Account(Limit(100)), Limit(90)).ShouldBeNull();

        static Money? Raised(CreditAccount before, object e) =>
            CreditLimit.Raised(before, CreditAccount.Evolve(before, e), Today, Facts.Policy.Policy.Limits);
    }

    private static TemporaryLimitSet Temporary(decimal amount, int days) =>
        new(Usd(amount), Today, Today.AddDays(days));

    private static CreditAccount Account(params object[] events) =>
        events.Prepend(Opened).Aggregate(CreditAccount.Initial, CreditAccount.Evolve);

    private static Func<CreditAccount, Decision> Set(Money limit, DateOnly? expiresOn = null) =>
        account => LimitDecider.Set(account, limit, expiresOn, Today);
}
