using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Everything that one atomic write holds: events for one or several streams and rows that must stand or fall with
/// them. It is sent as one round trip; the inline read models add their rows by themselves.
/// </summary>
public sealed class WriteBatch(EventMetadata metadata)
{
    private readonly List<StreamAppend> _appends = [];
    private readonly List<NpgsqlBatchCommand> _locks = [];
    private readonly List<NpgsqlBatchCommand> _guards = [];
    private readonly List<NpgsqlBatchCommand> _rows = [];

    /// <summary>Who, why, and the trace, for every event whose append names nothing else.</summary>
    public EventMetadata Metadata { get; } = metadata;

    internal IReadOnlyList<StreamAppend> Appends => _appends;

    internal IReadOnlyList<NpgsqlBatchCommand> Locks => _locks;

    internal IEnumerable<NpgsqlBatchCommand> Guards => _locks.Concat(_guards);

    internal IReadOnlyList<NpgsqlBatchCommand> Rows => _rows;

    /// <summary>True when there is nothing to write.</summary>
    public bool IsEmpty => _appends.Count + _locks.Count + _guards.Count + _rows.Count == 0;

    /// <summary>
    /// Appends events to a stream that is at exactly this version (0: does not exist yet), else nothing of the batch is
    /// written and the outcome is <see cref="CommitStatus.VersionConflict"/>. A stream may be named once per batch. A
    /// stream of another type is never at the expected version, so one identifier cannot serve two things. A batch that
    /// carries out the requests of several callers names the metadata of each.
    /// </summary>
    public WriteBatch Append<TState>(
        StreamType<TState> type, Guid streamId, long expectedVersion, IReadOnlyList<object> events,
        EventMetadata? metadata = null)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(events);
        var who = metadata ?? Metadata;
        return Append(type, streamId, expectedVersion, [.. events.Select(data => (data, who))]);
    }

    /// <summary>Appends events that several callers caused, each with its own metadata.</summary>
    internal WriteBatch Append<TState>(
        StreamType<TState> type, Guid streamId, long expectedVersion, IReadOnlyList<(object, EventMetadata)> events)
        where TState : class
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        if (events.Count > 0)
            _appends.Add(new StreamAppend(streamId, type.Name, expectedVersion, events));
        return this;
    }

    /// <summary>
    /// An advisory lock of the transaction, taken before anything is written: who waits for it has no transaction id
    /// yet, which would keep every reader of the log waiting behind a hole.
    /// </summary>
    public WriteBatch Lock(NpgsqlBatchCommand command)
    {
        _locks.Add(command);
        return this;
    }

    /// <summary>
    /// A statement that runs before the appends: the inbox row or the idempotency key, whose unique constraint turns a
    /// repeat away before any stream is locked.
    /// </summary>
    public WriteBatch Guard(NpgsqlBatchCommand command)
    {
        _guards.Add(command);
        return this;
    }

    /// <summary>
    /// What this was decided on is known to be old by now: nothing of the batch is written, and it is decided again, as
    /// where a stream has moved.
    /// </summary>
    public WriteBatch Outdated() => Guard(new NpgsqlBatchCommand("select otc_version_conflict()"));

    /// <summary>
    /// A statement that runs after the appends and the inline read models. The same one may be given to every try.
    /// </summary>
    public WriteBatch Row(NpgsqlBatchCommand command)
    {
        _rows.Add(command);
        return this;
    }
}

internal sealed record StreamAppend(
    Guid StreamId, string StreamType, long ExpectedVersion,
    IReadOnlyList<(object Data, EventMetadata Metadata)> Events)
{
    public long VersionAfter => ExpectedVersion + Events.Count;
}

/// <summary>How a write ended; only <see cref="Committed"/> left anything behind.</summary>
public enum CommitStatus
{
    /// <summary>All of it is written.</summary>
    Committed,

    /// <summary>
    /// A stream was not at its expected version (or a deadlock was broken): decide again on the new state.
    /// </summary>
    VersionConflict,

    /// <summary>The inbox has the message already: its change is done.</summary>
    AlreadyHandled,

    /// <summary>The Idempotency-Key is taken: an answer is stored.</summary>
    KeyTaken,

    /// <summary>
    /// A unique constraint of the service's own tables refused; see <see cref="CommitResult.Constraint"/>.
    /// </summary>
    Duplicate,
}

/// <summary>How a write ended, and the constraint that refused it where one did.</summary>
public readonly record struct CommitResult(CommitStatus Status, string? Constraint = null)
{
    /// <summary>True when all of it is written.</summary>
    public bool IsCommitted => Status == CommitStatus.Committed;

    /// <summary>
    /// True when a write that ended so is certainly not there: the server refused it for what it says, or it never got
    /// that far. After a lost connection nobody knows, and writing again could do a thing twice.
    /// </summary>
    public static bool LeftNothing(Exception error) => error switch
    {
        PostgresException refused => !refused.IsTransient,
        NpgsqlException or IOException or TimeoutException or ContentionException => false,
        _ => true,
    };

    /// <summary>
    /// True when the others of many may go on without this one, which is tried again with its next turn: it left
    /// nothing, or others write to it all the time. Who takes what fails for the fault of its own, and does not come
    /// back to it, asks <see cref="LeftNothing"/>: to be busy is nobody's fault.
    /// </summary>
    public static bool MayBePassedOver(Exception error) => LeftNothing(error) || error is ContentionException;
}
