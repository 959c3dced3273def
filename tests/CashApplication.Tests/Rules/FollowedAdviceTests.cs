using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>A receipt follows an advice as long as something of what it told is applied, or may be.</summary>
public sealed class Advices_that_a_receipt_follows
{
    private static readonly Guid Advice = Ids.From("test", "advice");
    private static readonly Guid Other = Ids.From("test", "moved");
    private static readonly MoveTarget Elsewhere =
        new(Other, Ids.From("test", "invoice 2"), "INV-2", 1, Customer, Usd(40m));

    /// <summary>One line is refused, a person takes the other one back.</summary>
    [Fact]
    public void are_none_where_what_was_not_refused_is_taken_back()
    {
        var past = Rejected(Asked(), First, 60m);
        StateOf(past).FollowedAdvices.ShouldBe([Advice]);
        past = Then(past, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [Second], "wrong"));
        StateOf(past).FollowedAdvices.ShouldBeEmpty();
    }

    [Fact]
    public void are_none_where_all_was_refused() =>
        StateOf(Rejected(Rejected(Asked(), First, 60m), Second, 40m)).FollowedAdvices.ShouldBeEmpty();

    /// <summary>What goes on to another item is followed there, on its way too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void are_followed_until_what_went_on_is_gone_as_well(bool isTakenBack)
    {
        var past = Then(Rejected(Asked(), First, 60m), receipt =>
            ReceiptDecider.Confirm(receipt, ReceiptId, Second, Usd(40m)));
        past = Then(past, receipt => ReceiptDecider.Move(receipt, ReceiptId, Second, Elsewhere, "the other one"));
        StateOf(past).FollowedAdvices.ShouldBe([Advice]);
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, Second, Usd(40m), InTime));
        StateOf(past).Find(Other).ShouldNotBeNull();
        StateOf(past).FollowedAdvices.ShouldBe([Advice]);
        past = isTakenBack
            ? Then(past, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [Other], "wrong"))
            : Rejected(past, Other, 40m);
        StateOf(past).FollowedAdvices.ShouldBeEmpty();
    }

    [Fact]
    public void are_none_once_the_receipt_is_reversed() =>
        StateOf(Then(Asked(), receipt => ReceiptDecider.Reverse(receipt, ReceiptId, "nsf", "R01", Today)))
            .FollowedAdvices.ShouldBeEmpty();

    private static object[] Asked() =>
    [
        .. ReceiptDecider.Record(
            Receipt.Initial, Command(customer: Customer),
            Decided(Order(First, 60m), Order(Second, 40m)) with { RemittanceId = Advice }).Events,
    ];

    private static object[] Rejected(object[] past, Guid allocation, decimal amount) => Then(past, receipt =>
        ReceiptDecider.Reject(receipt, ReceiptId, allocation, Usd(amount), "invoice-void", "It is void.", InTime));
}
