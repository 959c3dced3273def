using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace OrderToCash.Documents;

/// <summary>
/// Hands mails to the SMTP server. What may pass by itself (server busy, connection lost) is tried three times; while
/// the server is away the circuit is open and every mail fails at once instead of waiting for it.
/// </summary>
public sealed partial class Mailer
{
    /// <summary>
    /// Over all tries: shorter than a statement may take (30 s), for others may wait in the database for what becomes
    /// of the mail.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private static readonly Meter Meter = new("OrderToCash.Documents");

    /// <summary>From zero on: a counter that begins with its first failure has never risen.</summary>
    private static readonly ConcurrentDictionary<string, long> Failures =
        new([new("away", 0), new("later", 0), new("refused", 0)]);

    private readonly SmtpOptions _options;
    private readonly ResiliencePipeline _pipeline;

    static Mailer() => Meter.CreateObservableCounter(
        "otc.mail.failures",
        () => Failures.Select(kind => new Measurement<long>(
            kind.Value, new KeyValuePair<string, object?>("otc.mail.failure", kind.Key))),
        "{mail}", "Mails that the mail server did not take");

    /// <summary>Builds the pipeline.</summary>
    public Mailer(IOptions<SmtpOptions> options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        var passing = new PredicateBuilder().Handle<SmtpException>(IsPassing).Handle<TimeoutRejectedException>();
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddTimeout(Patience)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = passing,
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(300),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = passing,
                FailureRatio = 0.9,
                MinimumThroughput = 6,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
            })
            .AddTimeout(TimeSpan.FromSeconds(15))
            .Build();
    }

    /// <summary>
    /// Sends a mail; null when the server has taken it, else why not: whether the address is at fault, so that there is
    /// no use in trying it again, or nothing was said about this mail.
    /// </summary>
    public async Task<MailFailure?> SendAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var failure = await HandOverAsync(mail, cancellation);
        if (failure is not null)
        {
            var kind = failure.IsOfServer ? "away" : failure.IsPassing ? "later" : "refused";
            Failures.AddOrUpdate(kind, 1, (_, count) => count + 1);
        }

        return failure;
    }

    private async Task<MailFailure?> HandOverAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        if (!IsReachable(mail.To))
            return new MailFailure("The address has letters that mail servers do not take.", IsOfAddress: true);
        try
        {
            await _pipeline.ExecuteAsync(async token => await TrySendAsync(mail, token), cancellation);
            return null;
        }
        catch (SmtpException refused)
        {
            return new MailFailure(
                MailFailure.Said(
                    refused.InnerException is { } cause ? $"{refused.Message} {cause.Message}" : refused.Message),
                IsOfAddress(refused), IsOfServer(refused), IsPassing(refused));
        }
        catch (TimeoutRejectedException)
        {
            return new MailFailure("The mail server did not answer in time.", IsOfServer: true);
        }
        catch (BrokenCircuitException)
        {
            return new MailFailure("The mail server is away.", IsOfServer: true);
        }
        catch (Exception cut) when (cut is IOException or AuthenticationException)
        {
            return new MailFailure(MailFailure.Said(cut.Message), IsOfServer: true);
        }
        catch (FormatException refused)
        {
            return new MailFailure(MailFailure.Said(refused.Message));
        }
    }

    private async Task TrySendAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        using var client = new SmtpClient(_options.Host, _options.Port)
        {
            EnableSsl = _options.EnableTls,
            Credentials = _options.UserName is { Length: > 0 } user
                ? new NetworkCredential(user, _options.Password)
                : null,
        };
        using var message = Message(mail, _options.From);
        await client.SendMailAsync(message, cancellation);
    }

    private static MailMessage Message(OutgoingMail mail, string from)
    {
        var message = new MailMessage(new MailAddress(from, mail.FromName, Encoding.UTF8),
            new MailAddress(mail.To, mail.ToName, Encoding.UTF8))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        if (mail.ReplyTo is { } reply && Ascii.IsValid(reply) && MailAddress.TryCreate(reply, out var there))
            message.ReplyToList.Add(there);
        message.Headers.Add("Message-ID", mail.MessageId);
        message.Headers.Add("Content-Language", mail.Language);
        // RFC 3834: keeps absence notices from answering a machine.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.OptOut is { } link)
        {
            // RFC 8058: mail programs make a button of it.
            message.Headers.Add("List-Unsubscribe", $"<{link}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        message.AlternateViews.Add(
            AlternateView.CreateAlternateViewFromString(mail.Text, Encoding.UTF8, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(
            AlternateView.CreateAlternateViewFromString(mail.Html, Encoding.UTF8, MediaTypeNames.Text.Html));
        foreach (var file in mail.Attachments ?? [])
        {
            message.Attachments.Add(
                new Attachment(new MemoryStream(file.Content.ToArray()), file.Name, file.MediaType));
        }

        return message;
    }

    /// <summary>Whether it is an address that mail may reach, and nothing but one.</summary>
    public static bool IsAddress(string text) => IsReachable(text) && new MailAddress(text).Address == text;

    /// <summary>
    /// An address with other letters than ASCII before the @ needs SMTPUTF8 (RFC 6531) all the way; hosts have a form
    /// in ASCII (IDNA), unless they are none.
    /// </summary>
    private static bool IsReachable(string address)
    {
        if (!MailAddress.TryCreate(address, out var parsed) || !parsed.User.All(char.IsAscii))
            return false;
        try
        {
            return new IdnMapping().GetAscii(parsed.Host).Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>
    /// The server says for good that there is no such mailbox (RFC 3463, 3.2 and 3.3): an unknown or malformed address,
    /// a system that takes no mail, one that has moved, a disabled mailbox. The bare 550 is said of relays, senders and
    /// quotas as well, so it is no word about the address.
    /// </summary>
    private static bool IsOfAddress(SmtpException refused) =>
        refused is SmtpFailedRecipientException && AddressAtFault().IsMatch(refused.Message);

    [GeneratedRegex(@"(?<![\d.])5\.(1\.(1|2|3|6|10)|2\.1)(?![\d.])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AddressAtFault();

    /// <summary>
    /// No connection, closing down (421), no room left (452), or it does not take the log-in (454, 530, 535). What is
    /// said to a recipient is about this mail, but for a server that closes down.
    /// </summary>
    private static bool IsOfServer(SmtpException refused) =>
        refused.StatusCode == SmtpStatusCode.ServiceNotAvailable
        || (refused is not SmtpFailedRecipientException
            && refused.StatusCode is SmtpStatusCode.GeneralFailure or SmtpStatusCode.InsufficientStorage
                or SmtpStatusCode.ClientNotPermitted or SmtpStatusCode.MustIssueStartTlsFirst
                or (SmtpStatusCode)535);

    /// <summary>Worth another try: anything but an answer that says no to this very mail.</summary>
    private static bool IsPassing(SmtpException error) =>
        error.StatusCode is SmtpStatusCode.GeneralFailure or SmtpStatusCode.ServiceNotAvailable
            or SmtpStatusCode.MailboxBusy or SmtpStatusCode.LocalErrorInProcessing
            or SmtpStatusCode.InsufficientStorage;
}
