using Npgsql;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>
/// Follows the log of its service. One instance is active at a time; events come in log order, at least once.
/// </summary>
public interface ISubscription
{
    /// <summary>Name in <c>mt_event_progression</c>, e.g. <c>Relay:All</c>; never renamed.</summary>
    string Name { get; }

    /// <summary>Most events handed over at once.</summary>
    int PageSize { get; }

    /// <summary>
    /// The types of events that it does something about; null for all. Others are not handed over: they do not wake it,
    /// and are neither sent nor read. Events that only a newer version of the service knows are none of them.
    /// </summary>
    IReadOnlyCollection<Type>? Events => null;

    /// <summary>
    /// So long it lets events gather after it has handled some: what nobody waits for need not be done one by one.
    /// </summary>
    TimeSpan Rest => TimeSpan.Zero;

    /// <summary>
    /// Does what the events ask for outside the database and returns the statements for inside. These and the new
    /// position commit together; when this throws, the same events come again.
    /// </summary>
    Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation);
}
