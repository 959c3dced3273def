using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>Why something about a notice may be refused.</summary>
public static class NoticeRefusals
{
    public static Refusal NotOfCustomer(Guid noticeId) => new(
        "unknown-notice", $"The customer had no notice {noticeId}.", Field: "/noticeId");

    public static Refusal OfAnotherChannel(Guid noticeId, NoticeChannel channel) => new(
        "other-channel", $"Notice {noticeId} went there by {Kebab.Of(channel)}.", Field: "/channel");

    public static Refusal NotOutYet(Guid noticeId) => Refusal.State(
        "notice-not-out", $"Notice {noticeId} is being sent at this moment. Say it again shortly.");
}
