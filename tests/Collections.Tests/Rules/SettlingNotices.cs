using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class SettlingNotices
{
    private static readonly DeciderSpec<Notice> Spec = new(Notice.Initial, Notice.Evolve);

    private static readonly NoticePrepared Prepared = Prepare();

    [Fact]
    public void a_prepared_notice_is_sent_fails_or_is_withdrawn_once()
    {
        Spec.Given(Prepared).When(NoticeDecider.Sent).Then(new NoticeSent(Prepared.Content));
        Spec.Given(Prepared).When(n => NoticeDecider.Failed(n, "no")).Then(new NoticeFailed(Prepared.Content, "no"));
        Spec.Given(Prepared).When(n => NoticeDecider.Withdraw(n, "too-late"))
            .Then(new NoticeWithdrawn(Prepared.Content, "too-late"));
        Spec.Given(Prepared, new NoticeSent(Prepared.Content)).When(NoticeDecider.Sent).ThenNothing();
        Spec.Given(Prepared, new NoticeSent(Prepared.Content)).When(n => NoticeDecider.Failed(n, "no")).ThenNothing();
        Spec.Given(Prepared, new NoticeFailed(Prepared.Content, "no")).When(NoticeDecider.Sent).ThenNothing();
        Spec.Given().When(NoticeDecider.Sent).ThenNothing();
    }

    [Fact]
    public void a_failed_notice_that_is_written_anew_can_be_sent() =>
        Spec.Given(Prepared, new NoticeFailed(Prepared.Content, "no"), Prepared)
            .When(NoticeDecider.Sent).Then(new NoticeSent(Prepared.Content));

    /// <summary>D-51: what came back has reached nobody, and it is neither sent nor stuck.</summary>
    [Fact]
    public void d51_a_mail_that_came_back_has_failed_and_can_be_written_anew()
    {
        var sent = new NoticeSent(Prepared.Content);
        var failed = new NoticeFailed(Prepared.Content, "5.1.1");

        Spec.Given(Prepared, sent).When(n => NoticeDecider.CameBack(n, "5.1.1")).Then(failed);
        Spec.Given(Prepared, sent, failed).When(n => NoticeDecider.CameBack(n, "5.1.1")).ThenNothing();
        Spec.Given(Prepared).When(n => NoticeDecider.CameBack(n, "5.1.1")).ThenNothing();
        Spec.Given(Prepared, sent, failed, Prepared).When(NoticeDecider.Sent).Then(sent);
    }

    [Fact]
    public void a_notice_is_overtaken_when_what_it_asks_for_is_no_longer_open()
    {
        var notice = Notice.Evolve(Notice.Initial, Prepared);
        var soon = TimeSpan.FromMinutes(1);

        Look(soon, Some.Usd(100)).ShouldBeNull();
        Look(soon, Some.Usd(99)).ShouldBe("balance-changed");
        Look(soon, null).ShouldBe("balance-changed");
        Look(TimeSpan.FromHours(25), Some.Usd(100)).ShouldBe("too-late");
        Look(soon, Some.Usd(100), unapplied: 99.99m).ShouldBe("credit-changed");
        Look(soon, Some.Usd(100), unapplied: 100).ShouldBe("unapplied-cash-covers");
        Look(soon, Some.Usd(100), likely: 59.99m).ShouldBeNull();
        Look(soon, Some.Usd(100), unapplied: 40, likely: 60).ShouldBe("unmatched-cash-covers");
        Look(soon, Some.Usd(100), 0, 0, HoldKind.DunningBlock).ShouldBe("dunning-block");

        string? Look(
            TimeSpan age, Money? left, decimal unapplied = 0, decimal likely = 0, params HoldKind[] holds) =>
            NoticeDecider.Overtaken(
                notice, age, (_, _) => left is { } open ? Some.Item() with { Balance = open } : null,
                new([Some.Usd(unapplied)], [Some.Usd(likely)]), holds);
    }

    /// <summary>COL-17: a notice is true as long as it takes off what the customer has to its credit.</summary>
    [Fact]
    public void a_notice_is_overtaken_when_it_does_not_take_off_what_the_customer_has_to_its_credit()
    {
        var content = Prepared.Content with { Deductions = [new(DeductionKind.CreditMemos, Some.Usd(90))] };
        var notice = Notice.Evolve(Notice.Initial, Prepared with { Content = content });

        Look(90, 0).ShouldBeNull();
        Look(90, 5).ShouldBe("credit-changed");
        Look(60, 0).ShouldBe("credit-changed");
        Look(90, 10).ShouldBe("open-credit-covers");

        string? Look(decimal credit, decimal cash) => NoticeDecider.Overtaken(
            notice, TimeSpan.Zero, (_, _) => Some.Item(),
            new([Some.Usd(cash)], []) { Credits = [Some.Usd(credit)] }, []);
    }

    /// <summary>COL-17: what became of its copies is said once, after what the notice itself leads to.</summary>
    [Fact]
    public void a_notice_that_went_out_says_what_became_of_its_copies()
    {
        CopyOutcome[] copies = [new("cfo@globex.example"), new("coo@globex.example", "opted-out")];
        var copied = new NoticeCopied(Prepared.Content, copies);

        Spec.Given(Prepared).When(n => NoticeDecider.Sent(n, copies)).Then(new NoticeSent(Prepared.Content), copied)
            .ThenState(n => (n.Status, n.Copied).ShouldBe((NoticeStatus.Sent, copies)));
        Spec.Given(Prepared, new NoticeSent(Prepared.Content), copied).When(n => NoticeDecider.Sent(n, copies))
            .ThenNothing();
        Spec.Given(Prepared, new NoticeSent(Prepared.Content), copied).When(n => NoticeDecider.CameBack(n, "550"))
            .Then(new NoticeFailed(Prepared.Content, "550"));
    }

    /// <summary>COL-17: what is named and not asked for is true as well, or nothing goes out.</summary>
    [Theory]
    [InlineData(500, 30, null)]
    [InlineData(499, 30, "balance-changed")]
    [InlineData(500, 31, "balance-changed")]
    [InlineData(0, 30, "balance-changed")]
    public void a_notice_is_overtaken_when_what_it_names_beside_has_changed(
        decimal coming, decimal disputed, string? reason)
    {
        var (due, current) = (Prepared.Content.Items[0], Some.Id());
        var notice = Notice.Evolve(Notice.Initial, Prepared with
        {
            Content = Prepared.Content with
            {
                Beside = [new(current, 1, Some.Usd(500), false), new(due.InvoiceId, 1, Some.Usd(30), true)],
            },
        });

        NoticeDecider.Overtaken(notice, TimeSpan.Zero, Now, CustomerCash.None, []).ShouldBe(reason);
        var queued = Notice.Evolve(notice, new LetterQueued(notice.Prepared!.Content));
        NoticeDecider.Overtaken(queued, TimeSpan.Zero, Now, CustomerCash.None, [])
            .ShouldBeNull("a letter that waits says it as of its date");

        Dunning.ItemFacts? Now(Guid invoice, int installment) => invoice == current
            ? coming == 0 ? null : Some.Item(balance: coming)
            : Some.Item(balance: 100 + disputed) with { DisputedAmount = Some.Usd(disputed) };
    }

    /// <summary>Quiet hours pass: what is still true then waits for their end, once.</summary>
    [Fact]
    public void what_falls_into_quiet_hours_is_put_off_and_taken_up_when_they_are_over()
    {
        var at = new DateTimeOffset(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);
        var (soon, late) = (at.AddHours(13), at.AddHours(25));
        var put = new NoticePutOff(Prepared.Content, soon, ContactRule.QuietHours, at);
        var taken = new NoticeTakenUp(Prepared.Content);

        Spec.Given(Prepared).When(n => NoticeDecider.KeepBack(n, ContactRule.QuietHours, soon, at)).Then(put);
        Spec.Given(Prepared).When(n => NoticeDecider.KeepBack(n, ContactRule.QuietHours, late, at))
            .Then(new NoticeWithdrawn(Prepared.Content, "quiet-hours"));
        Spec.Given(Prepared).When(n => NoticeDecider.KeepBack(n, ContactRule.Cap, soon, at))
            .Then(new NoticeWithdrawn(Prepared.Content, "contact-cap"));
        Spec.Given(Prepared, put).When(n => NoticeDecider.TakeUp(n, soon.AddSeconds(-1))).ThenNothing();
        Spec.Given(Prepared, put).When(n => NoticeDecider.TakeUp(n, soon)).Then(taken);
        Spec.Given(Prepared, put, taken).When(n => NoticeDecider.TakeUp(n, late)).ThenNothing();
        Spec.Given(Prepared, put, taken).When(NoticeDecider.Sent).Then(new NoticeSent(Prepared.Content));
        Spec.Given(Prepared, put, new NoticeWithdrawn(Prepared.Content, "x"))
            .When(n => NoticeDecider.TakeUp(n, late)).ThenNothing();
        Spec.Given(Prepared).When(n => NoticeDecider.TakeUp(n, late)).ThenNothing();
    }

    /// <summary>Where the server asks to come later it waits, if it is still true then.</summary>
    [Fact]
    public void what_the_mail_server_does_not_take_for_the_moment_waits_while_it_is_true()
    {
        var at = new DateTimeOffset(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);
        var (soon, late) = (at.AddMinutes(5), at.AddHours(25));
        var put = new NoticePutOff(Prepared.Content, soon, "not-taken-yet", at, "451 later");
        var taken = new NoticeTakenUp(Prepared.Content);

        Spec.Given(Prepared).When(n => NoticeDecider.NotTaken(n, "451 later", soon, at)).Then(put)
            .ThenState(n => (n.Status, n.PutOffUntil, n.TimesNotTaken).ShouldBe((NoticeStatus.Prepared, soon, 1)));
        Spec.Given(Prepared, put).When(n => NoticeDecider.TakeUp(n, soon)).Then(taken)
            .ThenState(n => (n.PutOffUntil, n.TimesNotTaken).ShouldBe((null, 1)));
        Spec.Given(Prepared).When(n => NoticeDecider.NotTaken(n, "451 later", late, at))
            .Then(new NoticeWithdrawn(Prepared.Content, "too-late"));
        Spec.Given(Prepared).When(n => NoticeDecider.NotTaken(n, "550 no", null, at))
            .Then(new NoticeFailed(Prepared.Content, "550 no"));
        Spec.Given(Prepared, put with { Rule = ContactRule.QuietHours, Detail = null })
            .When(n => NoticeDecider.TakeUp(n, soon)).ThenState(n => n.TimesNotTaken.ShouldBe(0));
    }

    /// <summary>D-48: one item that has changed overtakes the notice, whether it stands first or last.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void d48_any_item_that_has_changed_overtakes_the_notice(int changed)
    {
        var planned = Some.Planned(Some.DueDate.AddDays(1), Some.Customer(Some.Item(), Some.Item()));
        var prepared = Prepared with
        {
            Content = Prepared.Content with { Items = planned.Items, Totals = planned.Totals },
        };
        var notice = Notice.Evolve(Notice.Initial, prepared);

        NoticeDecider.Overtaken(
            notice, TimeSpan.Zero,
            (invoice, _) => Some.Item(balance: invoice == planned.Items[changed].InvoiceId ? 0 : 100),
            CustomerCash.None, [])
            .ShouldBe("balance-changed");
    }

    [Fact]
    public void a_letter_waits_until_it_is_posted_or_taken_back()
    {
        var letter = Prepared with
        {
            Content = Prepared.Content with { Channel = NoticeChannel.Letter },
            Mail = null,
            Letter = new NoticeLetter("en", "s", ["Globex"], "<p>"),
        };
        var queued = new LetterQueued(letter.Content);

        Spec.Given(letter).When(NoticeDecider.Queue).Then(queued);
        Spec.Given(letter, queued).When(NoticeDecider.Queue).ThenNothing();
        Spec.Given(letter, queued).When(NoticeDecider.Posted).Then(new NoticeSent(letter.Content));
        Spec.Given(letter, queued, new NoticeSent(letter.Content)).When(NoticeDecider.Posted).ThenNothing();
        var withdrawn = new NoticeWithdrawn(letter.Content, "taken-back");
        Spec.Given(letter, queued).When(n => NoticeDecider.TakeBack(n, "taken-back")).Then(withdrawn);
        Spec.Given(letter, queued, withdrawn).When(n => NoticeDecider.TakeBack(n, "taken-back")).ThenNothing();
        Spec.Given(letter, queued, withdrawn).When(NoticeDecider.Posted).ThenRefused("letter-withdrawn");
        Spec.Given(Prepared, new NoticeSent(Prepared.Content)).When(NoticeDecider.Posted)
            .ThenRefused("no-letter-waits");
        Spec.Given(Prepared).When(n => NoticeDecider.TakeBack(n, "taken-back")).ThenRefused("no-letter-waits");

        var notice = Notice.Evolve(Notice.Initial, letter);
        Look(TimeSpan.FromDays(4)).ShouldBeNull();
        Look(TimeSpan.FromDays(6)).ShouldBe("too-late");

        string? Look(TimeSpan age) =>
            NoticeDecider.Overtaken(notice, age, (_, _) => Some.Item(), CustomerCash.None, []);
    }

    private static NoticePrepared Prepare()
    {
        var planned = Some.Planned(Some.DueDate.AddDays(1), Some.Customer(Some.Item()));
        return new NoticePrepared(
            new NoticeContent(Some.Id(), "US01", planned.Customer.CustomerId, Some.DueDate.AddDays(1),
                planned.Step.Code,
                NoticeChannel.Email, "ap@globex.example", planned.Items, planned.Totals),
            new NoticeMail("<1@x>", "ap@globex.example", "Ana", "Acme", "en", "s", "t", "h"));
    }
}
