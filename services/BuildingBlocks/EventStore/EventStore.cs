using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>
/// The one way a service changes anything: load a stream, decide, append what was decided together with its read-model
/// rows. Safe under any concurrency: an append names the version it was decided on, and a loser decides again.
/// </summary>
public sealed class EventStore(
    IEventStoreEngine engine, NpgsqlDataSource database, AppendSignal signal, StateCache cache, EventTypes types,
    TimeProvider clock)
{
    /// <summary>
    /// Two instances may fight over one stream; more rounds than this mean that something else is wrong.
    /// </summary>
    public const int MaxRounds = 50;

    /// <summary>Events of a stream that are read at once: what is folded already is not kept.</summary>
    private const int PageSize = 2_000;

    /// <summary>
    /// Of a stream that is not remembered so many events are folded before its snapshot is looked for.
    /// </summary>
    private const int ShortStream = 200;

    /// <summary>
    /// So often decisions lose against another instance, before they are made while they hold the stream: who has many
    /// waiting writes again from memory while the other still reads, and would win for ever. Most win by then, and a
    /// hold takes more round trips: after two losses already, the 90th percentile was nearly three times as high.
    /// </summary>
    internal const int FreeRounds = 8;

    /// <summary>Streams share lanes by hash; correctness never rests on them.</summary>
    private readonly DecisionLane[] _lanes =
        [.. Enumerable.Range(0, 512).Select(_ => new DecisionLane(new SemaphoreSlim(1, 1)))];

    /// <summary>The service's database, for reads of its own tables.</summary>
    public NpgsqlDataSource Database => database;

    /// <summary>The present state of a stream; version 0 and the initial state when it does not exist.</summary>
    public async Task<Loaded<TState>> LoadAsync<TState>(
        StreamType<TState> type, Guid streamId, CancellationToken cancellation = default)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await LoadAsync(type, streamId, connection, cancellation);
    }

    private async Task<Loaded<TState>> LoadAsync<TState>(
        StreamType<TState> type, Guid streamId, NpgsqlConnection connection, CancellationToken cancellation)
        where TState : class
    {
        var loaded = cache.Find(type, streamId);
        var snapshot = loaded.Exists ? null : type.Snapshot;
        if (snapshot is not null)
            EventStoreMetrics.AnnounceSnapshots(snapshot.Table);
        while (true)
        {
            var page = snapshot is null ? PageSize : ShortStream;
            var news = await engine.ReadStreamAsync(connection, streamId, loaded.Version, page, cancellation);
            if (news.Count > 0)
            {
                loaded = Fold(type, loaded, news);
                cache.Keep(type, streamId, loaded);
            }

            if (news.Count < page)
                return loaded;
            if (snapshot is not null && await snapshot.FindAsync(connection, streamId, cancellation) is { } found
                && found.Version > loaded.Version)
            {
                loaded = found;
                cache.Keep(type, streamId, loaded);
            }

            snapshot = null;
        }
    }

    /// <summary>
    /// Keeps the present state of a stream as its snapshot. It is folded from what the database has, and from nothing
    /// that is remembered here: a process may have outlived a database that was set back.
    /// </summary>
    /// <param name="type">The kind of stream; it has snapshots.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="cancellation">Stops it; the snapshot of before stays.</param>
    public async Task KeepSnapshotAsync<TState>(
        StreamType<TState> type, Guid streamId, CancellationToken cancellation = default)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        var snapshot = type.Snapshot
            ?? throw new ArgumentException($"Streams of kind {type.Name} have no snapshots.", nameof(type));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var loaded = await snapshot.FindAsync(connection, streamId, cancellation) ?? new(type.Initial, 0);
        for (var (last, isMore) = (Guid.Empty, true); isMore;)
        {
            var news = await engine.ReadStreamAsync(connection, streamId, loaded.Version, PageSize, cancellation);
            isMore = news.Count == PageSize;
            if (news.Count > 0)
                (loaded, last) = (Fold(type, loaded, news), news[^1].Id);
            if (!isMore && last != Guid.Empty)
                await snapshot.KeepAsync(connection, streamId, loaded, last, cancellation);
        }
    }

    /// <summary>
    /// The story of a stream, oldest first, page by page: however long it is, no more than a page of it is in memory.
    /// </summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        Guid streamId, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var (version, isMore) = (0L, true); isMore;)
        {
            var page = await HistoryAsync(streamId, version, PageSize, cancellation);
            foreach (var e in page)
                yield return e;
            isMore = page.Count == PageSize;
            version = isMore ? page[^1].Version : version;
        }
    }

    /// <summary>The whole story of a stream, oldest first.</summary>
    public Task<IReadOnlyList<StoredEvent>> HistoryAsync(Guid streamId, CancellationToken cancellation = default) =>
        HistoryAsync(streamId, aboveVersion: 0, limit: null, cancellation);

    /// <summary>Events of a stream above a version, oldest first; at most so many, or all without a limit.</summary>
    public async Task<IReadOnlyList<StoredEvent>> HistoryAsync(
        Guid streamId, long aboveVersion, int? limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await engine.ReadStreamAsync(connection, streamId, aboveVersion, limit, cancellation);
    }

    /// <summary>
    /// Decides on the present state of one stream and appends the events in one transaction and one round trip.
    /// Decisions that come while the stream is being written are made one on the other and share the next transaction.
    /// The decider may run several times and must be pure.
    /// </summary>
    /// <param name="type">The kind of stream.</param>
    /// <param name="streamId">The stream; it need not exist.</param>
    /// <param name="metadata">Who, why, and the trace.</param>
    /// <param name="decide">State in, decision out.</param>
    /// <param name="expectedVersion">
    /// The version the caller saw, or null to decide on whatever is there. With 0, for a new identifier, nothing is
    /// read first.
    /// </param>
    /// <param name="with">
    /// Adds rows that must commit with the decision (inbox, stored answer); also called when nothing is to do.
    /// </param>
    /// <param name="refresh">
    /// Loads again what the decision rests on beside the stream; called before it is made anew after a lost write.
    /// </param>
    /// <param name="cancellation">Stops waiting; the write may have happened.</param>
    public Task<Decided<TState>> DecideAsync<TState>(
        StreamType<TState> type, Guid streamId, EventMetadata metadata, Func<TState, Decision> decide,
        long? expectedVersion = null, Action<WriteBatch, Decided<TState>>? with = null,
        Func<CancellationToken, Task>? refresh = null, CancellationToken cancellation = default)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(decide);
        return _lanes[(uint)streamId.GetHashCode() % (uint)_lanes.Length].DecideAsync(
            new PendingDecision<TState>(
                type, streamId, metadata, decide, expectedVersion, with, refresh, cancellation),
            CarryOutAsync);
    }

    /// <summary>
    /// Writes a batch that was put together by the caller; on a version conflict the caller decides again.
    /// </summary>
    public async Task<CommitResult> CommitAsync(WriteBatch batch, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var result = await engine.CommitAsync(batch, cancellation);
        if (result.IsCommitted)
            Announce(batch);
        return result;
    }

    /// <summary>
    /// Writes a batch over several streams, building it again from fresh state after each version conflict.
    /// Returns the first result that is not a conflict.
    /// </summary>
    public async Task<CommitResult> CommitAsync(
        Func<CancellationToken, Task<WriteBatch>> build, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(build);
        for (var round = 0; round < MaxRounds; round++)
        {
            var result = await CommitAsync(await build(cancellation), cancellation);
            if (result.Status != CommitStatus.VersionConflict)
                return result;

            await StandBackAsync(round, cancellation);
        }

        throw new ContentionException("several streams", Guid.Empty);
    }

    /// <summary>
    /// The pause before what has lost against another writer is built again: at different times and ever later, or the
    /// losers would meet again and again.
    /// </summary>
    public Task StandBackAsync(int round, CancellationToken cancellation)
    {
        var longest = 1 << Math.Min(round + 1, 8);
        return Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(longest)), clock, cancellation);
    }

    /// <summary>
    /// Writes a batch inside the caller's open transaction; the caller calls <see cref="Announce"/> after its commit.
    /// </summary>
    public Task<CommitResult> CommitAsync(
        WriteBatch batch, NpgsqlConnection connection, CancellationToken cancellation) =>
        engine.CommitAsync(batch, connection, cancellation);

    /// <summary>Wakes the subscriptions of a batch after a commit that the caller did itself.</summary>
    public void Announce(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Appends.Count > 0)
        {
            signal.Appended(
                [.. batch.Appends.SelectMany(append => append.Events).Select(e => types.NameOf(e.Data).Name)]);
        }
    }

    /// <summary>
    /// The stream after a lost write; a loss that no newer event explains is a reason to doubt the cache.
    /// </summary>
    private async Task<Loaded<TState>> ReloadAsync<TState>(
        StreamType<TState> type, Guid streamId, long lostAt, CancellationToken cancellation)
        where TState : class
    {
        var loaded = await LoadAsync(type, streamId, cancellation);
        if (loaded.Version != lostAt)
            return loaded;
        cache.Drop(type, streamId);
        return await LoadAsync(type, streamId, cancellation);
    }

    /// <summary>
    /// Ends every one of these decisions. What turns a write of several away, or keeps one of them from being made, is
    /// the fault of one: then each has its turn alone.
    /// </summary>
    private async Task CarryOutAsync<TState>(IReadOnlyList<PendingDecision<TState>> together)
        where TState : class
    {
        try
        {
            if (await WriteAsync(together))
                return;
        }
        catch (Exception error)
        {
            if (together.Count == 1 || !CommitResult.LeftNothing(error))
            {
                foreach (var one in together)
                    one.Outcome.TrySetException(error);
                return;
            }
        }

        foreach (var one in together)
            await CarryOutAsync([one]);
    }

    /// <summary>False when a constraint turned several away; who of them is to blame is not known.</summary>
    private async Task<bool> WriteAsync<TState>(IReadOnlyList<PendingDecision<TState>> together)
        where TState : class
    {
        var (type, streamId) = (together[0].Type, together[0].StreamId);
        var cancellation = together.Count == 1 ? together[0].Cancellation : CancellationToken.None;

        // The first attempt trusts the cache: an append proves it right. Anything else that rests on it is checked
        // first.
        var loaded = cache.Find(type, streamId);
        var fresh = !loaded.Exists && together.Any(one => one.ExpectedVersion != 0);
        if (fresh)
            loaded = await LoadAsync(type, streamId, cancellation);
        WriteBatch? lost = null;
        for (var round = 0; round < MaxRounds; round++)
        {
            var held = round < FreeRounds || lost is null
                ? null : await WriteHeldAsync(together, lost, cancellation);
            var plan = held?.Plan ?? DecisionPlan<TState>.Of(together, loaded);
            if (!plan.Appends && !fresh)
            {
                var current = await LoadAsync(type, streamId, cancellation);
                fresh = true;
                if (current.Version != loaded.Version)
                {
                    loaded = current;
                    continue;
                }
            }

            lost = plan.Batch;
            var result = held?.Result ?? await CommitAsync(plan.Batch, cancellation);
            if (result.IsCommitted)
            {
                if (plan.Appends)
                    cache.Keep(type, streamId, plan.After);
                foreach (var (one, decided) in together.Zip(plan.Decided))
                    one.Outcome.TrySetResult(decided);
                return true;
            }

            loaded = await ReloadAsync(type, streamId, plan.Before.Version, cancellation);
            fresh = true;
            if (result.Status == CommitStatus.VersionConflict)
            {
                foreach (var one in together.Where(one => one.Refresh is not null))
                    await one.Refresh!(cancellation);
                continue;
            }

            return together.Count == 1 && together[0].Outcome.TrySetResult(TurnedAway(result, loaded));
        }

        throw new ContentionException(type.Name, streamId);
    }

    /// <summary>
    /// Reads, decides and writes while nobody else moves the stream on; null where the wait for them was broken as a
    /// deadlock.
    /// </summary>
    private async Task<(DecisionPlan<TState> Plan, CommitResult Result)?> WriteHeldAsync<TState>(
        IReadOnlyList<PendingDecision<TState>> together, WriteBatch lost, CancellationToken cancellation)
        where TState : class
    {
        var (type, streamId) = (together[0].Type, together[0].StreamId);
        await using var hold = await StreamHold.TakeAsync(database, streamId, lost.Locks, cancellation);
        if (hold is null)
            return null;
        var loaded = await LoadAsync(type, streamId, hold.Connection, cancellation);
        var plan = DecisionPlan<TState>.Of(together, loaded);
        var result = await engine.CommitAsync(plan.Batch, hold.Connection, cancellation);
        if (result.IsCommitted)
        {
            await hold.CommitAsync(cancellation);
            Announce(plan.Batch);
        }

        return (plan, result);
    }

    private static Loaded<TState> Fold<TState>(
        StreamType<TState> type, Loaded<TState> loaded, IReadOnlyList<StoredEvent> news)
        where TState : class =>
        new(news.Aggregate(loaded.State, (state, e) => type.Evolve(state, e.Data)), news[^1].Version);

    private static Decided<TState> TurnedAway<TState>(CommitResult result, Loaded<TState> loaded)
        where TState : class
    {
        var status = result.Status switch
        {
            CommitStatus.AlreadyHandled => DecideStatus.AlreadyHandled,
            CommitStatus.KeyTaken => DecideStatus.KeyTaken,
            _ => DecideStatus.Duplicate,
        };
        return new Decided<TState>(status, loaded.State, loaded.Version, [], Constraint: result.Constraint);
    }
}

/// <summary>A stream was taken by others again and again; the caller may try later (503).</summary>
public sealed class ContentionException(string type, Guid streamId)
    : Exception($"The {type} stream {streamId} is too busy to decide on; nothing was written.");
