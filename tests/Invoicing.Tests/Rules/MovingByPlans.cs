using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>Which due dates a payment plan moves, whenever and in whatever order its requests are heard of.</summary>
public class MovingByPlans
{
    private static readonly Guid One = Ids.From("payment-plan", "one");
    private static readonly Guid Other = Ids.From("payment-plan", "other");
    private static readonly DateOnly Planned = Some.Today.AddDays(90);

    [Theory]
    [InlineData("terms-change C-7")]
    [InlineData("payment-plan by telephone")]
    public void What_a_person_has_moved_since_a_plan_began_it_does_not_move_again(string source)
    {
        var planned = After(Open(), First(One, 10));
        var moved = After(planned, AdjustmentDecider.Reschedule(
            planned, [new NewDueDate(1, Planned.AddDays(5))], source, Some.Context));

        Later(One, 20).MayMove(moved, 1, givesBack: true).ShouldBeFalse();
        Later(One, 20).MayMove(moved, 1, givesBack: false).ShouldBeFalse();
        First(Other, 30).MayMove(moved, 1, givesBack: false).ShouldBeTrue();
        Later(One, 20).MayMove(Open(), 1, givesBack: false).ShouldBeTrue();
    }

    [Fact]
    public void What_a_later_plan_has_moved_an_earlier_one_does_not_move()
    {
        var moved = After(Open(), First(Other, 30));

        First(One, 10).MayMove(moved, 1, givesBack: false).ShouldBeFalse();
        Later(One, 40).MayMove(moved, 1, givesBack: false).ShouldBeTrue();
        Later(One, 40).MayMove(moved, 1, givesBack: true).ShouldBeFalse();
    }

    /// <summary>An older release has kept no place of the request.</summary>
    [Fact]
    public void Of_a_move_that_nobody_knows_the_place_of_the_one_that_is_heard_of_last_counts()
    {
        var moved = After(Open(), AdjustmentDecider.Reschedule(
            Open(), [new NewDueDate(1, Planned)], First(Other, 30).Source, Some.Context));

        First(One, 10).MayMove(moved, 1, givesBack: false).ShouldBeTrue();
        Later(One, 20).MayMove(moved, 1, givesBack: true).ShouldBeFalse();
    }

    [Fact]
    public void A_later_word_of_a_plan_counts_where_it_moves_nothing_too()
    {
        var moved = After(After(Open(), First(Other, 30)), Later(Other, 50));

        moved.MovedAt[1].ShouldBe(50);
        Later(One, 40).MayMove(moved, 1, givesBack: false).ShouldBeFalse();
        AdjustmentDecider.Reschedule(
            moved, [new NewDueDate(1, Planned)], Later(Other, 50).Source, Some.Context, 50).Events.ShouldBeEmpty();
    }

    private static PlanRequest First(Guid plan, long sequence) => new(plan, sequence, IsFirst: true);

    private static PlanRequest Later(Guid plan, long sequence) => new(plan, sequence, IsFirst: false);

    private static Invoice After(Invoice invoice, PlanRequest plan) => After(invoice, AdjustmentDecider.Reschedule(
        invoice, [new NewDueDate(1, Planned)], plan.Source, Some.Context, plan.Sequence));

    private static Invoice After(Invoice invoice, Decision moved) =>
        Invoice.Evolve(invoice, moved.Events.ShouldHaveSingleItem());

    private static Invoice Open() => Invoice.Evolve(Invoice.Initial, Some.Issued());
}
