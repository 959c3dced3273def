using OrderToCash.Collections.Activities;

namespace OrderToCash.Collections.Playbooks;

/// <summary>Tells the channels of steps apart.</summary>
public static class NoticeChannels
{
    /// <summary>Those in writing, as tables name them, for a list of SQL.</summary>
    internal const string Written = "'email', 'letter', 'sms', 'whatsapp', 'portal'";

    /// <summary>Where providers take short messages.</summary>
    public static readonly IReadOnlyList<NoticeChannel> OfMessages =
        [NoticeChannel.Sms, NoticeChannel.Whatsapp, NoticeChannel.Portal];

    /// <summary>True where nobody is written to: somebody gets something to do instead.</summary>
    public static bool IsWork(this NoticeChannel channel) => channel
        is NoticeChannel.CallTask or NoticeChannel.Escalate or NoticeChannel.RecommendSuspension
            or NoticeChannel.RecommendWriteOff;

    /// <summary>True where a provider takes a short message.</summary>
    public static bool IsMessage(this NoticeChannel channel) => channel
        is NoticeChannel.Sms or NoticeChannel.Whatsapp or NoticeChannel.Portal;

    /// <summary>What it is to the rules of contact; null where nobody is written to.</summary>
    public static ContactChannel? AsContact(this NoticeChannel channel) => channel switch
    {
        NoticeChannel.Email => ContactChannel.Email,
        NoticeChannel.Letter => ContactChannel.Letter,
        NoticeChannel.Sms => ContactChannel.Sms,
        NoticeChannel.Whatsapp => ContactChannel.Whatsapp,
        NoticeChannel.Portal => ContactChannel.Portal,
        _ => null,
    };
}
