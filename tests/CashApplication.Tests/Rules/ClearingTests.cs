using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>Money that was entered and that a statement shows.</summary>
public sealed class Entered_money_and_its_credit
{
    private static readonly Guid Stranger = Ids.From("test", "another customer");

    private static readonly ReceiptSource Source = new(Guid.Empty, "S-1", 1, 0, Today, ["E2E-77001"]);

    private static readonly Clearing Credit = new(
        new PayingAccount("US01-OTHER", "1001"), Source, new Payer("Globex"), ["thanks"], null, "000123",
        [new RemittanceLine("INV-1", null, Usd(100m), null, null, [])]);

    [Fact]
    public void have_all_that_either_tells()
    {
        var cleared = StateOf(Then(Recorded(Customer), receipt =>
            ReceiptDecider.Clear(receipt, ReceiptId, Credit, Today)));
        (cleared.CheckNumber, cleared.Documents.ShouldHaveSingleItem().DocumentNumber).ShouldBe(("000123", "INV-1"));

        // It was booked at its account when it was entered: it goes back from there.
        cleared.Accounts.Bank.ShouldBe("1000");
    }

    [Fact]
    public void are_not_the_same_where_they_are_two_customers_money()
    {
        Spec.Given(Recorded(Customer)).When(receipt => ReceiptDecider.Clear(
            receipt, ReceiptId, Credit with { CustomerId = Stranger }, Today)).ThenRefused("other-customer");
        Spec.Given(Banked(Customer)).When(receipt => ReceiptDecider.Announce(
            receipt, ReceiptId, new Announcement("ch_1", new Payer(), [], null, Stranger), InTime, Guid.Empty))
            .ThenRefused("other-customer");
    }

    [Fact]
    public void are_not_the_same_where_a_part_is_gone()
    {
        var past = Then(Recorded(Customer), receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(First, Usd(10m), "error"), InTime));
        Spec.Given(past).When(receipt => ReceiptDecider.Clear(receipt, ReceiptId, Credit, Today))
            .ThenRefused("receipt-partly-reversed");
    }

    /// <summary>Whose it is may be told; that its file is held nobody decides by it.</summary>
    [Fact]
    public void of_a_held_file_stay_held()
    {
        var held = ReceiptDecider.Record(
            Receipt.Initial, Command() with { Source = Source }, null, InTime.Aside(AsideReasons.Held, "held")).Events;
        var announced = StateOf(Then([.. held], receipt => ReceiptDecider.Announce(
            receipt, ReceiptId, new Announcement("ch_1", new Payer(), [], null, Customer), InTime, First)));
        (announced.Balance.CustomerId, announced.Aside!.Reason).ShouldBe((Customer, AsideReasons.Held));
    }

    /// <summary>The same receipt as a statement would have brought it.</summary>
    internal static object[] Banked(Guid? customer) =>
        [.. ReceiptDecider.Record(Receipt.Initial, Command(customer: customer) with { Source = Source }).Events];
}

/// <summary>What a person has decided about is not matched again.</summary>
public sealed class Money_that_a_person_had_a_hand_in
{
    private static readonly Guid Stranger = Ids.From("test", "another customer");

    [Fact]
    public void is_left_to_people_once_it_is_handed_on_or_a_rest_is_had_back()
    {
        var handed = Then(Recorded(Customer), receipt => ReceiptDecider.Transfer(
            receipt, ReceiptId, First, Stranger, Usd(40m), "theirs", InTime));
        StateOf(Recorded(Customer)).MayBeMatchedAgain.ShouldBeTrue();
        StateOf(handed).MayBeMatchedAgain.ShouldBeFalse();
        var back = Then(handed, receipt => ReceiptDecider.Undo(receipt, ReceiptId, "not theirs", InTime));
        StateOf(back).MayBeMatchedAgain.ShouldBeFalse();
        var rest = Then(Recorded(Customer), receipt => ReceiptDecider.WriteOffRest(
            receipt, ReceiptId, First, "small", Today, isAutomatic: true));
        rest = Then(rest, receipt => ReceiptDecider.Undo(receipt, ReceiptId, "not small", InTime));
        StateOf(rest).MayBeMatchedAgain.ShouldBeFalse();
    }

    /// <summary>What was on account is used: the decision only stops being the last one, and nothing moves.</summary>
    [Fact]
    public void moves_nothing_where_nothing_is_left_to_undo()
    {
        var kept = Then(Recorded(Customer), receipt => ReceiptDecider.KeepOnAccount(
            receipt, ReceiptId, First, Usd(40m)));
        var gone = Then(kept, receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Second, Usd(100m) - Usd(0.01m), "return"), InTime));
        var undone = Then(gone, receipt => ReceiptDecider.Undo(receipt, ReceiptId, "again", InTime));
        undone.OfType<TakenOffAccount>().ShouldAllBe(off => off.Amount.IsPositive);
    }
}
