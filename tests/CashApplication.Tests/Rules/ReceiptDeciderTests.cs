using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class Refunds_of_a_reversed_receipt
{
    /// <summary>I-18: what a bank took back is not paid back too.</summary>
    [Fact]
    public void are_released_and_not_paid()
    {
        var refund = Ids.From("test", "refund");
        var reserved = Then(Recorded(Customer), receipt =>
            ReceiptDecider.ReserveRefund(receipt, ReceiptId, refund, Usd(40m)));
        var reversed = Then(reserved, receipt =>
            ReceiptDecider.Reverse(receipt, ReceiptId, "nsf", null, Today));
        StateOf(reversed).Balance.ShouldBe(0m, 0m, 0m, 100m);
        StateOf(reversed).Refunds.ShouldBeEmpty();
        Spec.Given(reversed).When(receipt => ReceiptDecider.PayRefund(receipt, ReceiptId, refund, Chase, Today))
            .ThenRefused("receipt-reversed");
    }
}

public sealed class Recording_a_receipt
{
    [Fact]
    public void of_an_unknown_payer_books_unidentified_cash()
    {
        var recorded = Recorded(null).ShouldHaveSingleItem().ShouldBeOfType<ReceiptRecorded>();
        recorded.Balance.Status.ShouldBe(ReceiptStatus.Unidentified);
        recorded.Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("1000", 100m, 0m), ("2410", 0m, 100m)]);
    }

    [Fact]
    public void of_a_known_payer_books_unapplied_cash() => Recorded(Customer).ShouldHaveSingleItem()
        .ShouldBeOfType<ReceiptRecorded>().Entry.Lines[1].Account.ShouldBe("2400");

    [Fact]
    public void with_a_match_asks_for_it_at_once()
    {
        var state = StateOf(Recorded(Customer, Order(First, 60m), Order(Second, 40m)));
        state.Balance.ShouldBe(unapplied: 0, pending: 100, applied: 0, reversed: 0);
        state.InOrder().Select(allocation => allocation.Status)
            .ShouldAllBe(status => status == AllocationStatus.Pending);
    }

    [Fact]
    public void twice_is_once() => Spec.Given(Recorded(Customer))
        .When(receipt => ReceiptDecider.Record(receipt, Command())).ThenNothing();

    [Fact]
    public void of_nothing_is_refused() => Spec.Given()
        .When(receipt => ReceiptDecider.Record(receipt, Command(0m))).ThenRefused("amount-not-positive");

    [Fact]
    public void by_an_unknown_method_is_refused() => Spec.Given()
        .When(receipt => ReceiptDecider.Record(receipt, Command(method: "shells"))).ThenRefused("unknown-method");

    [Fact]
    public void never_asks_for_more_than_it_is() => Spec.Given()
        .When(receipt => ReceiptDecider.Record(
            receipt, Command(customer: Customer), Decided(Order(First, 100.01m))))
        .ThenRefused("exceeds-unapplied");
}

public sealed class Identifying_a_receipt
{
    [Fact]
    public void moves_unidentified_to_unapplied_cash()
    {
        var identified = ReceiptDecider.Identify(StateOf(Recorded(null)), ReceiptId, Customer, "person", InTime)
            .Events.ShouldHaveSingleItem().ShouldBeOfType<ReceiptIdentified>();
        identified.Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("2410", 100m, 0m), ("2400", 0m, 100m)]);
        identified.Balance.CustomerId.ShouldBe(Customer);
    }

    [Fact]
    public void twice_is_once() => Spec.Given(Recorded(Customer))
        .When(receipt => ReceiptDecider.Identify(receipt, ReceiptId, Customer, "person", InTime)).ThenNothing();

    [Fact]
    public void as_somebody_elses_is_refused() => Spec.Given(Recorded(Customer))
        .When(receipt => ReceiptDecider.Identify(receipt, ReceiptId, Invoice, "person", InTime))
        .ThenRefused("receipt-identified");

    [Fact]
    public void that_does_not_exist_is_refused() => Spec.Given()
        .When(receipt => ReceiptDecider.Identify(receipt, ReceiptId, Customer, "person", InTime))
        .ThenRefused("not-found");

    [Fact]
    public void happens_by_allocating_it()
    {
        var state = StateOf(Then(Recorded(null),
            receipt => ReceiptDecider.Request(
                receipt, ReceiptId, Customer, "allocation", Decided(Order(First, 30m)), Today)));
        state.Balance.CustomerId.ShouldBe(Customer);
        state.Balance.ShouldBe(unapplied: 70, pending: 30, applied: 0, reversed: 0);
    }
}

