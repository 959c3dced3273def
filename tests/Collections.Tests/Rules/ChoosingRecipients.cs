using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-06: who is written to, how, and in which language, is what Invoicing knows of the contacts.</summary>
public sealed class ChoosingRecipients
{
    private static readonly string[] Post = ["Globex", "1 Main St", "Austin, TX 78702"];

    private static readonly Contact Ana = new("Ana", "accounts-payable", "ana@globex.example", null, null);

    private static readonly Contact Bo = Ana with { Name = "Bo", Email = "bo@globex.example", Role = "dispute" };

    [Fact]
    public void who_wants_letters_gets_them_where_it_is_known_where_to()
    {
        var wants = Ana with { PreferredChannel = "post", Language = "fr" };

        Recipients.Choose([Bo, wants], [], Post).ShouldBe(new Recipient("Ana", "ana@globex.example", "fr", true));
        Recipients.Choose([Bo, wants], [], null).ShouldBe(new Recipient("Ana", "ana@globex.example", "fr"));
        Recipients.Choose([Bo, wants with { Email = null }], [], Post).ShouldBe(new Recipient("Ana", null, "fr", true));
        Recipients.Choose([Bo, wants with { Email = null }], [], null).ShouldBe(new Recipient("Bo", Bo.Email));
        Recipients.Choose([wants with { Email = null, Consent = false }], [], Post).ShouldBeNull();
    }

    [Fact]
    public void who_would_rather_be_called_is_written_to_where_nobody_else_of_the_role_is_there()
    {
        var calls = Ana with { PreferredChannel = "phone" };

        Recipients.Choose([calls, Ana with { Name = "Eva" }], [], Post)!.Name.ShouldBe("Eva");
        Recipients.Choose([calls, Bo], [], Post)!.Name.ShouldBe("Ana");
    }

    /// <summary>COL-17: a copy goes to whom the step names and mail reaches, and to nobody twice.</summary>
    [Fact]
    public void copies_go_to_contacts_of_the_roles_that_a_step_names()
    {
        var eva = Ana with { Name = "Eva", Email = "eva@globex.example", Role = "cfo", Language = "fr" };
        Contact[] contacts =
        [
            Ana, Bo, eva, eva with { Email = " EVA@globex.example" }, Ana with { Role = "cfo" },
            eva with { Email = "no@globex.example", Consent = false }, eva with { Email = "bad@globex.example" },
            eva with { Email = null },
        ];
        var customer = Some.Customer(Some.Item()) with
        {
            Recipient = new Recipient("Ana", "ana@globex.example"),
            Reached = Recipients.Reached(contacts, ["bad@globex.example"]),
        };
        var step = Some.Standard.Steps[1];

        Recipients.Copies(step, customer).ShouldBeEmpty();
        Recipients.Copies(step with { CopyTo = ["cfo"] }, customer)
            .ShouldBe([new Recipient("Eva", "eva@globex.example", "fr")]);
        Recipients.Copies(step with { CopyTo = ["cfo", "dispute", "accounts-payable"] }, customer)
            .Select(copy => copy.Name).ShouldBe(["Bo", "Eva"]);
        Recipients.Copies(step with { CopyTo = ["cfo"] }, customer with { Recipient = null }).ShouldBeEmpty();
    }

    [Fact]
    public void a_notice_to_who_wants_letters_is_a_letter()
    {
        var customer = Some.Customer(Some.Item()) with
        {
            Post = Post,
            Recipient = new Recipient("Ana", "ana@globex.example", null, ByPost: true),
        };

        Some.Planned(Some.DueDate.AddDays(1), customer).Channel.ShouldBe(NoticeChannel.Letter);
        Some.Planned(Some.DueDate.AddDays(1), customer with { Post = null }).Channel.ShouldBe(NoticeChannel.Email);
    }
}
