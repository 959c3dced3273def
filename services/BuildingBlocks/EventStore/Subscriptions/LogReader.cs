using Npgsql;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>Reads the log from a position on, page by page, never skipping an event that commits late.</summary>
/// <param name="engine">Where the log is.</param>
/// <param name="position">Last sequence already handled.</param>
/// <param name="admit">
/// How many first events of a page may be handed on: the rule itself, but where no hole can fill any more, as while all
/// writers are held up.
/// </param>
/// <param name="passOver">Stored names of events that are not handed on; null for none.</param>
public sealed class LogReader(
    IEventStoreEngine engine, long position, Func<GapRule, LogPage, int>? admit = null, string[]? passOver = null)
{
    private readonly GapRule _gaps = new(position);

    /// <summary>Last sequence handed out or passed over.</summary>
    public long Position { get; private set; } = position;

    /// <summary>True when a hole holds back an event that is to be handed on.</summary>
    public bool IsWaiting => HeldBack > 0;

    /// <summary>Events that the last read found behind a hole and did not hand out.</summary>
    public int HeldBack { get; private set; }

    /// <summary>True when the last read found as much as it asked for: there may be more.</summary>
    public bool FoundMore { get; private set; }

    /// <summary>
    /// The next events out of at most this many; empty when there are none or the next may still come earlier.
    /// </summary>
    public async Task<IReadOnlyList<StoredEvent>> NextAsync(
        NpgsqlConnection connection, int limit, CancellationToken cancellation)
    {
        var page = await engine.ReadLogAsync(connection, Position, limit, passOver, cancellation);
        var count = admit?.Invoke(_gaps, page) ?? _gaps.Admit(page);
        HeldBack = page.Events.Skip(count).Count(held => held.IsRead);
        FoundMore = count == limit;
        if (count == 0)
            return [];
        Position = page.Events[count - 1].Sequence;
        return passOver is null && count == page.Events.Count
            ? page.Events
            : [.. page.Events.Take(count).Where(next => next.IsRead)];
    }
}