public sealed class Answers_of_invoicing
{
    private static readonly object[] Asked = Recorded(Customer, Order(First, 60m));

    [Fact]
    public void confirm() => StateOf(Confirmed()).Balance.ShouldBe(unapplied: 40, pending: 0, applied: 60, reversed: 0);

    [Fact]
    public void confirm_once() => Spec.Given(Confirmed())
        .When(receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m))).ThenNothing();

    [Fact]
    public void return_the_money_and_say_why()
    {
        var state = StateOf(Then(Asked,
            receipt => ReceiptDecider.Reject(
                receipt, ReceiptId, First, Usd(60m), "exceeds-balance", "Nothing is open.", InTime)));
        state.Balance.ShouldBe(unapplied: 100, pending: 0, applied: 0, reversed: 0);
        state.Find(First)!.Answer.ShouldBe("Nothing is open.");
        state.Aside!.Reason.ShouldBe(AsideReasons.Rejected);
    }

    /// <summary>What was a small rest of a payment is none of a payment that was refused.</summary>
    [Fact]
    public void return_the_rest_that_was_given_up_beside_it()
    {
        var asked = Then(Recorded(Customer), receipt => ReceiptDecider.Request(
            receipt, ReceiptId, Customer, "invoice-number",
            Decided(Order(First, 60m), Order(Second, 39.98m)) with { Rest = RestTreatment.WriteOff }, Today));
        StateOf(asked).Balance.TotalWrittenOff.ShouldBe(Usd(0.02m));
        var refused = Then(asked, receipt =>
            ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "exceeds-balance", "Paid.", InTime));
        StateOf(refused).Balance.TotalWrittenOff.ShouldBe(Usd(0m));
        StateOf(refused).Balance.ShouldBe(unapplied: 60.02m, pending: 39.98m, applied: 0, reversed: 0);
        refused.OfType<RestWriteOffReversed>().ShouldHaveSingleItem().Entry.Lines
            .Sum(line => line.Debit.Amount).ShouldBe(0.02m);
        var both = Then(refused, receipt =>
            ReceiptDecider.Reject(receipt, ReceiptId, Second, Usd(39.98m), "exceeds-balance", "Paid.", InTime));
        StateOf(both).Balance.ShouldBe(unapplied: 100, pending: 0, applied: 0, reversed: 0);
    }

    [Fact]
    public void reject_once()
    {
        Spec.Given(Then(Asked, Reject)).When(Reject).ThenNothing();

        static Decision Reject(Receipt receipt) =>
            ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "exceeds-balance", "x", InTime);
    }

    [Fact]
    public void that_contradict_an_earlier_one_are_for_a_person() => Spec.Given(Confirmed())
        .When(receipt => ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "exceeds-balance", "x", InTime))
        .ThenRefused("contradicting-answer");

    [Fact]
    public void about_another_amount_are_for_a_person() => Spec.Given(Asked)
        .When(receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(61m)))
        .ThenRefused("contradicting-answer");

    [Fact]
    public void to_nothing_asked_are_for_a_person() => Spec.Given(Asked)
        .When(receipt => ReceiptDecider.Confirm(receipt, ReceiptId, Second, Usd(60m))).ThenRefused("not-found");

    [Fact]
    public void may_overtake_each_other()
    {
        var past = Then(Asked, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 100, pending: 0, applied: 0, reversed: 0);
        Spec.Given(past).When(receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m))).ThenNothing();
    }
}

