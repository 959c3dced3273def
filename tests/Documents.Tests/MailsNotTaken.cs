namespace OrderToCash.Documents.Tests;

public sealed class MailsNotTaken
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(5, 160)]
    [InlineData(6, 240)]
    [InlineData(19, 240)]
    [InlineData(20, null)]
    public void what_may_pass_is_tried_again_later_and_later_and_at_last_no_more(int putOff, int? minutes)
    {
        var expected = minutes is { } wait ? Now.AddMinutes(wait) : (DateTimeOffset?)null;

        MailRetries.Next(new MailFailure("later", IsPassing: true), putOff, Now).ShouldBe(expected);
        MailRetries.Next(new MailFailure("away", IsOfServer: true), putOff, Now).ShouldBe(expected);
        MailRetries.Next(new MailFailure("no"), putOff, Now).ShouldBeNull();
        MailRetries.Next(new MailFailure("no such mailbox", IsOfAddress: true), putOff, Now).ShouldBeNull();
    }

    [Fact]
    public void what_follows_the_log_keeps_its_place_while_the_server_has_only_just_gone_away()
    {
        var (away, later) = (new MailFailure("away", IsOfServer: true), new MailFailure("later", IsPassing: true));

        Should.Throw<MailServerAwayException>(() => MailRetries.NextInLog(away, 0, Now.AddMinutes(-1), Now));
        MailRetries.NextInLog(away, 0, Now.AddMinutes(-5), Now).ShouldBe(Now.AddMinutes(5));
        MailRetries.NextInLog(away, 1, Now, Now).ShouldBe(Now.AddMinutes(10), "it was put off before");
        MailRetries.NextInLog(later, 0, Now, Now).ShouldBe(Now.AddMinutes(5), "the server is there");
        MailRetries.NextInLog(new MailFailure("no"), 0, Now, Now).ShouldBeNull();
    }

    [Fact]
    public async Task one_that_waits_keeps_no_other_waiting_and_a_server_that_is_away_is_not_asked_for_all()
    {
        var tried = new List<int>();

        await Should.ThrowAsync<MailServerAwayException>(
            MailRetries.EachAsync(Enumerable.Range(0, 8), one => SendAsync(one, waits: one == 0)));
        tried.ShouldBe(Enumerable.Range(0, 8));

        tried.Clear();
        await Should.ThrowAsync<MailServerAwayException>(
            MailRetries.EachAsync(Enumerable.Range(0, 8), one => SendAsync(one, waits: true)));
        tried.ShouldBe(Enumerable.Range(0, 4));

        Task SendAsync(int one, bool waits)
        {
            tried.Add(one);
            return waits ? Task.FromException(new MailServerAwayException("away")) : Task.CompletedTask;
        }
    }
}
