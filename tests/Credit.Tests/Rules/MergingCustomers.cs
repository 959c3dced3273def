using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>I-11, CRD-12: what is at risk with a duplicate counts with the customer that survives.</summary>
public sealed class MergingCustomers
{
    private static readonly Guid Duplicate = Ids.From("duplicate");

    [Fact]
    public void what_a_duplicate_owes_takes_room_from_the_survivor()
    {
        var absorbed = new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 90)]);
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 20)).ThenState(account =>
        {
            IsHeld("SO-1", "over-limit")(account);
            account.Orders["SO-1"].Reasons[0].Detail.ShouldContain("duplicates 90.00");
        });
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 10)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100), absorbed, new DuplicateReleased(Duplicate)).When(Check("SO-1", 20))
            .ThenState(IsApproved("SO-1"));
    }

    [Fact]
    public void an_order_of_the_duplicate_that_is_invoiced_to_the_survivor_counts_once()
    {
        var duplicate = State(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100));
        Spec.Given(Opened, Limit(100)).When(account => MergeDecider.Absorb(account, Duplicate, duplicate))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 60)]));
        var invoiced = Receivable(40, 40, Exposure(), orderId: "SO-1");
        Spec.Given(Opened, Limit(100), invoiced).When(account => MergeDecider.Absorb(account, Duplicate, duplicate))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 20)]));
    }

    [Fact]
    public void taking_over_the_same_again_is_nothing_and_so_is_giving_back_what_was_not_taken()
    {
        var duplicate = State(Opened, Receivable(30, 30, Exposure()));
        Spec.Given(Opened, new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 30)]))
            .When(account => MergeDecider.Absorb(account, Duplicate, duplicate)).ThenNothing();
        Spec.Given(Opened).When(account => MergeDecider.Absorb(account, Duplicate, State(Opened))).ThenNothing();
        Spec.Given(Opened).When(account => MergeDecider.Release(account, Duplicate)).ThenNothing();
    }

    private static CreditAccount State(params object[] events) =>
        events.Aggregate(CreditAccount.Initial, CreditAccount.Evolve);
}