public sealed class Taking_an_allocation_back
{
    [Fact]
    public void waits_for_invoicing_and_then_frees_the_money()
    {
        var asked = Then(Confirmed(), receipt =>
            ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong item"));
        StateOf(asked).Balance.ShouldBe(unapplied: 40, pending: 60, applied: 0, reversed: 0);
        var back = Then(asked, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(back).Balance.ShouldBe(unapplied: 100, pending: 0, applied: 0, reversed: 0);
        Spec.Given(back).When(receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime))
            .ThenNothing();
        Spec.Given(back).When(receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m))).ThenNothing();
    }

    [Fact]
    public void twice_asks_once() => Spec
        .Given(Then(Confirmed(), receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong item")))
        .When(receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong item")).ThenNothing();

    [Fact]
    public void while_it_is_pending_is_done_as_soon_as_it_is_confirmed()
    {
        var past = Then(Recorded(Customer, Order(First, 60m)),
            receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong item"));
        past[^1].ShouldBeOfType<AllocationsWithdrawn>();
        StateOf(past).Balance.ShouldBe(unapplied: 40, pending: 60, applied: 0, reversed: 0);
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m)));
        past[^1].ShouldBeOfType<AllocationReversalsRequested>().Reason.ShouldBe("wrong item");
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 100, pending: 0, applied: 0, reversed: 0);
    }

    [Fact]
    public void needs_a_reason() => Spec.Given(Confirmed())
        .When(receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], " "))
        .ThenRefused("reason-required");
}

public sealed class Reversing_a_receipt
{
    private static object[] Reversed(object[] past) =>
        Then(past, receipt => ReceiptDecider.Reverse(receipt, ReceiptId, "nsf", "R01", Today));

    [Fact]
    public void that_is_unapplied_is_done_at_once()
    {
        var past = Reversed(Recorded(Customer));
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 0, applied: 0, reversed: 100);
        past[^1].ShouldBeOfType<ReceiptReversed>().Entry.Lines.Select(line => (line.Account, line.Debit.Amount))
            .ShouldBe([("2400", 100m), ("1000", 0m)]);
    }

    [Fact]
    public void asks_back_what_is_applied()
    {
        var past = Reversed(Confirmed());
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 60, applied: 0, reversed: 40);
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 0, applied: 0, reversed: 100);
    }

    [Fact]
    public void asks_back_what_is_confirmed_only_after_it()
    {
        var past = Reversed(Recorded(Customer, Order(First, 60m)));
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 60, applied: 0, reversed: 40);
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m)));
        past[^1].ShouldBeOfType<AllocationReversalsRequested>();
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 60, applied: 0, reversed: 40);
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 0, applied: 0, reversed: 100);
    }

    [Fact]
    public void lets_go_what_is_rejected_after_it()
    {
        var past = Then(Reversed(Recorded(Customer, Order(First, 60m))),
            receipt => ReceiptDecider.Reject(receipt, ReceiptId, First, Usd(60m), "invoice-void", "Void.", InTime));
        StateOf(past).Balance.ShouldBe(unapplied: 0, pending: 0, applied: 0, reversed: 100);
    }

    [Fact]
    public void twice_is_once() => Spec.Given(Reversed(Confirmed()))
        .When(receipt => ReceiptDecider.Reverse(receipt, ReceiptId, "nsf", "R01", Today)).ThenNothing();

    [Fact]
    public void for_no_known_reason_is_refused() => Spec.Given(Confirmed())
        .When(receipt => ReceiptDecider.Reverse(receipt, ReceiptId, "mood", null, Today)).ThenRefused("unknown-reason");

    [Fact]
    public void ends_its_use() => Spec.Given(Reversed(Recorded(Customer)))
        .When(receipt => ReceiptDecider.Request(
                receipt, ReceiptId, Customer, "allocation", Decided(Order(First, 1m)), Today))
        .ThenRefused("receipt-reversed");
}
