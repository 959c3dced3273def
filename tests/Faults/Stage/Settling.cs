using System.Globalization;
using Npgsql;
using OrderToCash.Faults.Facts;
using OrderToCash.Faults.Injections;
using OrderToCash.Messaging;

namespace OrderToCash.Faults.Stage;

/// <summary>Waits until nothing is on its way any more; sends back what failed because a fault made it fail.</summary>
internal sealed class Settling(FaultStage stage, Random random, Action<string> say)
{
    /// <summary>
    /// Without any progress for this long the system will not come to rest. Instances whose consumers stand still end
    /// by themselves after three minutes (<c>BusWatch</c>), and are started again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>
    /// News about waiting money are looked at a second time after a minute, for money whose recording was under way at
    /// the first: once nobody records any more, that minute brings nothing. Whoever looks at present is not disturbed.
    /// </summary>
    private const string LookNow =
        "update match_news set due_at = now() where id in (select id from match_news where due_at > now() " +
        "for update skip locked)";

    /// <summary>Asking the broker for all its queues costs it more than its messages do.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly FactsReader _facts = new(stage);

    /// <summary>Messages that were sent back from error queues.</summary>
    public int Replayed { get; private set; }

    /// <summary>
    /// Starts what does not run, as whoever runs it does at any time, and waits; gives what is still moving when
    /// patience ends, or null.
    /// </summary>
    public async Task<string?> WaitAsync()
    {
        await StartWhatEndedAsync();
        await Task.WhenAll(stage.Instances.Select(instance => instance.ReadyAsync()));
        var (last, since) = ("", TimeProvider.System.GetTimestamp());
        while (true)
        {
            await StartWhatEndedAsync();
            await MessageFault.EmptyDetoursAsync(stage, random);
            await ReplayAsync();
            var unrest = await UnrestAsync();
            if (unrest is null && await _facts.IsEverythingDeliveredAsync() && await UnrestAsync() is null)
                return null;
            unrest ??= "the tap is behind";
            if (unrest != last)
                (last, since) = (unrest, TimeProvider.System.GetTimestamp());
            else if (TimeProvider.System.GetElapsedTime(since) > Patience)
                return unrest;
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    private async Task StartWhatEndedAsync()
    {
        foreach (var instance in stage.Instances.Where(instance => instance.HasExited))
        {
            say($"{instance.Program.Name} had ended by itself; it is started again");
            await instance.StartAgainAsync();
        }
    }

    /// <summary>
    /// Relays behind, queues whose services have not noted all that was sent to them, money that may yet be matched,
    /// notices that may yet be sent, runs that are under way, days that have begun unseen, and customers who are to be
    /// looked at.
    /// </summary>
    private async Task<string?> UnrestAsync()
    {
        var tapped = stage.Tap.Counts();
        var handled = await _facts.HandledAsync();
        var failed = (await stage.FailedMessagesAsync()).CountBy(message => message.Queue).ToDictionary();
        var waiting =
            from queue in await stage.BindingsAsync()
            let due = queue.Sum(key => tapped.GetValueOrDefault(key))
            let done = handled.GetValueOrDefault(queue.Key) + failed.GetValueOrDefault(queue.Key)
            where done < due
            select Text($"{queue.Key}: {done} of {due}");
        var behind =
            from relay in await _facts.RelaysAsync()
            where relay.Position != relay.LogEnd
            select Text($"{relay.Service}: relay at {relay.Position} of {relay.LogEnd}");
        List<string> moving = [.. behind, .. waiting];
        if (moving.Count == 0)
            await LookNowAsync();
        var matching = await _facts.MatchingAsync();
        string[] unmatched = matching is { News: 0 } && matching.Position == matching.LogEnd
            ? []
            : [Text($"matching: {matching.News} news to look at, {matching.Position} of {matching.LogEnd}")];
        var sending = await _facts.SendingAsync();
        string[] unsent = sending is { Runs: 0, Fees: 0 } && sending.Position == sending.LogEnd
            ? []
            : [Text($"notices: {sending}")];
        var runs = await _facts.WritingOffAsync();
        string[] running = runs == 0 ? [] : [Text($"write-off runs: {runs} under way")];
        var days = await _facts.DaysToBeginAsync();
        string[] early = days == 0 ? [] : [Text($"collections: {days} days to begin")];
        var reviews = await _facts.ReviewsAsync();
        string[] unseen = reviews == 0 ? [] : [Text($"collections: {reviews} customers to look at")];
        var unrest = string.Join(
            "; ", moving.Concat(unmatched).Concat(unsent).Concat(running).Concat(early).Concat(unseen));
        return unrest.Length == 0 ? null : unrest;
    }

    private async Task LookNowAsync()
    {
        await using var connection = new NpgsqlConnection(stage.DatabaseOf("cash-application"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(LookNow, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task ReplayAsync()
    {
        var explained = (await stage.FailedMessagesAsync()).Where(message => message.IsExplained).ToList();
        if (explained.Count == 0)
            return;
        await using var connection = await stage.ConnectAsync();
        var letters = new DeadLetters(connection);
        foreach (var message in explained)
            Replayed += await letters.ReplayAsync(message.Queue, message.MessageId);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
