using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>Service goes on once nobody is left who wants it to be suspended.</summary>
public class SuspendingService
{
    private static readonly DeciderSpec<Customer> Customers = new(Customer.Initial, Customer.Evolve);
    private static readonly Guid One = Ids.From("recommendation", "one");
    private static readonly Guid Other = Ids.From("recommendation", "other");

    private static readonly CustomerRegistered Registered = new(
        "CUST-US01-000001", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", null, []);

    /// <summary>As a release stored it that did not keep for whom.</summary>
    private static readonly CustomerSuspended Before =
        new(CustomerSnapshot.Of(Registered) with { Status = CustomerStatus.Suspended });

    [Fact]
    public void A_recommendation_takes_back_its_own_suspension_alone()
    {
        var both = Told(By(One), By(Other));

        Customers.Given(both).When(By(Other)).ThenNothing();
        Customers.Given(both).When(NoMore(One)).ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given(Told(By(One), By(Other), NoMore(One))).When(NoMore(One)).ThenNothing();
        Customers.Given(Told(By(One), By(Other), NoMore(One))).When(NoMore(Other))
            .ThenState(StatusIs(CustomerStatus.Active));
    }

    [Fact]
    public void What_a_person_suspended_only_a_person_lets_go_on()
    {
        Customers.Given(Told(AccountDecider.Suspend)).When(NoMore(One)).ThenNothing();
        Customers.Given(Told(By(One), AccountDecider.Suspend)).When(NoMore(One))
            .ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given(Told(AccountDecider.Suspend, By(One))).When(AccountDecider.Suspend).ThenNothing();
        Customers.Given(Told(AccountDecider.Suspend, By(One))).When(AccountDecider.Reinstate)
            .ThenState(StatusIs(CustomerStatus.Active));
    }

    [Fact]
    public void A_recommendation_of_an_earlier_suspension_takes_nothing_back_of_a_later_one() => Customers
        .Given(Told(By(One), AccountDecider.Reinstate, AccountDecider.Suspend)).When(NoMore(One)).ThenNothing();

    [Fact]
    public void One_of_before_is_taken_back_by_the_recommendation_that_says_so_unless_others_are_known()
    {
        Customers.Given(Registered, Before).When(NoMore(One)).ThenState(StatusIs(CustomerStatus.Active));
        object[] more = [Registered, Before, .. Told([Registered, Before], By(Other))];
        Customers.Given(more).When(NoMore(Other)).ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given(more).When(NoMore(One)).ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given([.. more, .. Told(more, NoMore(One))]).When(NoMore(Other))
            .ThenState(StatusIs(CustomerStatus.Active));
    }

    /// <summary>An older instance changes the customer beside a newer one.</summary>
    [Fact]
    public void Who_wants_it_stands_where_a_change_says_nothing_of_it()
    {
        var changed = new CustomerChanged(Before.After with { Name = "Globex Inc." });
        Customers.Given([.. Told(By(One)), changed]).When(NoMore(Other)).ThenNothing();
        Customers.Given([.. Told(By(One), AccountDecider.Reinstate), Before]).When(NoMore(Other))
            .ThenState(StatusIs(CustomerStatus.Active));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_outlives_a_merge_that_is_undone(bool saysSo)
    {
        var before = Fold(Told(By(One))).Now!;
        var unmerged = saysSo ? before : before with { Suspension = null };
        var merged = unmerged with { Status = CustomerStatus.Merged, MergedInto = Ids.From("customer", "other") };

        Customers.Given([.. Told(By(One)), new CustomerMerged(merged), new CustomerUnmerged(unmerged)])
            .When(NoMore(Other)).ThenNothing();
    }

    /// <summary>What is taken back while it is a duplicate does not come back with the end of that.</summary>
    [Fact]
    public void A_duplicate_notes_who_wants_it_no_more_and_is_active_once_it_is_none_if_nobody_is_left()
    {
        var other = CustomerSnapshot.Of(Registered) with { Number = "CUST-US01-000002" };
        var survivor = Customer.Initial with { Now = other };
        Func<Customer, Decision> merge = customer => AccountDecider.Merge(customer, Other, survivor);

        Customers.Given(Told(By(One), By(Other), merge, NoMore(One))).When(AccountDecider.Unmerge)
            .ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given(Told(By(One), By(Other), merge, NoMore(One), NoMore(Other))).When(AccountDecider.Unmerge)
            .ThenState(StatusIs(CustomerStatus.Active));
        Customers.Given(Told(By(One), merge, NoMore(One))).When(NoMore(One)).ThenNothing();
        Customers.Given(Told(By(One), AccountDecider.Suspend, merge, NoMore(One))).When(AccountDecider.Unmerge)
            .ThenState(StatusIs(CustomerStatus.Suspended));
        Customers.Given([Registered, Before, .. Told([Registered, Before], merge, NoMore(One))])
            .When(AccountDecider.Unmerge).ThenState(StatusIs(CustomerStatus.Active));
    }

    private static Func<Customer, Decision> By(Guid recommendation) =>
        customer => AccountDecider.SuspendFor(customer, recommendation);

    private static Func<Customer, Decision> NoMore(Guid recommendation) =>
        customer => AccountDecider.ReinstateFor(customer, recommendation);

    private static Action<Customer> StatusIs(CustomerStatus status) =>
        customer => customer.Now!.Status.ShouldBe(status);

    private static object[] Told(params Func<Customer, Decision>[] decisions) =>
        [Registered, .. Told([Registered], decisions)];

    private static IEnumerable<object> Told(IEnumerable<object> before, params Func<Customer, Decision>[] decisions)
    {
        var customer = Fold(before);
        foreach (var decide in decisions)
        {
            var happened = decide(customer).Events.ShouldHaveSingleItem();
            customer = Customer.Evolve(customer, happened);
            yield return happened;
        }
    }

    private static Customer Fold(IEnumerable<object> events) => events.Aggregate(Customer.Initial, Customer.Evolve);
}
