using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Rules;
using OrderToCash.Collections.Tests.Support;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>What an answer of whoever takes messages is about: the reader, the provider, or neither.</summary>
public sealed class AnswersOfProviders
{
    [Theory]
    [InlineData(HttpStatusCode.BadRequest, false, false)]
    [InlineData(HttpStatusCode.Gone, true, false)]
    [InlineData(HttpStatusCode.UnprocessableEntity, true, false)]
    [InlineData(HttpStatusCode.Unauthorized, false, true)]
    [InlineData(HttpStatusCode.Forbidden, false, true)]
    [InlineData(HttpStatusCode.Conflict, false, true)]
    [InlineData(HttpStatusCode.TooManyRequests, false, true)]
    [InlineData(HttpStatusCode.InternalServerError, false, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false, true)]
    [InlineData(HttpStatusCode.NotFound, false, false)]
    [InlineData(HttpStatusCode.MethodNotAllowed, false, false)]
    public async Task only_a_no_to_the_message_is_one_to_the_number(HttpStatusCode answer, bool ofAddress, bool passes)
    {
        await using var sink = await MessageSink.StartAsync();
        sink.Refuse = _ => answer;

        var failure = await SendAsync(new Uri(sink.Address, "messages"));

        failure.ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => (no.IsOfAddress, no.IsPassing, no.IsOfServer).ShouldBe((ofAddress, passes, false)),
            no => no.Reason.ShouldContain("No message goes there."));
    }

    /// <summary>What is said of one message must stop no other: an error page is no reason to send no mail.</summary>
    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("text/html; charset=windows-1252")]
    [InlineData("; =")]
    public async Task an_error_page_in_whatever_charset_is_an_answer(string contentType)
    {
        await using var sink = await MessageSink.StartAsync();
        (sink.Refuse, sink.ContentType) = (_ => HttpStatusCode.BadGateway, contentType);

        (await SendAsync(new Uri(sink.Address, "messages"))).ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => no.IsPassing.ShouldBeTrue(),
            no => no.Reason.ShouldContain("502. {\"detail\":\"No message goes there."));
    }

    /// <summary>What cannot be stored would be said again and again, and nothing behind it sent.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public async Task what_is_said_can_be_stored(string before)
    {
        await using var sink = await MessageSink.StartAsync();
        sink.Refuse = _ => HttpStatusCode.NotFound;
        sink.Says = $"{before}\0{string.Concat(Enumerable.Repeat("😀", 300))}";

        var reason = (await SendAsync(new Uri(sink.Address, "messages"))).ShouldNotBeNull().Reason;

        reason.ShouldNotContain("\0");
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reason)).ShouldBe(reason, "no character is cut in two");
    }

    /// <summary>Mails wait behind a message, and others for its invoices: nobody waits for a pause.</summary>
    [Theory]
    [InlineData("60")]
    [InlineData("9999999")]
    public async Task a_provider_that_asks_for_a_pause_is_not_waited_for(string pause)
    {
        await using var sink = await MessageSink.StartAsync();
        (sink.Refuse, sink.RetryAfter) = (_ => HttpStatusCode.TooManyRequests, pause);
        using var messenger = MessengerTo(new Uri(sink.Address, "messages"));

        for (var few = 0; few < 2; few++)
        {
            var failures = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(messenger)));
            failures.ShouldAllBe(no => no!.IsPassing && no.Reason.Contains("429"));
        }

        sink.Asked("+15550100").Count.ShouldBe(8, "each was asked once");
    }

    /// <summary>A minute is longer than the few that wait for the first of them take.</summary>
    [Fact]
    public async Task a_provider_that_is_down_is_left_alone_for_a_minute()
    {
        await using var sink = await MessageSink.StartAsync();
        sink.Refuse = _ => HttpStatusCode.ServiceUnavailable;
        using var messenger = MessengerTo(new Uri(sink.Address, "messages"));

        var reasons = new List<string>();
        for (var message = 0; message < 5; message++)
            reasons.Add((await SendAsync(messenger)).ShouldNotBeNull().Reason);

        sink.Asked("+15550100").Count.ShouldBe(10, "it is down by then");
        reasons[^1].ShouldMatch("^The provider was away just now, and is asked again in ([2-5][0-9]|60) s\\.$");
    }

    /// <summary>A page that welcomes everybody has taken no message.</summary>
    [Fact]
    public async Task what_is_passed_on_elsewhere_was_not_taken()
    {
        await using var sink = await MessageSink.StartAsync();

        (await SendAsync(new Uri(sink.Address, "moved"))).ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => (no.IsOfAddress, no.IsPassing).ShouldBe((false, false)), no => no.Reason.ShouldContain("/welcome"));
        (await SendAsync(new Uri(sink.Address, "messages"))).ShouldBeNull();
        sink.To("+15550100").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task where_nobody_answers_or_is_configured_it_may_pass()
    {
        Uri gone;
        await using (var sink = await MessageSink.StartAsync())
            gone = new Uri(sink.Address, "messages");

        (await SendAsync(gone)).ShouldNotBeNull().IsPassing.ShouldBeTrue();
        (await SendAsync((Uri?)null)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => no.IsPassing.ShouldBeTrue(), no => no.Reason.ShouldContain("Messages:Sms:Url"));
    }

    [Theory]
    [InlineData("sms.example/messages", "k", 8, "is not an HTTP address")]
    [InlineData("https://sms.example/messages", "", 8, "set Messages:Sms:Key, too")]
    [InlineData("https://sms.example/messages", "k\n", 8, "Messages:Sms:Key has signs that no header takes")]
    [InlineData("https://sms.example/messages", "schlüssel", 8, "Messages:Sms:Key has signs that no header takes")]
    [InlineData("https://sms.example/messages", "k", 11, "an attempt takes 1 to 10 s")]
    [InlineData("https://sms.example/messages", "k", 8, null)]
    [InlineData("", "", 8, null)]
    public void a_service_whose_provider_cannot_be_meant_does_not_start(
        string url, string key, int seconds, string? fault)
    {
        var result = new MessagesOptionsValidator().Validate(null, new MessagesOptions
        {
            Sms = new MessageProvider { Url = url, Key = key, AttemptSeconds = seconds },
        });

        (result.FailureMessage ?? "").ShouldContain(fault ?? "");
        result.Failed.ShouldBe(fault is not null);
    }

    /// <summary>Whatever goes wrong with one message is told of that, also what nobody has thought of.</summary>
    [Fact]
    public async Task what_cannot_be_handed_over_is_told()
    {
        await using var sink = await MessageSink.StartAsync();
        using var messenger = MessengerTo(new Uri(sink.Address, "messages"), "key\n");

        (await SendAsync(messenger)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => no.IsPassing.ShouldBeTrue(), no => no.Reason.ShouldStartWith("It could not be handed over: "));
    }

    private static Messenger MessengerTo(Uri? url, string key = MessageSink.Key) =>
        new(Options.Create(new MessagesOptions { Sms = new MessageProvider { Url = $"{url}", Key = key } }));

    private static async Task<Documents.MailFailure?> SendAsync(Uri? url)
    {
        using var messenger = MessengerTo(url);
        return await SendAsync(messenger);
    }

    private static async Task<Documents.MailFailure?> SendAsync(Messenger messenger)
    {
        var content = new NoticeContent(
            Some.Id(), "US01", Some.Id(), Some.DueDate, "message", NoticeChannel.Sms, "+15550100", [], []);
        return await messenger.SendAsync(
            Some.Id(), content,
            new NoticeMessage($"{Some.Id():N}", content.To, "Ana Ruiz", "Acme", "en", "Past due", "Please pay."),
            TestContext.Current.CancellationToken);
    }
}
