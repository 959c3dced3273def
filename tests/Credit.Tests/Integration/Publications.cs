using OrderToCash.Contracts;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Credit.Integration;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Integration;

public sealed class Publications
{
    [Fact]
    public void a_limit_says_why_it_was_set() =>
        Published(Limit(100, Today), "annual review")
            .ShouldBe(new CreditLimitSet(Customer, new MoneyAmount(100, "USD"), "annual review", Today));

    [Fact]
    public void an_approval_carries_what_is_reserved_and_left()
    {
        var message = Published(Approved("SO-1", 40, Exposure(), 100)).ShouldBeOfType<OrderDecided>();
        (message.CustomerId, message.OrderId, message.Decision).ShouldBe((Customer, "SO-1", "approved"));
        (message.Amount, message.Reserved, message.Available)
            .ShouldBe((new MoneyAmount(40, "USD"), new MoneyAmount(40, "USD"), new MoneyAmount(60, "USD")));
        message.Reasons.ShouldBeEmpty();
    }

    [Fact]
    public void a_held_order_carries_all_reasons_and_reserves_nothing()
    {
        var message = Published(new OrderHeld(
            "SO-1", Usd(40), [new OrderReason("no-limit", "None."), new OrderReason("over-limit", "Over.")], Exposure(),
            Usd(-1)))
            .ShouldBeOfType<OrderDecided>();
        message.Decision.ShouldBe("held");
        message.Reserved.ShouldBe(new MoneyAmount(0, "USD"));
        message.Reasons.ShouldBe([new DecisionReason("no-limit", "None."), new DecisionReason("over-limit", "Over.")]);
    }

    [Theory]
    [InlineData("released")]
    [InlineData("cancelled")]
    [InlineData("approved")]
    public void later_decisions_are_told_too(string decision)
    {
        object e = decision switch
        {
            "released" => new OrderReleased("SO-1", Usd(40), Usd(40), [], Exposure(orders: 40), Usd(-40)),
            "cancelled" => new OrderCancelled("SO-1", Usd(40), Exposure(), Usd(0)),
            _ => new OrderReduced("SO-1", Usd(40), Usd(40), Exposure(orders: 40), Usd(-40)),
        };
        Published(e).ShouldBeOfType<OrderDecided>().Decision.ShouldBe(decision);
    }

    [Fact]
    public void what_other_services_said_is_not_said_again() =>
        CreditPublications.Create().Of(Stored(Receivable(1, 1, Exposure()))).ShouldBeEmpty();

    private static object Published(object e, string? reason = null)
    {
        var message = CreditPublications.Create().Of(Stored(e, reason)).ShouldHaveSingleItem();
        message.MessageId.ShouldBe(Ids.From("event", "1"));
        return message.Contract;
    }
}
