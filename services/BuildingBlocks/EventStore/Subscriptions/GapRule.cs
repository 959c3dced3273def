namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>
/// Decides how far a reader may go in a log whose sequence numbers are drawn before they commit. A hole may be a
/// rolled-back write (it stays) or one still in flight (it fills): passing the second kind would lose events.
/// <para>Every append has its transaction id before it draws a number, so whoever could fill a hole seen now has an id
/// below the next one to be given out. The hole is dead once a snapshot's xmin has reached that id and it is still
/// empty: exact, no time limit. (A snapshot's xmax is no such bound: it is one past the last transaction that
/// <em>ended</em>, and whoever fills the hole may have a higher id than the write behind it.)</para>
/// </summary>
public sealed class GapRule(long position)
{
    private (ulong Until, long UpTo)? _waiting;

    /// <summary>Every event up to here was handed on or does not exist.</summary>
    public long Position { get; private set; } = position;

    /// <summary>
    /// True while a hole may still fill; nothing will announce the end of a rolled-back write, so look again soon.
    /// </summary>
    public bool IsWaiting => _waiting is not null;

    /// <summary>
    /// Takes the next page above <see cref="Position"/> and returns how many of its first events may be handed on.
    /// </summary>
    public int Admit(LogPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (page.Events.Count == 0)
            return 0;
        var end = page.Events[^1].Sequence;
        var deadUpTo = DeadUpTo(page, end);
        for (var count = 0; count < page.Events.Count; count++)
        {
            var sequence = page.Events[count].Sequence;
            if (sequence != Position + 1 && sequence > deadUpTo)
            {
                // A wait begun earlier covers every hole below its UpTo; a later hole starts its own.
                if (_waiting is null || sequence > _waiting.Value.UpTo || deadUpTo > 0)
                    _waiting = (page.NextTransaction, end);
                return count;
            }

            Position = sequence;
        }

        _waiting = null;
        return page.Events.Count;
    }

    /// <summary>Holes below this sequence can no longer fill.</summary>
    private long DeadUpTo(LogPage page, long end)
    {
        if (page.SnapshotMin >= page.NextTransaction)
            return end;
        return _waiting is { } wait && page.SnapshotMin >= wait.Until ? wait.UpTo : 0;
    }
}
