using Microsoft.Extensions.Configuration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-07: the links by which whoever gets a notice by mail says that no more are wanted.</summary>
public sealed class SigningLinks
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Another = "b3JkZXJ0b2Nhc2gtbG9jYWwtb25seS1vcHQtb3V0LWtleQ==";
    private const string Third = "dGhlLWtleS1iZWZvcmUtbGFzdC10aGUta2V5LWJlZm9yZS0=";
    private const string Address = "https://api.acme.example/";

    private static readonly Guid Notice = new("00000000-0000-7000-8000-000000000001");

    [Fact]
    public void a_link_names_its_notice_and_nobody_changes_a_bit_of_it()
    {
        var links = Links(("Address", "https://api.acme.example/of%20mails/"), ("Key", Key));
        var link = links.Of(Notice)!;
        var token = link[(link.LastIndexOf('/') + 1)..];

        link.ShouldStartWith("https://api.acme.example/of%20mails/v1/collections/opt-outs/");
        links.Read(token).ShouldBe(new OptOutLink(Notice));
        links.Read(Changed(token, 0)).ShouldBeNull();
        links.Read(Changed(token, token.Length / 2)).ShouldBeNull();
        links.Read(Changed(token, token.Length - 2)).ShouldBeNull();
        links.Read(token[..^1]).ShouldBeNull();
        Links(("Address", Address), ("Key", Another)).Read(token).ShouldBeNull();
    }

    /// <summary>COL-17: who reads a copy speaks for nobody else.</summary>
    [Fact]
    public void the_link_of_a_copy_names_its_reader_and_not_where_it_went()
    {
        var links = Links(("Address", Address), ("Key", Key));
        var token = links.Of(Notice, "cfo@globex.example")!.Split('/')[^1];
        var prepared = new NoticePrepared(
            null!, Mail("ap@globex.example"), Copies: [Mail("a@globex.example"), Mail("CFO@globex.example")]);
        var notice = Of(prepared);

        links.Read(token)!.MailOf(notice)!.To.ShouldBe("CFO@globex.example");
        links.Read(token)!.MailOf(Of(prepared with { Copies = null })).ShouldBeNull();
        new OptOutLink(Notice).MailOf(notice)!.To.ShouldBe("ap@globex.example");

        // Written anew for somebody else after it came back: a copy that was out speaks for its reader all the same.
        var copied = new NoticeCopied(null!, [new("a@globex.example", "550 no"), new("CFO@globex.example")]);
        var anew = new object[] { copied, new NoticeFailed(null!, "550 no"), prepared with { Copies = null } }
            .Aggregate(notice, Collections.Notices.Notice.Evolve);
        links.Read(token)!.MailOf(anew)!.To.ShouldBe("CFO@globex.example");
        anew.CopiesBefore.ShouldHaveSingleItem();
        links.Of(Notice, "a@globex.example")!.ShouldNotEndWith(token);
        for (var at = 0; at < token.Length; at += 7)
            links.Read(Changed(token, at)).ShouldBeNull();

        static Notice Of(NoticePrepared prepared) =>
            Collections.Notices.Notice.Evolve(Collections.Notices.Notice.Initial, prepared);

        static NoticeMail Mail(string to) => new("<id>", to, "Ana", "Acme", "en", "s", "t", "h");
    }

    [Fact]
    public void links_that_are_out_stay_good_with_another_key_and_where_mails_carry_none_any_more()
    {
        var token = Links(("Address", Address), ("Key", Key)).Of(Notice)!.Split('/')[^1];

        var after = Links(("Address", Address), ("Key", Another), ("PreviousKeys", $"{Third} {Key}"));
        after.Read(token).ShouldBe(new OptOutLink(Notice));
        after.Of(Notice)!.ShouldNotContain(token);
        var off = Links(("Key", Another), ("PreviousKeys", Key));
        (off.Read(token), off.Of(Notice)).ShouldBe((new OptOutLink(Notice), null));
        Links(("PreviousKeys", Key)).Read(token).ShouldBe(new OptOutLink(Notice));
        Links().Read(token).ShouldBeNull();
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, Key, null, true)]
    [InlineData(null, null, Key, true)]
    [InlineData(Address, Key, null, true)]
    [InlineData(Address, Key, Another, true)]
    [InlineData("http://127.0.0.1:5000/", Key, null, true)]
    [InlineData("http://api.acme.example/", Key, null, false)]
    [InlineData("https://api.acme.example/mails", Key, null, false)]
    [InlineData("https://api.acme.example/?of=mails/", Key, null, false)]
    [InlineData("/mails/", Key, null, false)]
    [InlineData(Address, null, null, false)]
    [InlineData(Address, null, Key, false)]
    [InlineData(Address, "c2hvcnQ=", null, false)]
    [InlineData(Address, Key, "no base64", false)]
    public void links_lead_to_the_gateway_by_https_and_are_signed_with_a_strong_key(
        string? address, string? key, string? previous, bool isValid) =>
        Options(("Address", address), ("Key", key), ("PreviousKeys", previous)).IsValid.ShouldBe(isValid);

    private static OptOutLinks Links(params (string Name, string? Value)[] settings)
    {
        var options = Options(settings);
        options.IsValid.ShouldBeTrue();
        return new OptOutLinks(Microsoft.Extensions.Options.Options.Create(options));
    }

    private static OptOutOptions Options(params (string Name, string? Value)[] settings)
    {
        var options = new OptOutOptions();
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Where(one => one.Value is not null)
                .Select(one => KeyValuePair.Create(one.Name, one.Value)))
            .Build().Bind(options);
        return options;
    }

    private static string Changed(string token, int at) =>
        $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
}
