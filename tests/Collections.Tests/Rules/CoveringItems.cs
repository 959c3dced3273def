using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Promises;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>What counts for a plan or a promise is what is no longer owed of what it is about.</summary>
public sealed class CoveringItems
{
    private static readonly DateOnly Today = new(2026, 4, 1);

    [Fact]
    public void what_is_given_up_beside_a_payment_is_settled_with_it() =>
        Settled(1000, 1000, Paid(1, 500), Paid(30, 500)).ShouldBe([(1, 500), (30, 500)]);

    /// <summary>300 of 1,000 are disputed, the plan is about the other 700.</summary>
    [Fact]
    public void a_credit_settles_what_the_plan_is_not_about_first()
    {
        Settled(700, 1000, Credited(5, 300)).ShouldBeEmpty();
        Settled(700, 1000, Credited(5, 300), Paid(9, 400)).ShouldBe([(9, 400)]);
        Settled(700, 1000, Paid(3, 400), Credited(5, 350)).ShouldBe([(3, 400), (5, 50)]);
        Settled(700, 1000, Credited(5, 1000)).ShouldBe([(5, 700)]);
    }

    [Fact]
    public void money_beyond_what_the_plan_is_about_settles_nothing_else() =>
        Settled(700, 1000, Paid(3, 600), Paid(5, 400)).ShouldBe([(3, 600), (5, 100)]);

    [Fact]
    public void what_was_raised_again_was_never_settled()
    {
        Settled(100, 100, Credited(5, 100), Credited(9, -100)).ShouldBeEmpty();
        Settled(100, 100, Credited(5, 60), Credited(9, -20), Paid(10, 30)).ShouldBe([(5, 40), (10, 30)]);
    }

    [Fact]
    public void what_is_written_off_is_not_settled_and_not_owed()
    {
        var item = Item(700, 1000, Paid(3, 400), WrittenOff(5, 300));

        item.Settled().Select(money => money.Amount).ShouldBe([Some.Usd(400)]);
        item.Left.ShouldBe(Some.Usd(0));
        Item(700, 1000, WrittenOff(5, 300)).Left.ShouldBe(Some.Usd(400));
    }

    /// <summary>Whatever happens in whatever order: settled and left are what the balances say.</summary>
    [Fact]
    public void it_is_judged_by_the_fall_of_what_is_covered()
    {
        var story = from open in Gen.Choose(1, 1000)
                    from covered in Gen.Choose(1, open)
                    from steps in Gen.Zip(Gen.Choose(0, 2), Gen.Zip(Gen.Choose(0, 60), Gen.Choose(1, 400))).ListOf()
                    select (Open: (decimal)open, Covered: (decimal)covered, Steps: steps.ToList());
        Prop.ForAll(story.ToArbitrary(), one =>
        {
            var balance = one.Open;
            var falls = new List<ItemFall>();
            foreach (var (kind, (day, wish)) in one.Steps)
            {
                var amount = Math.Min(wish, balance);
                balance -= amount;
                falls.Add(new ItemFall((FallKind)kind, Today.AddDays(day), Some.Usd(amount)));
            }

            var (paid, credited) = (Sum(falls, FallKind.Payment), Sum(falls, FallKind.Other));
            var item = new CoveredItem(Some.Usd(one.Covered), Some.Usd(one.Open), falls);
            var settled = Money.Sum(item.Settled().Select(money => money.Amount), Some.Dollar).Amount;
            return settled == Math.Min(one.Covered, paid + Math.Max(credited - (one.Open - one.Covered), 0))
                && item.Settled().All(money => money.Amount.IsPositive)
                && (balance > 0 || item.Left.IsZero)
                && item.Left.Amount <= balance;
        }).QuickCheckThrowOnFailure();

        static decimal Sum(List<ItemFall> falls, FallKind kind) =>
            falls.Where(fall => fall.Kind == kind).Sum(fall => fall.Amount.Amount);
    }

    [Fact]
    public void a_credit_counts_for_a_promise_as_far_as_less_is_owed_than_was_promised()
    {
        Received(700, 1000, 400, 300).ShouldBe(400);
        Received(700, 1000, 400, 500).ShouldBe(600);
        Received(1000, 1000, 700, 300).ShouldBe(1000);
        Received(500, 1000, 0, 1000).ShouldBe(500);

        static decimal Received(decimal promised, decimal open, decimal paid, decimal credited) =>
            PromiseDecider.Received(Some.Usd(promised), Some.Usd(open), Some.Usd(paid), Some.Usd(credited)).Amount;
    }

    private static IEnumerable<(int Day, decimal Amount)> Settled(
        decimal covered, decimal open, params IReadOnlyList<ItemFall> falls) =>
        Item(covered, open, falls).Settled()
            .Select(money => (money.ValueDate.DayNumber - Today.DayNumber, money.Amount.Amount));

    private static CoveredItem Item(decimal covered, decimal open, params IReadOnlyList<ItemFall> falls) =>
        new(Some.Usd(covered), Some.Usd(open), falls);

    private static ItemFall Paid(int day, decimal amount) => Fall(FallKind.Payment, day, amount);

    private static ItemFall Credited(int day, decimal amount) => Fall(FallKind.Other, day, amount);

    private static ItemFall WrittenOff(int day, decimal amount) => Fall(FallKind.GivenUp, day, amount);

    private static ItemFall Fall(FallKind kind, int day, decimal amount) =>
        new(kind, Today.AddDays(day), Some.Usd(amount));
}
