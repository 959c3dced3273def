using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class RegisteringCustomers
{
    private static readonly DeciderSpec<Customer> Customers = new(Customer.Initial, Customer.Evolve);

    private static readonly Contact Ana = new(
        "Ana Ruiz", "accounts-payable", "ap@globex.example", "+15125550100", "America/Chicago");

    private static readonly RegisterCustomer Globex = new(
        "US01", "Globex Corporation", "USD", "US", "net 30", ExternalId: "CRM-1001", Contacts: [Ana]);

    [Fact]
    public void The_account_is_opened_under_its_number_with_terms_in_their_one_spelling() =>
        Customers.Given().When(customer => CustomerDecider.Register(customer, Globex, "CUST-US01-000042")).Then(
            new CustomerRegistered(
                "CUST-US01-000042", "US01", "Globex Corporation", "CRM-1001", "USD", "US", "en", null, "NET 30", null,
                [Ana]));

    [Fact]
    public void Twice_is_once() =>
        Customers.Given([.. CustomerDecider.Register(Customer.Initial, Globex, "CUST-US01-000042").Events])
            .When(customer => CustomerDecider.Register(customer, Globex, "CUST-US01-000043"))
            .ThenNothing();

    [Fact]
    public void Each_field_is_checked_and_named()
    {
        (RegisterCustomer Wish, string Field)[] wrong =
        [
            (Globex with { Name = "" }, "/name"), (Globex with { Currency = "usd" }, "/currency"),
            (Globex with { Country = "us" }, "/country"), (Globex with { Language = "de" }, "/language"),
            (Globex with { Terms = "NET 400" }, "/terms"), (Globex with { Terms = "whenever" }, "/terms"),
            (Globex with { ExternalId = "" }, "/externalId"),
            (Globex with { Contacts = [Ana, Ana with { Email = "ap@globex.example\nBcc: x@y.example" }] },
            "/contacts/1/email"),
            (Globex with { Contacts = [Ana with { Phone = "555 0100" }] }, "/contacts/0/phone"),
            (Globex with { Contacts = [Ana with { TimeZone = "Moon/Base" }] }, "/contacts/0/timeZone"),
            (Globex with { Contacts = [Ana with { Role = "AP!" }] }, "/contacts/0/role"),
            (Globex with { Contacts = [Ana with { Language = "de" }] }, "/contacts/0/language"),
        ];
        foreach (var (wish, field) in wrong)
            CustomerDecider.Check(wish)!.Field.ShouldBe(field);
    }

    [Fact]
    public void Net_terms_fall_due_that_many_days_later_with_the_whole_amount()
    {
        var installment = PaymentTerms.Parse("NET 30").Schedule(new DateOnly(2028, 1, 31), Money.Of(100, "USD"));

        installment.ShouldHaveSingleItem().ShouldBe(new Installment(1, new DateOnly(2028, 3, 1), Money.Of(100, "USD")));
    }
}
