using Microsoft.Extensions.Options;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Notices.Messages;

/// <summary>Section <c>Messages</c> of the configuration: who takes the messages of playbooks, by channel.</summary>
public sealed class MessagesOptions
{
    /// <summary>Who takes text messages.</summary>
    public MessageProvider Sms { get; set; } = new();

    /// <summary>Who takes messages over WhatsApp.</summary>
    public MessageProvider Whatsapp { get; set; } = new();

    /// <summary>Who takes messages for the customers' portal.</summary>
    public MessageProvider Portal { get; set; } = new();

    /// <summary>Who takes those of a channel.</summary>
    public MessageProvider Of(NoticeChannel channel) => channel switch
    {
        NoticeChannel.Sms => Sms,
        NoticeChannel.Whatsapp => Whatsapp,
        NoticeChannel.Portal => Portal,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "No message goes over it."),
    };

    /// <summary>The section of a channel, as whoever configures it reads it.</summary>
    public static string SectionOf(NoticeChannel channel) => $"Messages:{channel}";
}

/// <summary>An HTTP endpoint that takes messages, and how long it may take for one.</summary>
public sealed class MessageProvider
{
    /// <summary>Where messages are posted to; empty where there is no provider.</summary>
    public string Url { get; set; } = "";

    /// <summary>Its key, sent as a bearer token.</summary>
    public string Key { get; set; } = "";

    /// <summary>Seconds one attempt may take.</summary>
    public int AttemptSeconds { get; set; } = 8;

    /// <summary>
    /// Seconds all attempts together may take. With another attempt's time it is less than a statement may take (30 s):
    /// others wait in the database for what becomes of the message.
    /// </summary>
    public int TotalSeconds { get; set; } = 18;

    /// <summary>True when there is a provider.</summary>
    public bool IsSet => Url.Length > 0;
}

/// <summary>Stops the start of a service whose providers cannot be what was meant.</summary>
public sealed class MessagesOptionsValidator : IValidateOptions<MessagesOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MessagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = NoticeChannels.OfMessages
            .Select(channel => Fault(MessagesOptions.SectionOf(channel), options.Of(channel)))
            .OfType<string>().ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? Fault(string section, MessageProvider provider) =>
        !provider.IsSet ? null
        : !Uri.TryCreate(provider.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            ? $"{section}:Url '{provider.Url}' is not an HTTP address."
        : provider.Key.Length == 0 ? $"{section}:Url is set; set {section}:Key, too."
        : provider.Key.Any(sign => sign is <= ' ' or > '~')
            ? $"{section}:Key has signs that no header takes, such as the line break at the end of a file."
        : provider is { AttemptSeconds: < 1 or > 10 } or { TotalSeconds: < 1 or > 18 }
            ? $"{section}: an attempt takes 1 to 10 s, all of them 1 to 18 s."
        : null;
}
