using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Promises;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class JudgingPromises
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly PromisePolicy Policy = StandardPolicy.For("US01").Promises;
    private static readonly DeciderSpec<Promise> Spec = new(Promise.Initial, Promise.Evolve);
    private static readonly PromisedItem Item = new(Some.Id(), 1, "INV-1", Some.Usd(100), 3);
    private static readonly PromiseMade Made = new(
        "US01", Some.Id(), Some.Usd(100), Today.AddDays(5), Today.AddDays(8), Some.Usd(1), 0, [Item], null, null);

    [Fact]
    public void it_is_noted_with_its_last_day_of_grace_and_its_tolerance() =>
        Spec.Given().When(promise => PromiseDecider.Make(promise, Wish(100, 5), Policy, Today)).Then(Made);

    [Fact]
    public void its_level_is_that_of_the_item_that_was_promised_in_vain_most_often()
    {
        var wish = Wish(150, 5) with
        {
            Items = [new(Item, Some.Usd(100), 1), new(Item with { Installment = 2 }, Some.Usd(100), 3)],
        };

        Spec.Given().When(promise => PromiseDecider.Make(promise, wish, Policy, Today))
            .ThenState(promise => promise.Made!.Level.ShouldBe(3));
    }

    [Theory]
    [InlineData("0", 5, "no-amount")]
    [InlineData("100.01", 5, "more-than-open")]
    [InlineData("100", -1, "promise-date")]
    [InlineData("100", 91, "promise-date")]
    public void what_nobody_can_promise_is_refused(string amount, int days, string code) => Spec.Given()
        .When(promise => PromiseDecider.Make(promise, Wish(Amount(amount), days), Policy, Today)).ThenRefused(code);

    /// <summary>One dollar would leave all that is past due in peace for three months.</summary>
    [Theory]
    [InlineData("9.99", null, false)]
    [InlineData("10", null, true)]
    [InlineData("0.01", 0, true)]
    [InlineData("49.99", 50, false)]
    [InlineData("50", 50, true)]
    public void it_is_for_a_share_of_its_items_that_is_worth_waiting_for(string amount, int? percent, bool isMade)
    {
        var spec = Spec.Given().When(promise => PromiseDecider.Make(
            promise, Wish(Amount(amount), 5), Policy with { LeastPercent = percent }, Today));
        if (isMade)
            spec.ThenState(promise => promise.Made!.Amount.ShouldBe(Some.Usd(Amount(amount))));
        else
            spec.ThenRefused("promise-too-small");
    }

    [Fact]
    public void another_currency_or_nothing_to_pay_is_refused()
    {
        Spec.Given().When(promise => PromiseDecider.Make(
            promise, Wish(100, 5) with { Amount = Money.Of(100, "EUR") }, Policy, Today))
            .ThenRefused("other-currency");
        Spec.Given().When(promise => PromiseDecider.Make(promise, Wish(100, 5) with { Items = [] }, Policy, Today))
            .ThenRefused("nothing-to-pay");
    }

    [Theory]
    [InlineData("99", 0, PromiseStatus.Kept)]
    [InlineData("98.99", 8, PromiseStatus.Open)]
    [InlineData("0", 8, PromiseStatus.Open)]
    [InlineData("0", 9, PromiseStatus.Broken)]
    [InlineData("0.01", 9, PromiseStatus.PartlyKept)]
    [InlineData("100", 9, PromiseStatus.Kept)]
    public void it_is_judged_by_what_came_and_only_after_its_grace(string received, int day, PromiseStatus status) =>
        Spec.Given(Made)
            .When(promise => PromiseDecider.Judge(promise, Some.Usd(Amount(received)), Today.AddDays(day)))
            .ThenState(promise => promise.Status.ShouldBe(status));

    /// <summary>What we gave up of it in time is neither kept nor broken: what was still owed counts.</summary>
    [Theory]
    [InlineData("99.5", "0.5", 8, PromiseStatus.Kept)]
    [InlineData("60", "40", 0, PromiseStatus.Kept)]
    [InlineData("58.99", "40", 9, PromiseStatus.PartlyKept)]
    [InlineData("0", "40", 9, PromiseStatus.Broken)]
    [InlineData("0", "100", 8, PromiseStatus.Open)]
    [InlineData("0", "100", 9, PromiseStatus.Cancelled)]
    [InlineData("0", "99", 9, PromiseStatus.Cancelled)]
    [InlineData("0.01", "100", 9, PromiseStatus.Kept)]
    public void what_was_given_up_is_not_asked_of_it(string received, string given, int day, PromiseStatus status) =>
        Spec.Given(Made)
            .When(promise => PromiseDecider.Judge(
                promise, Some.Usd(Amount(received)), Today.AddDays(day), Some.Usd(Amount(given))))
            .ThenState(promise => promise.Status.ShouldBe(status));

    /// <summary>First goes what was not promised: after the credits, before the promise.</summary>
    [Theory]
    [InlineData(100, 100, 0, 30, 30)]
    [InlineData(100, 300, 0, 200, 0)]
    [InlineData(100, 300, 0, 250, 50)]
    [InlineData(100, 300, 200, 50, 50)]
    [InlineData(100, 300, 250, 50, 50)]
    [InlineData(100, 150, 20, 40, 10)]
    [InlineData(100, 150, -20, 60, 0)]
    [InlineData(100, 100, 0, -30, 0)]
    public void a_write_off_takes_first_what_was_open_beside_the_promise(
        int promised, int open, int credited, int writtenOff, int givenUp) =>
        PromiseDecider.GivenUp(
            Some.Usd(promised), Some.Usd(open), Some.Usd(credited), Some.Usd(writtenOff)).ShouldBe(Some.Usd(givenUp));

    [Fact]
    public void money_in_time_that_is_booked_late_keeps_a_promise_that_was_taken_for_broken()
    {
        var broken = new PromiseBroken(new PromiseOutcome(Made, Some.Usd(0)));

        Spec.Given(Made, broken).When(promise => PromiseDecider.Judge(promise, Some.Usd(100), Today.AddDays(20)))
            .Then(new PromiseKept(new PromiseOutcome(Made, Some.Usd(100))));
        Spec.Given(Made, broken).When(promise => PromiseDecider.Judge(promise, Some.Usd(0), Today.AddDays(20)))
            .ThenNothing();
    }

    /// <summary>It was written off, and the wire of the eighth day is booked on the twelfth.</summary>
    [Fact]
    public void money_in_time_that_is_booked_late_keeps_a_promise_that_was_given_up()
    {
        Decision Judge(Promise promise, int received, int givenUp) =>
            PromiseDecider.Judge(promise, Some.Usd(received), Today.AddDays(12), Some.Usd(givenUp));
        var gone = new PromiseCancelled(new PromiseOutcome(Made, Some.Usd(0), Some.Usd(100)));

        Spec.Given(Made).When(promise => Judge(promise, 0, 100)).Then(gone);
        Spec.Given(Made, gone).When(promise => Judge(promise, 0, 100)).ThenNothing();
        Spec.Given(Made, gone).When(promise => Judge(promise, 100, 0))
            .Then(new PromiseKept(new PromiseOutcome(Made, Some.Usd(100))));
        Spec.Given(Made, gone).When(promise => Judge(promise, 30, 0))
            .Then(new PromisePartlyKept(new PromiseOutcome(Made, Some.Usd(30))));
        Spec.Given(Made, gone).When(PromiseDecider.Cancel).ThenNothing();
    }

    [Fact]
    public void money_taken_back_opens_it_again_while_there_is_time_and_breaks_it_afterwards()
    {
        var kept = new PromiseKept(new PromiseOutcome(Made, Some.Usd(100)));

        Spec.Given(Made, kept).When(promise => PromiseDecider.Judge(promise, Some.Usd(0), Today.AddDays(6)))
            .Then(new PromiseReopened(new PromiseOutcome(Made, Some.Usd(0))));
        Spec.Given(Made, kept).When(promise => PromiseDecider.Judge(promise, Some.Usd(0), Today.AddDays(9)))
            .Then(new PromiseBroken(new PromiseOutcome(Made, Some.Usd(0))));
    }

    [Fact]
    public void it_is_taken_back_once_and_not_after_it_was_judged()
    {
        var cancelled = new PromiseCancelled(new PromiseOutcome(Made, Some.Usd(0)));

        Spec.Given(Made).When(PromiseDecider.Cancel).Then(cancelled);
        Spec.Given(Made, cancelled).When(PromiseDecider.Cancel).ThenNothing();
        Spec.Given(Made, cancelled).When(promise => PromiseDecider.Judge(promise, Some.Usd(100), Today.AddDays(9)))
            .ThenNothing();
        Spec.Given(Made, new PromiseBroken(new PromiseOutcome(Made, Some.Usd(0)))).When(PromiseDecider.Cancel)
            .ThenRefused("promise-judged");
    }

    /// <summary>Whatever comes and goes on whatever days, the last word depends on the last facts alone.</summary>
    [Fact]
    public void the_order_in_which_money_became_known_does_not_matter() =>
        Prop.ForAll(
            Gen.Choose(0, 110).ListOf().ToArbitrary(), Gen.Choose(0, 110).ToArbitrary(),
            (detours, last) =>
            {
                var state = Promise.Evolve(Promise.Initial, Made);
                foreach (var (received, day) in detours.Append(last).Select((received, day) => (received, day)))
                {
                    state = PromiseDecider.Judge(state, Some.Usd(received), Today.AddDays(day)).Events
                        .Aggregate(state, Promise.Evolve);
                }

                var direct = Promise.Evolve(Promise.Initial, Made);
                direct = PromiseDecider.Judge(direct, Some.Usd(last), Today.AddDays(detours.Count)).Events
                    .Aggregate(direct, Promise.Evolve);
                return state.Status == direct.Status;
            }).QuickCheckThrowOnFailure();

    private static decimal Amount(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static PromiseWish Wish(decimal amount, int days) => new(
        "US01", Made.CustomerId, Some.Usd(amount), Today.AddDays(days), [new(Item, Some.Usd(100), 0)], null, null);
}
