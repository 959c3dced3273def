using Microsoft.Extensions.Options;
using OrderToCash.Local.Servers;

namespace OrderToCash.Documents.Tests;

public sealed class Mailing : IAsyncDisposable
{
    private readonly SmtpSink _sink = SmtpSink.Start();

    [Fact]
    public async Task a_mail_carries_its_files_byte_for_byte()
    {
        var file = Enumerable.Range(0, 2_000).Select(n => (byte)n).ToArray();

        (await Mailer().SendAsync(Mail(new MailAttachment("estado é.pdf", "application/pdf", file)), default))
            .ShouldBeNull();

        var mail = _sink.Mails.Single().Content;
        mail.ShouldContain("Message-ID: <one@acme.example>");
        mail.ShouldContain("application/pdf");
        mail.ReplaceLineEndings("").ShouldContain(Convert.ToBase64String(file));
    }

    [Fact]
    public async Task what_the_server_says_to_a_mail_it_does_not_take_is_told()
    {
        _sink.Refuse = _ => "550 5.1.1 no such mailbox";

        (await Mailer().SendAsync(Mail(), default)).ShouldNotBeNull().Reason.ShouldContain("no such mailbox");
        _sink.Mails.ShouldBeEmpty();
    }

    /// <summary>What cannot be stored would be said again and again, and no other mail would leave.</summary>
    [Fact]
    public async Task what_the_server_says_can_be_stored()
    {
        _sink.Refuse = _ => $"550 5.1.1 no such\0mailbox {new string('x', 2_000)}";

        var failure = (await Mailer().SendAsync(Mail(), default)).ShouldNotBeNull();

        (failure.IsOfAddress, failure.Reason.Contains('\0'), failure.Reason.Length).ShouldBe((true, false, 300));
        MailFailure.Said(new string('x', 299) + "😀").ShouldBe(new string('x', 299), "no character is cut in two");
    }

    [Theory]
    [InlineData("550 5.1.1 no such mailbox", true)]
    [InlineData("553 5.1.3 no address", true)]
    [InlineData("550 5.1.10 recipient not found", true)]
    [InlineData("550 5.2.1 mailbox disabled", true)]
    [InlineData("550 relay not permitted", false)]
    [InlineData("550 5.1.7 sender not known", false)]
    [InlineData("550 5.1.8 domain of the sender not found", false)]
    [InlineData("550 5.4.5 daily quota", false)]
    [InlineData("550 5.7.1 you are on our list", false)]
    [InlineData("552 5.2.2 mailbox full", false)]
    [InlineData("450 4.2.1 busy", false)]
    public async Task an_address_is_at_fault_where_the_server_says_so_for_good(string answer, bool ofAddress)
    {
        _sink.Refuse = _ => answer;

        (await Mailer().SendAsync(Mail(), default)).ShouldNotBeNull().IsOfAddress.ShouldBe(ofAddress);
    }

    [Theory]
    [InlineData("josé@globex.example")]
    [InlineData("ap@-globex..example")]
    [InlineData("ap")]
    public async Task an_address_that_no_server_can_take_is_at_fault_itself(string address)
    {
        var failure = (await Mailer().SendAsync(Mail() with { To = address }, default)).ShouldNotBeNull();

        (failure.IsOfAddress, failure.IsOfServer).ShouldBe((true, false));
        _sink.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("421 4.3.2 closing down", true, true)]
    [InlineData("450 4.2.1 busy", false, true)]
    [InlineData("451 4.7.1 greylisted", false, true)]
    [InlineData("550 5.1.1 no such mailbox", false, false)]
    [InlineData("554 5.7.1 spam", false, false)]
    public async Task what_is_said_of_a_mail_is_told_from_a_server_that_takes_none(
        string answer, bool ofServer, bool passes)
    {
        _sink.Refuse = _ => answer;

        var failure = (await Mailer().SendAsync(Mail(), default)).ShouldNotBeNull();

        (failure.IsOfServer, failure.IsPassing).ShouldBe((ofServer, passes));
    }

    [Fact]
    public async Task a_server_that_is_away_says_nothing_about_the_mail()
    {
        var away = SmtpSink.Start();
        var mailer = Mailer(away.Port);
        await away.DisposeAsync();

        for (var mail = 0; mail < 4; mail++)
            (await mailer.SendAsync(Mail(), default)).ShouldNotBeNull().IsOfServer.ShouldBeTrue();
    }

    [Theory]
    [InlineData("", 25, "ar@acme.example")]
    [InlineData("mail.example", 0, "ar@acme.example")]
    [InlineData("mail.example", 25, "nobody")]
    public void a_server_that_cannot_be_is_refused_at_the_start(string host, int port, string from) =>
        new SmtpOptionsValidator().Validate(null, new SmtpOptions { Host = host, Port = port, From = from })
            .Failed.ShouldBeTrue();

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    private Mailer Mailer(int? port = null) => new(
        Options.Create(new SmtpOptions { Host = "127.0.0.1", Port = port ?? _sink.Port, From = "ar@acme.example" }),
        TimeProvider.System);

    private static OutgoingMail Mail(params MailAttachment[] files) => new(
        "<one@acme.example>", "ap@globex.example", "Ana Ruiz", "Acme Inc", "en", "Statement", "text", "<p>html</p>",
        files);
}
