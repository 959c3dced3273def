using System.Net;
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
    [InlineData(HttpStatusCode.BadRequest, true, false)]
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
        (await SendAsync(null)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            no => no.IsPassing.ShouldBeTrue(), no => no.Reason.ShouldContain("Messages:Sms:Url"));
    }

    [Theory]
    [InlineData("sms.example/messages", "k", 8, "is not an HTTP address")]
    [InlineData("https://sms.example/messages", "", 8, "set Messages:Sms:Key, too")]
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

    private static async Task<Documents.MailFailure?> SendAsync(Uri? url)
    {
        using var messenger = new Messenger(Options.Create(new MessagesOptions
        {
            Sms = new MessageProvider { Url = $"{url}", Key = MessageSink.Key },
        }));
        var content = new NoticeContent(
            Some.Id(), "US01", Some.Id(), Some.DueDate, "message", NoticeChannel.Sms, "+15550100", [], []);
        return await messenger.SendAsync(
            Some.Id(), content,
            new NoticeMessage($"{Some.Id():N}", content.To, "Ana Ruiz", "Acme", "en", "Past due", "Please pay."),
            TestContext.Current.CancellationToken);
    }
}
