using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// The seam between what we do with events and who writes them: four calls on Marten's tables.
/// <see cref="NpgsqlEngine"/> is the engine that ships; an engine on Marten itself fits behind the same four.
/// </summary>
public interface IEventStoreEngine
{
    /// <summary>Writes a batch in its own transaction and one round trip.</summary>
    Task<CommitResult> CommitAsync(WriteBatch batch, CancellationToken cancellation);

    /// <summary>
    /// Writes a batch as part of an open transaction, which is aborted unless the result is committed.
    /// </summary>
    Task<CommitResult> CommitAsync(WriteBatch batch, NpgsqlConnection connection, CancellationToken cancellation);

    /// <summary>
    /// Events of one stream above a version, oldest first; at most so many, or all without a limit. Nothing is read on
    /// another connection: who holds the stream may be the one whom all others of the pool wait for.
    /// </summary>
    Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        NpgsqlConnection connection, Guid streamId, long aboveVersion, int? limit, CancellationToken cancellation);

    /// <summary>
    /// A page of the log above a position, in log order, with the snapshot it was read in. The connection must not be
    /// in a transaction unless that holds up all writers: the transaction counter would stand still in it.
    /// </summary>
    /// <param name="connection">Where it is read.</param>
    /// <param name="abovePosition">Sequence before the page.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="passOver">Stored names of events that are not read, only seen to be there; null for none.</param>
    /// <param name="cancellation">Stops.</param>
    Task<LogPage> ReadLogAsync(
        NpgsqlConnection connection, long abovePosition, int limit, string[]? passOver,
        CancellationToken cancellation);
}

/// <summary>
/// The statement that must hold for these events to be appended, or null where they rest on nothing. It runs before
/// the append in the same transaction and raises <c>otc_version_conflict()</c> where it does not hold: then whoever
/// decided loads what the decision rests on again and decides anew. It raises SQLSTATE <c>OT410</c> where only the time
/// of the events is wrong, with the one after which it must be as the hint: they are written again with a later one.
/// </summary>
public delegate NpgsqlBatchCommand? AppendCheck(IReadOnlyList<StoredEvent> events);

/// <summary>
/// Rows of the log and the transactions in flight when they were read; see <see cref="Subscriptions.GapRule"/>.
/// </summary>
/// <param name="Events">In sequence order; sequences may have holes.</param>
/// <param name="SnapshotMin">Every transaction id below this had ended when the page was read.</param>
/// <param name="NextTransaction">No transaction had this id or a higher one when the page was read.</param>
public sealed record LogPage(IReadOnlyList<StoredEvent> Events, ulong SnapshotMin, ulong NextTransaction);
