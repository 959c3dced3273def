using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Options;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Documents;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using Polly;
using Polly.CircuitBreaker;
using static System.FormattableString;

namespace OrderToCash.Collections.Notices.Messages;

/// <summary>
/// Hands messages to the providers of their channels over HTTP: one POST each, under an <c>Idempotency-Key</c>, by
/// which the provider takes what is repeated only once. Attempts are bounded, failures that pass are repeated, and a
/// provider that is down is left alone for a minute (circuit breaker), one that asks for a long pause at once; what it
/// has not taken by then is put off. Whatever a provider says is told of its message and keeps no mail waiting.
/// </summary>
public sealed class Messenger : IDisposable
{
    private const int Retries = 2;

    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan Spared = TimeSpan.FromMinutes(1);

    /// <summary>Others wait in the database for what becomes of a message, and mails behind it.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly MessagesOptions _options;
    private readonly Dictionary<NoticeChannel, HttpClient> _providers;

    /// <summary>Connects to nothing before there is a message.</summary>
    public Messenger(IOptions<MessagesOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MessageMetrics.Begin();
        _options = options.Value;
        _providers = NoticeChannels.OfMessages.Where(CanSend).ToDictionary(channel => channel, ClientOf);
    }

    /// <summary>True when a provider takes messages of the channel.</summary>
    public bool CanSend(NoticeChannel channel) => _options.Of(channel).IsSet;

    /// <summary>
    /// Sends a message; null when the provider has taken it, else why not: whether nobody is reached at the address, or
    /// it may pass. What is answered after a redirection, which makes a GET of it, is about no message.
    /// </summary>
    /// <param name="noticeId">The notice, which a failed delivery is posted back with.</param>
    /// <param name="content">What it is about.</param>
    /// <param name="message">What it says.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<MailFailure?> SendAsync(
        Guid noticeId, NoticeContent content, NoticeMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(message);
        var failure = await HandOverAsync(noticeId, content, message, cancellation);
        if (failure is not null)
            MessageMetrics.Count(content.Channel, failure);
        return failure;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var provider in _providers.Values)
            provider.Dispose();
    }

    private async Task<MailFailure?> HandOverAsync(
        Guid noticeId, NoticeContent content, NoticeMessage message, CancellationToken cancellation)
    {
        if (!_providers.TryGetValue(content.Channel, out var provider))
        {
            var section = MessagesOptions.SectionOf(content.Channel);
            return new MailFailure($"No provider takes it: {section}:Url is not set.", IsPassing: true);
        }

        try
        {
            using var request = Request(noticeId, content, message);
            using var answer = await provider.SendAsync(request, cancellation);
            return answer switch
            {
                { IsSuccessStatusCode: false } => await FailureAsync(answer, cancellation),
                _ when answer.RequestMessage?.Method != HttpMethod.Post => new MailFailure(MailFailure.Said(
                    $"It was passed on to where nobody takes it: {answer.RequestMessage?.RequestUri}")),
                _ => null,
            };
        }
        catch (BrokenCircuitException away)
        {
            return new MailFailure(
                Invariant($"The provider was away just now, and is asked again in {away.RetryAfter?.TotalSeconds:0} s."),
                IsPassing: true);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            var what = error is HttpRequestException or ExecutionRejectedException or IOException
                || HttpResilience.IsTimeout(error)
                ? "The provider did not answer"
                : "It could not be handed over";
            return new MailFailure(MailFailure.Said($"{what}: {error.Message}"), IsPassing: true);
        }
    }

    private HttpClient ClientOf(NoticeChannel channel)
    {
        var provider = _options.Of(channel);
        return HttpResilience.Client(
            new Uri(provider.Url), TimeSpan.FromSeconds(provider.AttemptSeconds),
            TimeSpan.FromSeconds(provider.TotalSeconds), Retries, LargestAnswer,
            sampling: TimeSpan.FromSeconds(10 * provider.AttemptSeconds), Spared, LongestPause);
    }

    private HttpRequestMessage Request(Guid noticeId, NoticeContent content, NoticeMessage message)
    {
        var provider = _options.Of(content.Channel);
        var request = new HttpRequestMessage(HttpMethod.Post, provider.Url)
        {
            Content = JsonContent.Create(
                new Body(
                    content.Channel, message.To, message.ToName, message.FromName, message.Language, message.Subject,
                    message.Text, noticeId, content.CustomerId, content.LegalEntity),
                options: Json.Wire),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", provider.Key);
        request.Headers.Add("Idempotency-Key", message.Key);
        return request;
    }

    /// <summary>
    /// Two answers say that nobody is reached there (410, 422). A provider that is away, lets nobody in, has too much
    /// to do, or has the first attempt still in hand (409) may take it later. Anything else is about neither: an
    /// address that is not the provider's (404), or a body that it does not like (400), which may be so of every
    /// message, must make no number a bad one. An error page may name a charset that nobody knows: it is read as UTF-8.
    /// </summary>
    private static async Task<MailFailure> FailureAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var said = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellation));
        var reason = MailFailure.Said($"The provider answered {(int)answer.StatusCode}. {said}");
        return answer.StatusCode switch
        {
            HttpStatusCode.Gone or HttpStatusCode.UnprocessableEntity => new MailFailure(reason, IsOfAddress: true),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout
                or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError => new MailFailure(reason, IsPassing: true),
            _ => new MailFailure(reason),
        };
    }

    /// <summary>What is posted.</summary>
    private sealed record Body(
        NoticeChannel Channel, string To, string ToName, string FromName, string Language, string Subject, string Text,
        Guid NoticeId, Guid CustomerId, string LegalEntity);
}
