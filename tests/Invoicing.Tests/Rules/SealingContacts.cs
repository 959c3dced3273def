using System.Security.Cryptography;
using System.Text.Json;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class SealingContacts
{
    private static readonly Contact Ana =
        new("Ana Ruiz", "accounts-payable", "ana@globex.example", "+15125550100", "America/Chicago");

    private static readonly IReadOnlyList<ContactKey> Keys =
        [.. Enumerable.Range(0, 3).Select(n => ContactSealing.NewKey(Ids.From("contact", $"{n}")))];

    [Fact]
    public void What_is_stored_says_nothing_of_the_person_and_its_key_opens_it()
    {
        var stored = JsonSerializer.Serialize(Registered(Seal([], Ana)), Json.Stored);
        var read = JsonSerializer.Deserialize<CustomerRegistered>(stored, Json.Stored)!.Contacts[0];

        foreach (var part in new[] { "Ana", "globex.example", "5550100" })
            stored.ShouldNotContain(part);
        (read.Erased, read.Name, read.Email, read.Role).ShouldBe((true, "", null, "accounts-payable"));
        ContactSealing.Open(read, Keys[0].Key).ShouldBe(Ana with { Id = Keys[0].ContactId });
        Should.Throw<CryptographicException>(() => ContactSealing.Open(read, Keys[1].Key));
        Should.Throw<CryptographicException>(
            () => ContactSealing.Open(read with { Id = Keys[1].ContactId }, Keys[0].Key));
    }

    [Fact]
    public void What_does_not_change_stays_as_it_is_stored_and_what_does_keeps_its_person()
    {
        var before = Seal([], Ana, new Contact("Bo", "legal"));

        var after = Seal(before, new Contact("Bo", "legal"), Ana with { Email = "new@globex.example" });

        after[0].Seal.ShouldBe(before[1].Seal);
        (after[1].Id, after[1].Email).ShouldBe((before[0].Id, "new@globex.example"));
        ContactSealing.Open(after[1], Keys[0].Key).ShouldBe(after[1]);
        Seal(before, before[0] with { Name = "Ana Ruiz-Diaz", Seal = null })[0].Id.ShouldBe(before[0].Id);
    }

    [Fact]
    public void Their_wishes_are_sealed_with_them_and_gone_with_them()
    {
        var wish = Ana with { Language = "es", PreferredChannel = ContactChannel.Post, Consent = false };

        var stored = JsonSerializer.Serialize(Registered(Seal([], wish)), Json.Stored);
        var read = JsonSerializer.Deserialize<CustomerRegistered>(stored, Json.Stored)!.Contacts[0];

        stored.ShouldNotContain("Post");
        (read.Language, read.PreferredChannel, read.Consent).ShouldBe((null, null, null));
        ContactSealing.Open(read, Keys[0].Key).ShouldBe(wish with { Id = Keys[0].ContactId });
        StoredContacts.Read(StoredContacts.Write([wish])).ShouldBe([wish]);
        Seal(Seal([], Ana), wish)[0].Consent.ShouldBe(false);
    }

    [Fact]
    public void What_they_have_said_stays_where_a_change_does_not_speak_of_it()
    {
        var said = Ana with { Language = "es", PreferredChannel = ContactChannel.Post, Consent = false };
        var before = Seal([], said);

        var after = Seal(before, Ana with { Email = "new@globex.example" })[0];

        (after.Email, after.Language, after.PreferredChannel, after.Consent)
            .ShouldBe(("new@globex.example", "es", ContactChannel.Post, false));
        Seal(before, Ana)[0].Seal.ShouldBe(before[0].Seal);
        Seal(before, Ana with { Consent = true })[0].Consent.ShouldBe(true);
    }

    [Fact]
    public void What_was_stored_in_plain_is_read_and_sealed_with_the_next_change()
    {
        const string old = """
            {"Name":"Ana Ruiz","Role":"accounts-payable","Email":"ana@globex.example","Phone":"+15125550100",
            "TimeZone":"America/Chicago"}
            """;
        var plain = StoredContacts.Read($"[{old}]");

        plain.ShouldBe([Ana]);
        StoredContacts.Write(plain).ShouldContain("Ana Ruiz");
        StoredContacts.Write(Seal(plain, Ana)).ShouldNotContain("Ana Ruiz");
    }

    [Fact]
    public void Who_is_not_there_cannot_be_named_and_who_is_erased_stays_so()
    {
        var before = Seal([], Ana);
        var erased = new Contact("", "accounts-payable", Id: before[0].Id, Erased: true);

        foreach (var wish in new[] { Ana with { Id = Keys[1].ContactId }, erased })
            ContactSealing.Seal(before, [wish], Keys).Refusal!.Field.ShouldBe("/contacts/0/id");
        Seal([erased], erased).ShouldBe([erased]);
    }

    private static IReadOnlyList<Contact> Seal(IReadOnlyList<Contact> present, params Contact[] wished)
    {
        var (contacts, refusal) = ContactSealing.Seal(present, wished, Keys);
        refusal.ShouldBeNull();
        return contacts;
    }

    private static CustomerRegistered Registered(IReadOnlyList<Contact> contacts) => new(
        "CUST-US01-000001", "US01", "Globex", null, "USD", "US", "en", null, "NET 30", null, contacts);
}
