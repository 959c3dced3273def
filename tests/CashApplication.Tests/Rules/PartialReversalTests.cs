using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-14: a bank takes a part of a receipt back.</summary>
public sealed class A_part_of_a_receipt_that_is_taken_back
{
    private static readonly Guid Part = Ids.From("test", "part");

    private static readonly CreditPart Memo = new(Ids.From("test", "memo"), "CM-1", Usd(40m));

    /// <summary>100.00, of which 60.00 are applied and 30.00 asked for.</summary>
    private static object[] Applied => Then(
        Then(Recorded(Customer, Order(First, 60m)), receipt =>
            ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m))),
        receipt => ReceiptDecider.Request(
            receipt, ReceiptId, Customer, "allocation", Decided(Order(Second, 30m)), Today));

    [Fact]
    public void is_free_money_first()
    {
        var past = Reversed(Applied, 10m);
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 30m, applied: 60m, reversed: 10m);
        var entry = past.OfType<ReceiptPartlyReversed>().Single().Entry;
        entry.Lines.Select(line => (line.Role, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("unapplied-cash", 10m, 0m), ("bank", 0m, 10m)]);
    }

    [Fact]
    public void is_then_an_allocation_of_which_the_rest_stays_applied()
    {
        var past = Reversed(Applied, 25m);
        past.OfType<AllocationReversalsRequested>().ShouldHaveSingleItem().ByPerson.ShouldBeFalse();
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 90m, applied: 0m, reversed: 10m);
        StateOf(past).Balance.StillOwed.ShouldBe(Usd(15m));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 75m, applied: 0m, reversed: 25m);
        var again = past.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem();
        (again.InvoiceId, again.Amount).ShouldBe((Invoice, Usd(45m)));
        StateOf(past).Balance.StillOwed.IsZero.ShouldBeTrue();
    }

    [Fact]
    public void is_taken_from_the_allocation_that_is_named()
    {
        var past = Then(Applied, receipt => ReceiptDecider.ReversePart(receipt, ReceiptId,
            new PartialReversal(Part, Usd(40m), "chargeback", null, [Second]), InTime));
        past.OfType<AllocationReversalsRequested>().ShouldBeEmpty();
        past.OfType<AllocationsWithdrawn>().ShouldHaveSingleItem().AllocationIds.ShouldBe([Second]);
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, Second, Usd(30m)));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, Second, Usd(30m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 0m, applied: 60m, reversed: 40m);
        StateOf(past).Balance.Status.ShouldBe(ReceiptStatus.Applied);
    }

    [Fact]
    public void is_the_receipt_where_nothing_else_is_left()
    {
        var past = Reversed(Reversed(Recorded(Customer), 30m), 70m, Ids.From("test", "rest"));
        StateOf(past).Balance.IsReversed.ShouldBeTrue();
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 0m, applied: 0m, reversed: 100m);
        past.OfType<ReceiptReversed>().Single().Entry.Lines.Sum(line => line.Credit.Amount).ShouldBe(70m);
    }

    [Fact]
    public void is_not_more_than_is_left() => Spec.Given(Applied)
        .When(receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Part, Usd(100.01m), "chargeback"), InTime))
        .ThenRefused("exceeds-receipt");

    /// <summary>What is kept back for a refund is not taken a second time.</summary>
    [Fact]
    public void is_not_what_is_kept_back_for_a_refund()
    {
        var reserved = Then(Recorded(Customer), receipt =>
            ReceiptDecider.ReserveRefund(receipt, ReceiptId, Second, Usd(40m)));
        Spec.Given(reserved).When(receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Part, Usd(60.01m), "chargeback"), InTime))
            .ThenRefused("exceeds-receipt");
        StateOf(Reversed(reserved, 60m)).Balance.ShouldBe(unapplied: 0m, pending: 40m, applied: 0m, reversed: 60m);
    }

    /// <summary>Of what Invoicing has not answered yet only the part is taken, once the answer comes.</summary>
    [Fact]
    public void is_of_a_waiting_allocation_what_is_needed_and_the_rest_stays_applied()
    {
        var past = Then(Applied, receipt => ReceiptDecider.ReversePart(receipt, ReceiptId,
            new PartialReversal(Part, Usd(15m), "chargeback", null, [Second]), InTime));
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, Second, Usd(30m)));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, Second, Usd(30m), InTime));
        past.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem().Amount.ShouldBe(Usd(25m));
        StateOf(past).Balance.ShouldBe(unapplied: 0m, pending: 25m, applied: 60m, reversed: 15m);
    }

    /// <summary>
    /// The credit memo beside what stays may be somebody else's by the time it is asked for again: the money alone
    /// stays applied then, and a person sees it only where the item does not take that either.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void leaves_the_rest_applied_where_its_credit_memo_is_gone(bool isTakenAlone)
    {
        var past = Then(WithMemo(), receipt =>
            ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime, [Memo.CreditMemoId]));
        var kept = LastAsked(past);
        (kept.Amount, kept.Credits!.Single()).ShouldBe((Usd(40m), Memo));
        object[] rejected = Then(past, receipt => ReceiptDecider.Reject(
            receipt, ReceiptId, kept.AllocationId, Usd(40m), "exceeds-open", "Nothing of CM-1 is open.", InTime));
        var alone = LastAsked(rejected);
        (alone.InvoiceId, alone.Amount, alone.Credits).ShouldBe((Invoice, Usd(40m), null));
        alone.AllocationId.ShouldNotBe(kept.AllocationId);
        StateOf(rejected).Aside.ShouldBeNull();
        Spec.Given(rejected).When(receipt => ReceiptDecider.Reject(
            receipt, ReceiptId, kept.AllocationId, Usd(40m), "exceeds-open", "Nothing of CM-1 is open.", InTime))
            .ThenNothing();

        past = Then(rejected, receipt => isTakenAlone
            ? ReceiptDecider.Confirm(receipt, ReceiptId, alone.AllocationId, Usd(40m))
            : ReceiptDecider.Reject(
                receipt, ReceiptId, alone.AllocationId, Usd(40m), "invoice-void", "It is void.", InTime));
        StateOf(past).Balance.ShouldBe(
            unapplied: isTakenAlone ? 0m : 40m, pending: 0m, applied: isTakenAlone ? 40m : 0m, reversed: 60m);
        (StateOf(past).Aside?.Reason).ShouldBe(isTakenAlone ? null : AsideReasons.Rejected);
    }

    /// <summary>What a person or another part takes back meanwhile is not asked for alone.</summary>
    [Fact]
    public void leaves_nothing_applied_that_is_not_wanted_any_more()
    {
        var past = Then(WithMemo(), receipt =>
            ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime, [Memo.CreditMemoId]));
        var kept = LastAsked(past);
        past = Then(past, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [kept.AllocationId], "wrong"));
        past = Then(past, receipt => ReceiptDecider.Reject(
            receipt, ReceiptId, kept.AllocationId, Usd(40m), "exceeds-open", "Nothing of CM-1 is open.", InTime));
        LastAsked(past).ShouldBe(kept);
        StateOf(past).Balance.ShouldBe(unapplied: 40m, pending: 0m, applied: 0m, reversed: 60m);
    }

    /// <summary>A person may take it off its item for good before Invoicing has answered what the bank asked.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void leaves_nothing_applied_that_a_person_takes_off_while_the_answer_is_on_its_way(bool isApplied)
    {
        var (id, amount) = isApplied ? (First, 60m) : (Second, 30m);
        var past = Then(Applied, receipt => ReceiptDecider.ReversePart(receipt, ReceiptId,
            new PartialReversal(Part, Usd(15m), "chargeback", null, [id]), InTime));
        past = Then(past, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [id], "wrong"));
        Spec.Given(past).When(receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [id], "wrong")).ThenNothing();
        if (!isApplied)
            past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, id, Usd(amount)));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, id, Usd(amount), InTime));
        past.OfType<AllocationsRequested>().Count().ShouldBe(2);
        var (pending, applied) = isApplied ? (30m, 0m) : (0m, 60m);
        StateOf(past).Balance.ShouldBe(unapplied: 85m - pending - applied, pending, applied, reversed: 15m);
    }

    [Fact]
    public void is_taken_once_however_often_it_is_told()
    {
        var past = Reversed(Applied, 10m);
        Spec.Given(past).When(receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Part, Usd(10m), "chargeback"), InTime)).ThenNothing();
        Spec.Given(past).When(receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Part, Usd(11m), "chargeback"), InTime))
            .ThenRefused("no-such-reversal");
    }

    /// <summary>100.00, of which 60.00 were applied with a credit memo; 60.00 of the receipt are taken back.</summary>
    private static object[] WithMemo()
    {
        var past = Recorded(Customer, Order(First, 60m) with { Credits = [Memo] });
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m), Usd(40m)));
        return Reversed(past, 60m);
    }

    private static RequestedAllocation LastAsked(object[] past) =>
        past.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem();

    private static object[] Reversed(object[] past, decimal amount, Guid? part = null) => Then(past, receipt =>
        ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(part ?? Part, Usd(amount), "chargeback", "R10"), InTime));
}
