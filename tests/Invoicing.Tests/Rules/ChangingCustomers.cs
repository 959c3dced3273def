using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ChangingCustomers
{
    private static readonly DeciderSpec<Customer> Customers = new(Customer.Initial, Customer.Evolve);

    private static readonly Guid Survivor = Ids.From("customer", "survivor");

    private static readonly ChangeCustomer Wish = new(
        "Globex Corporation", "US", "2/10 net 30", Contacts: [new Contact("Ana Ruiz", "legal")],
        TermsOrigin: TermsOrigin.Contract, Clauses: new ContractClauses(InterestPercent: 9m, MaySuspend: true));

    [Fact]
    public void A_change_is_kept_whole_and_saying_the_same_again_is_nothing()
    {
        var changed = AccountDecider.Change(Globex(), Wish).Events;

        Customers.Given([Registered("1"), .. changed]).When(customer => AccountDecider.Change(customer, Wish with
        {
            Contacts = [new Contact("Ana Ruiz", "legal")],
        })).ThenNothing();
        var after = ((CustomerChanged)changed.ShouldHaveSingleItem()).After;
        (after.Terms, after.Number, after.Currency, after.Clauses!.InterestPercent)
            .ShouldBe(("2/10 NET 30", "CUST-US01-000001", "USD", 9m));
    }

    [Theory]
    [InlineData(-1, 1, 1, "/clauses/lateFee")]
    [InlineData(0.001, 1, 1, "/clauses/lateFee")]
    [InlineData(1, 101, 1, "/clauses/lateFeePercent")]
    [InlineData(1, 1, 0, "/clauses/interestPercent")]
    public void Clauses_are_checked(double fee, double percent, double interest, string field) =>
        Customers.Given(Registered("1"))
            .When(customer => AccountDecider.Change(customer, Wish with
            {
                Clauses = new ContractClauses((decimal)fee, (decimal)percent, (decimal)interest),
            }))
            .ThenRefused("invalid-customer").Field.ShouldBe(field);

    [Theory]
    [InlineData("7", "/billTo/registrationNumber")]
    [InlineData(" HRB 86891", "/billTo/registrationNumber")]
    [InlineData("HRB 86891\n", "/billTo/registrationNumber")]
    [InlineData("HRB\u200b86891", "/billTo/registrationNumber")]
    [InlineData("12345678901234567890123456789012345678901", "/billTo/registrationNumber")]
    [InlineData("HRB 86891 B", null)]
    [InlineData("ФН-4/2", null)]
    public void Numbers_of_the_company_register_are_checked(string number, string? field) =>
        (AccountDecider.Change(Globex(), Wish with { BillTo = new BillTo(RegistrationNumber: number) })
            .Refusal?.Field).ShouldBe(field);

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    public void The_fee_for_a_notice_is_an_amount_of_the_account(double fee) => Customers.Given(Registered("1"))
        .When(customer => AccountDecider.Change(customer, Wish with
        {
            Clauses = new ContractClauses(ReminderFee: (decimal)fee),
        }))
        .ThenRefused("invalid-customer").Field.ShouldBe("/clauses/reminderFee");

    [Fact]
    public void Service_is_suspended_goes_on_and_ends()
    {
        var suspended = AccountDecider.Suspend(Globex()).Events;

        Customers.Given([Registered("1"), .. suspended]).When(AccountDecider.Suspend).ThenNothing();
        Customers.Given([Registered("1"), .. suspended]).When(AccountDecider.Reinstate)
            .ThenState(customer => customer.Now!.Status.ShouldBe(CustomerStatus.Active));
        Customers.Given([Registered("1"), .. AccountDecider.Terminate(Globex()).Events]).When(AccountDecider.Suspend)
            .ThenRefused("wrong-customer-status");
        Customers.Given([Registered("1"), .. AccountDecider.Terminate(Globex()).Events]).When(AccountDecider.Reinstate)
            .ThenState(customer => customer.Now!.Status.ShouldBe(CustomerStatus.Active));
    }

    [Fact]
    public void B14_a_duplicate_is_merged_and_can_be_told_apart_again()
    {
        var merged = AccountDecider.Merge(Globex(), Survivor, Other()).Events;

        Customers.Given([Registered("1"), .. merged])
            .When(customer => AccountDecider.Merge(customer, Survivor, Other())).ThenNothing();
        Customers.Given([Registered("1"), .. merged]).When(customer => AccountDecider.Change(customer, Wish))
            .ThenRefused("customer-merged");
        Customers.Given([Registered("1"), .. merged]).When(AccountDecider.Unmerge)
            .ThenState(customer => (customer.Now!.Status, customer.Now.MergedInto)
                .ShouldBe((CustomerStatus.Active, null)));
        Customers.Given(Registered("1")).When(AccountDecider.Unmerge).ThenRefused("customer-not-merged");
    }

    [Fact]
    public void Who_is_told_apart_again_stands_where_it_stood_before()
    {
        object[] suspended = [Registered("1"), .. AccountDecider.Suspend(Globex()).Events];
        var customer = suspended.Aggregate(Customer.Initial, Customer.Evolve);

        Customers.Given([.. suspended, .. AccountDecider.Merge(customer, Survivor, Other()).Events])
            .When(AccountDecider.Unmerge).ThenState(after => after.Now!.Status.ShouldBe(CustomerStatus.Suspended));
    }

    [Fact]
    public void Terms_agreed_with_a_duplicate_are_noted_by_it_once_and_hold_for_its_survivor()
    {
        object[] merged = [Registered("1"), .. AccountDecider.Merge(Globex(), Survivor, Other()).Events];
        var agreed = AccountDecider.Agree(merged.Aggregate(Customer.Initial, Customer.Evolve), "NET 60", 3, 20).Events;

        var after = ((CustomerChanged)agreed.ShouldHaveSingleItem()).After;
        (after.Terms, after.Status, after.TermsVersion).ShouldBe(("NET 60", CustomerStatus.Merged, 3));
        Customers.Given([.. merged, .. agreed]).When(customer => AccountDecider.Agree(customer, "NET 90", 3, 20))
            .ThenNothing();
        Customers.Given(Registered("2")).When(customer => AccountDecider.AgreeFor(customer, "net 60", 20))
            .ThenState(customer => (customer.Now!.Terms, customer.Now.TermsOrigin, customer.Now.TermsVersion)
                .ShouldBe(("NET 60", TermsOrigin.ApprovedRequest, 0)));
    }

    /// <summary>
    /// NET 90 was agreed with the duplicate, then NET 30 with its survivor, each the first word of its account: it is
    /// NET 30 in whatever order they come, also after a change by an older version, which says nothing of their place.
    /// </summary>
    [Fact]
    public void The_last_agreement_holds_whichever_of_merged_customers_it_is_with()
    {
        var survivor = Customer.Evolve(Customer.Initial, Registered("2"));
        var (own, ofDuplicate) = (Own(survivor), OfDuplicate(survivor));

        (OfDuplicate(own).Now!.Terms, Own(ofDuplicate).Now!.Terms).ShouldBe(("NET 30", "NET 30"));
        var last = After(own, AccountDecider.AgreeFor(own, "NET 75", 50));
        (last.Now!.Terms, After(last, AccountDecider.Agree(last, "NET 45", 5, 45)).Now!)
            .ShouldBe(("NET 75", last.Now with { TermsVersion = 5 }));
        OfDuplicate(After(own, Decision.Of(new CustomerChanged(own.Now! with { TermsSequence = 0 })))).Now!.Terms
            .ShouldBe("NET 30");

        static Customer Own(Customer customer) =>
            After(customer, AccountDecider.Agree(customer, "NET 30", 4, 40));

        static Customer OfDuplicate(Customer customer) =>
            After(customer, AccountDecider.AgreeFor(customer, "NET 90", 10));

        static Customer After(Customer customer, Decision decision)
        {
            decision.Refusal.ShouldBeNull();
            return decision.Events.Aggregate(customer, Customer.Evolve);
        }
    }

    [Fact]
    public void A_way_of_billing_that_was_agreed_stays_until_another_one_is()
    {
        object[] agreed = [Registered("1"), .. AccountDecider.Agree(Globex(), "NET 60", 3, 20, "each quarter").Events];
        Customers.Given(agreed).When(customer => AccountDecider.Agree(customer, "NET 45", 4, 30)).ThenState(after =>
            (after.Now!.Terms, after.Now.AgreedBilling).ShouldBe(("NET 45", "each quarter")));
        Customers.Given(agreed).When(customer => AccountDecider.Agree(customer, "NET 60", 4, 30, "each month"))
            .ThenState(after => after.Now!.AgreedBilling.ShouldBe("each month"));
    }

    /// <summary>An older instance takes the terms and not the way of billing; the word comes again.</summary>
    [Fact]
    public void A_repeat_of_the_last_word_brings_the_way_of_billing_that_is_missing_and_nothing_else()
    {
        object[] agreed = [Registered("1"), .. AccountDecider.Agree(Globex(), "NET 60", 3, 20).Events];
        object[] changed =
        [
            .. agreed,
            new CustomerChanged(agreed.Aggregate(Customer.Initial, Customer.Evolve).Now! with { Terms = "NET 10" }),
        ];
        Customers.Given(changed).When(customer => AccountDecider.Agree(customer, "NET 60", 3, 20, "each quarter"))
            .ThenState(after =>
                (after.Now!.Terms, after.Now.AgreedBilling).ShouldBe(("NET 10", "each quarter")));
        Customers.Given(agreed).When(customer => AccountDecider.Agree(customer, "NET 60", 2, 10, "each quarter"))
            .ThenNothing();
        Customers.Given([.. agreed, .. AccountDecider.Agree(
                agreed.Aggregate(Customer.Initial, Customer.Evolve), "NET 60", 3, 20, "each quarter").Events])
            .When(customer => AccountDecider.Agree(customer, "NET 60", 3, 20, "each month")).ThenNothing();
    }

    /// <summary>
    /// NET 30 was the last word to an older instance, which kept no place of it; a person said NET 10 since. It comes
    /// again: what was agreed with a duplicate before it is not the last agreement, and NET 10 stands.
    /// </summary>
    [Fact]
    public void A_repeat_of_the_last_word_brings_the_place_of_the_agreement_that_is_missing()
    {
        var before = new CustomerChanged(Globex().Now! with { Terms = "NET 10", TermsVersion = 4 });

        Customers.Given(Registered("1"), before).When(customer => AccountDecider.Agree(customer, "NET 30", 4, 40))
            .ThenState(after => (after.Now!.Terms, after.Now.TermsVersion, after.Now.TermsSequence)
                .ShouldBe(("NET 10", 4, 40)));
        object[] known = [Registered("1"), before, new CustomerChanged(before.After with { TermsSequence = 40 })];
        Customers.Given(known).When(customer => AccountDecider.Agree(customer, "NET 30", 4, 40)).ThenNothing();
        Customers.Given(known).When(customer => AccountDecider.AgreeFor(customer, "NET 90", 10)).ThenNothing();
    }

    [Fact]
    public void D72_customers_of_different_currencies_or_entities_are_not_merged()
    {
        Refused(Registered("2") with { Currency = "EUR" }, "customers-not-alike");
        Refused(Registered("2") with { LegalEntity = "CA01" }, "customers-not-alike");
        Refused(Registered("1"), "merge-itself");

        void Refused(CustomerRegistered other, string code) => Customers.Given(Registered("1"))
            .When(customer => AccountDecider.Merge(customer, Survivor, Customer.Evolve(Customer.Initial, other)))
            .ThenRefused(code);
    }

    [Fact]
    public void Who_absorbed_others_is_not_absorbed() =>
        Customers.Given(Registered("1"), new DuplicateAbsorbed(Some.Customer, "CUST-US01-000009"))
            .When(customer => AccountDecider.Merge(customer, Survivor, Other())).ThenRefused("has-absorbed");

    private static Customer Globex() => Customer.Evolve(Customer.Initial, Registered("1"));

    private static Customer Other() => Customer.Evolve(Customer.Initial, Registered("2"));

    private static CustomerRegistered Registered(string number) => new(
        $"CUST-US01-00000{number}", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", null, []);
}
