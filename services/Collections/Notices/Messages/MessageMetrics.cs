using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Documents;

namespace OrderToCash.Collections.Notices.Messages;

/// <summary>
/// Counts messages that providers did not take, by channel: <c>refused</c>, or for <c>later</c>, which may pass.
/// </summary>
internal static class MessageMetrics
{
    private const string Refused = "refused";

    private const string Later = "later";

    private static readonly Meter Meter = new("OrderToCash.Collections");

    /// <summary>From zero on: a counter that begins with its first failure has never risen.</summary>
    private static readonly ConcurrentDictionary<(string Channel, string Failure), long> Failures = new(
        from channel in NoticeChannels.OfMessages
        from failure in new[] { Refused, Later }
        select KeyValuePair.Create((Kebab.Of(channel), failure), 0L));

    static MessageMetrics() => Meter.CreateObservableCounter(
        "otc.message.failures",
        () => Failures.Select(one => new Measurement<long>(
            one.Value, new("otc.message.channel", one.Key.Channel), new("otc.message.failure", one.Key.Failure))),
        "{message}", "Messages that a provider did not take");

    /// <summary>Begins to tell, of nothing at first.</summary>
    public static void Begin() => _ = Failures.Count;

    /// <summary>Counts one.</summary>
    public static void Count(NoticeChannel channel, MailFailure failure) => Failures.AddOrUpdate(
        (Kebab.Of(channel), failure.IsPassing ? Later : Refused), 1, (_, count) => count + 1);
}
