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

    private static Func<CreditAccount, Decision> Set(Money limit, DateOnly? expiresOn = null) =>
        account => LimitDecider.Set(account, limit, expiresOn, Today);
}
