using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-05: for whom and for which invoice a contact counts.</summary>
public sealed class CountingContacts
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>COL-17: a notice and its copies are one contact with the customer, and one with each reader.</summary>
    [Fact]
    public void a_copy_counts_for_its_reader_and_not_for_the_customer()
    {
        var notice = Of("ap@globex.example");
        var copied = Of("cfo@globex.example") with { IsCopy = true };

        IsAllowed(Copy(CapScope.Customer), notice).ShouldBeTrue();
        IsAllowed(Copy(CapScope.Invoice), notice).ShouldBeTrue();
        IsAllowed(Copy(CapScope.Customer) with { IsCopy = false }, notice).ShouldBeFalse();
        IsAllowed(Copy(CapScope.Contact), notice).ShouldBeTrue();
        IsAllowed(Copy(CapScope.Contact), notice, copied).ShouldBeFalse();
        IsAllowed(Moment("ap@globex.example", CapScope.Customer), copied).ShouldBeTrue();
        ContactDecider.Attempt(Profile(), Copy(CapScope.Customer), null).Events.ShouldHaveSingleItem()
            .ShouldBeOfType<ContactAttempted>().IsCopy.ShouldBeTrue();

        // A strict owner has each of them count for all.
        IsAllowed(Strict(Copy(CapScope.Customer)), notice).ShouldBeFalse();
        IsAllowed(Strict(Copy(CapScope.Invoice)), notice).ShouldBeFalse();
        IsAllowed(Strict(Copy(CapScope.Contact)), notice).ShouldBeTrue();
        IsAllowed(Strict(Moment("ap@globex.example", CapScope.Customer)), copied).ShouldBeFalse();

        static ContactMoment Strict(ContactMoment moment) =>
            moment with { Rules = moment.Rules with { CopiesCount = true } };

        static ContactMoment Copy(CapScope per) => Moment("cfo@globex.example", per) with { IsCopy = true };
    }

    /// <summary>What names no invoices is about all of them; what was long ago is not counted.</summary>
    [Fact]
    public void an_invoice_is_at_its_cap_by_what_was_about_it()
    {
        var (one, other) = (Some.Id(), Some.Id());
        var at = Moment("ap@globex.example", CapScope.Invoice);
        var about = Of("ap@globex.example") with { InvoiceIds = [one, one] };

        Full(at).ShouldBeEmpty();
        Full(at, about).ShouldBe([one]);
        Full(at, Of("ap@globex.example")).ShouldBe([one, other], ignoreOrder: true);
        Full(at, about with { LocalDate = about.LocalDate.AddDays(-7) }).ShouldBeEmpty();
        Full(at, about with { IsCopy = true }).ShouldBeEmpty();
        Full(at with { Rules = Capped(CapScope.Customer) }, about).ShouldBeEmpty();
        Full(at with { Rules = Capped(CapScope.Invoice, ContactChannel.Call) }, about).ShouldBeEmpty();

        IEnumerable<Guid> Full(ContactMoment moment, params ContactAttempted[] past) =>
            ContactDecider.AtCap(Profile(past), moment, [one, other]);
    }

    private static bool IsAllowed(ContactMoment moment, params ContactAttempted[] past) =>
        ContactDecider.Suppress(Profile(past), moment) is null;

    private static ContactProfile Profile(params ContactAttempted[] past) =>
        past.Aggregate(ContactProfile.Initial, ContactProfile.Evolve);

    private static ContactAttempted Of(string address) => new(
        Moment(address, CapScope.Customer).Point, DateOnly.FromDateTime(Now.UtcDateTime), Now, false, false, null,
        null);

    private static ContactMoment Moment(string address, CapScope per) => new(
        new ContactPoint("US01", Guid.Empty, ContactChannel.Email, address, null), "UTC", Now, Capped(per), []);

    private static ContactRules Capped(CapScope per, ContactChannel? channel = null) =>
        StandardPolicy.Contact with { Caps = [new ContactCap(per, channel, 1, 7)] };
}
