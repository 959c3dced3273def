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
