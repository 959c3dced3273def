using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-23: whoever or whatever sets money aside, it has a day by which somebody should have looked.</summary>
public sealed class Money_that_is_set_aside
{
    private static readonly DateOnly ToIdentify = Today.AddDays(3);
    private static readonly DateOnly ToResolve = Today.AddDays(5);

    [Fact]
    public void waits_for_its_owner_as_long_as_the_policy_says()
    {
        var decision = Ids.From("test", "identified");
        var past = Then(Then(Recorded(null), receipt =>
                ReceiptDecider.Identify(receipt, ReceiptId, Customer, "person", InTime, decision)),
            receipt => ReceiptDecider.Undo(receipt, ReceiptId, "not theirs", InTime));
        AsideOf(past).ShouldBe((AsideReasons.Unidentified, ToIdentify));
    }

    [Fact]
    public void has_a_day_when_it_is_refused() => AsideOf(Then(Recorded(Customer, Order(First, 60m)), receipt =>
            ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "invoice-void", "Void.", InTime)))
        .ShouldBe((AsideReasons.Rejected, ToResolve));

    [Fact]
    public void has_a_day_when_it_is_taken_back() => AsideOf(Then(
            Then(Confirmed(), receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong")),
            receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime)))
        .ShouldBe((AsideReasons.TakenBack, ToResolve));

    [Fact]
    public void has_a_day_when_it_comes_off_the_account() => AsideOf(Then(
            Then(Recorded(Customer), receipt =>
                ReceiptDecider.KeepOnAccount(receipt, ReceiptId, Second, Usd(40m))),
            receipt => ReceiptDecider.TakeOffAccount(receipt, ReceiptId, Usd(10m), InTime)))
        .ShouldBe((AsideReasons.Unexplained, ToResolve));

    [Fact]
    public void has_a_day_when_a_refund_ends()
    {
        var reserved = Then(Recorded(Customer), receipt =>
            ReceiptDecider.ReserveRefund(receipt, ReceiptId, Second, Usd(40m)));
        AsideOf(Then(reserved, receipt => ReceiptDecider.ReleaseRefund(receipt, ReceiptId, Second, "no", InTime)))
            .ShouldBe((AsideReasons.Unexplained, ToResolve));
        var paid = Then(reserved, receipt => ReceiptDecider.PayRefund(receipt, ReceiptId, Second, Chase, Today));
        AsideOf(Then(paid, receipt =>
                ReceiptDecider.ReturnRefund(receipt, ReceiptId, Second, Chase, "account closed", InTime)))
            .ShouldBe((AsideReasons.Unexplained, ToResolve));
    }

    /// <summary>Who looks after the queue looks after what waits in it, unless somebody is told to.</summary>
    [Fact]
    public void has_the_owner_of_its_queue_until_somebody_takes_it()
    {
        var owned = InTime with
        {
            Owners =
            [
                new QueueOwner(AsideReasons.TakenBack, "team-2"), new QueueOwner(AsideReasons.Rejected, "team-1"),
            ],
        };
        var past = Then(Recorded(Customer, Order(First, 60m), Order(Second, 40m)), receipt =>
            ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "invoice-void", "Void.", owned));
        StateOf(past).Owner.ShouldBe("team-1");
        var taken = Then(past, receipt => ReceiptDecider.Assign(receipt, ReceiptId, "ana"));
        StateOf(Back(taken)).Owner.ShouldBe("ana");
        StateOf(Then(Back(taken), receipt => ReceiptDecider.Assign(receipt, ReceiptId, null))).Owner.ShouldBe("team-2");
        StateOf(Back(past)).Owner.ShouldBe("team-2");

        object[] Back(object[] before) => Then(
            Then(before, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, Second, Usd(40m))),
            receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, Second, Usd(40m), owned));
    }

    private static (string, DateOnly?) AsideOf(object[] past) =>
        StateOf(past).Aside is { } aside ? (aside.Reason, aside.DueOn) : ("", null);
}
