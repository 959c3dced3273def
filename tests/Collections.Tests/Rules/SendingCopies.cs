using Microsoft.Extensions.Options;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Documents;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-17: which copies are tried at all. No mail server is asked here.</summary>
public sealed class SendingCopies
{
    private static readonly ContactableCustomer Customer = new(
        Some.Id(), "CUST-1", "Globex", "US01", "Acme", "UTC", "US", "en",
        [new("Eva", "cfo", "cfo@globex.example", null, null), new("Max", "cfo", "max@globex.example", null, null)], []);

    private static readonly NoticePrepared Prepared = new(
        null!, Mail("ap@globex.example"),
        Copies: [Mail("cfo@globex.example"), Mail("max@globex.example"), Mail("gone@globex.example")]);

    private static readonly NoticePrepared Written = Prepared with
    {
        Content = new(
            Some.Id(), "US01", Customer.Id, Some.DueDate, "first-notice", NoticeChannel.Email, "ap@globex.example", [],
            []),
    };

    private static readonly Notice Notice = Notices.Notice.Evolve(Notices.Notice.Initial, Prepared);

    /// <summary>Others wait for the customer meanwhile, such as a hold: a slow mail server ends it.</summary>
    [Fact]
    public async Task what_is_left_when_the_time_is_over_is_not_sent()
    {
        var sent = await SendAsync(Notice);

        sent.Outcomes.Select(copy => copy.Reason).ShouldBe(["not-in-time", "not-in-time", "not-in-time"]);
        sent.Contacts.ShouldBeEmpty();
    }

    [Fact]
    public async Task who_has_a_copy_gets_no_other_when_the_notice_is_written_anew()
    {
        object[] anew =
        [
            new NoticeCopied(null!, [new("cfo@globex.example"), new("max@globex.example", "quiet-hours")]),
            new NoticeFailed(null!, "550 no such mailbox"), Prepared,
        ];

        var sent = await SendAsync(anew.Aggregate(Notice, Notices.Notice.Evolve));

        sent.Outcomes.Select(copy => copy.Reason).ShouldBe(["sent-before", "not-in-time", "not-in-time"]);
    }

    /// <summary>Mail that comes back is at once known to be of a copy that was out before.</summary>
    [Fact]
    public void what_may_be_leaving_is_what_is_written_now_and_not_what_was_out_before()
    {
        object[] anew =
        [
            new NoticeCopied(null!, [new("cfo@globex.example"), new("max@globex.example", "quiet-hours")]),
            new NoticeFailed(null!, "550 no such mailbox"), Written,
        ];
        var (first, again) = (
            Notices.Notice.Evolve(Notices.Notice.Initial, Written), anew.Aggregate(Notice, Notices.Notice.Evolve));

        Leaving(first).ShouldBe(["ap@globex.example", "cfo@globex.example", "max@globex.example"]);
        Leaving(again).ShouldBe(["ap@globex.example", "max@globex.example"]);
        Leaving(Notices.Notice.Evolve(first, new NoticeSent(null!))).ShouldBeEmpty();

        static IEnumerable<string> Leaving(Notice notice) =>
            new[] { "ap@globex.example", "CFO@globex.example", "max@globex.example", "other@globex.example" }
                .Where(notice.IsLeavingFor).Select(address => address.ToLowerInvariant());
    }

    /// <summary>The time for it is over from the start.</summary>
    private static Task<SentCopies> SendAsync(Notice notice)
    {
        var smtp = new SmtpOptions { Host = "nowhere.invalid", From = "notices@acme.example" };
        var first = new ContactMoment(
            new ContactPoint("US01", Customer.Id, ContactChannel.Email, "ap@globex.example", null), "UTC",
            TimeProvider.System.GetUtcNow(), StandardPolicy.Contact with { QuietHours = [] }, []);
        return new NoticeCopies(new Mailer(Options.Create(smtp), TimeProvider.System), TimeProvider.System).SendAsync(
            Some.Id(), notice, Customer, ContactProfile.Initial, first, null, new CancellationToken(canceled: true));
    }

    private static NoticeMail Mail(string to) => new("<id>", to, "Ana", "Acme", "en", "s", "t", "h");
}
