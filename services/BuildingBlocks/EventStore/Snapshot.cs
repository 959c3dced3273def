using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>
/// How folded states of long streams are kept, so that a stream that nobody remembers is not folded from its first
/// event. A snapshot is a cache: it may be deleted at any time, and one that cannot be used is none. It says of which
/// shape it is: instances of two releases that fold differently keep and read their own. And it says which event was
/// its last: where a database was set back, what was folded of events that are gone is none, too.
/// </summary>
/// <param name="Table">Where they are: a table of the service with <c>stream_id uuid</c>, <c>shape int</c>,
/// <c>version bigint</c>, <c>event_id uuid</c>, <c>state bytea</c>, <c>written_at timestamptz</c>, its key the first
/// two.</param>
/// <param name="Shape">Raised with every change of the state or of its fold.</param>
/// <param name="Write">The state as bytes.</param>
/// <param name="Read">The same state again; throws a <see cref="JsonException"/>, <see cref="InvalidDataException"/> or
/// <see cref="ArgumentException"/> where the bytes are none. <see cref="Snapshots.Of"/> makes both.</param>
public sealed record Snapshot<TState>(
    string Table, int Shape, Func<TState, byte[]> Write, Func<byte[], TState> Read)
    where TState : class
{
    /// <summary>
    /// The state of a stream as of its snapshot; null where there is none that can be used. One that cannot be is
    /// deleted, so that another is kept in its place.
    /// </summary>
    internal async Task<Loaded<TState>?> FindAsync(
        NpgsqlConnection connection, Guid streamId, CancellationToken cancellation)
    {
        if (await RowAsync(connection, streamId, cancellation) is not { } row)
            return null;
        if (row.IsOfStream && TryRead(row.State) is { } state)
        {
            EventStoreMetrics.SnapshotRead(Table, isUsed: true);
            return new Loaded<TState>(state, row.Version);
        }

        EventStoreMetrics.SnapshotRead(Table, isUsed: false);
        await using var command = new NpgsqlCommand(
            $"delete from {Table} where stream_id = $1 and shape = $2 and version = $3", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = streamId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Shape });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Version });
        await command.ExecuteNonQueryAsync(cancellation);
        return null;
    }

    /// <summary>
    /// Streams of a kind that have moved on by so many events or more since their snapshot, in no order: one that
    /// cannot be kept takes nobody's turn.
    /// </summary>
    /// <param name="database">Where they are.</param>
    /// <param name="streamType">Their stored kind.</param>
    /// <param name="events">So many.</param>
    /// <param name="most">No more streams than that.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<IReadOnlyList<Guid>> DueAsync(
        NpgsqlDataSource database, string streamType, int events, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(
            $"select s.id from mt_streams s left join {Table} n on n.stream_id = s.id and n.shape = $1 " +
            "where s.type = $2 and s.version >= coalesce(n.version, 0) + $3 order by random() limit $4");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Shape });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamType });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = events });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            due.Add(reader.GetGuid(0));
        return due;
    }

    /// <summary>
    /// Keeps a state that was folded up to this event; an older one never replaces a newer one
    /// (<see cref="EventStore.KeepSnapshotAsync"/> folds it).
    /// </summary>
    internal async Task KeepAsync(
        NpgsqlConnection connection, Guid streamId, Loaded<TState> loaded, Guid eventId,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {Table} as n (stream_id, shape, version, event_id, state, written_at) " +
            "values ($1, $2, $3, $4, $5, now()) on conflict (stream_id, shape) do update set " +
            "version = excluded.version, event_id = excluded.event_id, state = excluded.state, " +
            "written_at = excluded.written_at where excluded.version > n.version",
            connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = streamId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Shape });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loaded.Version });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = eventId });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Write(loaded.State) });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Deletes what instances of other releases have kept and not written for so long.</summary>
    public async Task ForgetOthersAsync(NpgsqlDataSource database, TimeSpan unwritten, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(
            $"delete from {Table} where shape <> $1 and written_at < now() - $2");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Shape });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = unwritten });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<(byte[] State, long Version, bool IsOfStream)?> RowAsync(
        NpgsqlConnection connection, Guid streamId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select n.state, n.version, e.id is not null from {Table} n left join mt_events e " +
            "on e.stream_id = n.stream_id and e.version = n.version and e.id = n.event_id " +
            "where n.stream_id = $1 and n.shape = $2",
            connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = streamId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Shape });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (reader.GetFieldValue<byte[]>(0), reader.GetInt64(1), reader.GetBoolean(2))
            : null;
    }

    private TState? TryRead(byte[] state)
    {
        try
        {
            return Read(state);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>Makes snapshots of what a state holds.</summary>
public static class Snapshots
{
    /// <summary>Tuples have fields, and what is worked out is not kept.</summary>
    private static readonly JsonSerializerOptions Kept = new(Json.Stored)
    {
        IncludeFields = true,
        TypeInfoResolver = Json.Stored.TypeInfoResolver!.WithAddedModifier(LeaveOutWhatIsWorkedOut),
    };

    /// <summary>
    /// Snapshots as packed JSON of <typeparamref name="TContent"/>, of which the state can be made again.
    /// </summary>
    /// <param name="table">Where they are.</param>
    /// <param name="shape">As for <see cref="Snapshot{TState}"/>.</param>
    /// <param name="content">All that the state holds.</param>
    /// <param name="state">The state that holds this.</param>
    public static Snapshot<TState> Of<TState, TContent>(
        string table, int shape, Func<TState, TContent> content, Func<TContent, TState> state)
        where TState : class
        where TContent : class
    {
        return new Snapshot<TState>(table, shape, Write, Read);

        byte[] Write(TState now)
        {
            using var packed = new MemoryStream();
            using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
                JsonSerializer.Serialize(zip, content(now), Kept);
            return packed.ToArray();
        }

        TState Read(byte[] packed)
        {
            using var zip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            return state(JsonSerializer.Deserialize<TContent>(zip, Kept)
                ?? throw new JsonException("A state is never null."));
        }
    }

    /// <summary>Nobody can set it again; a pair gets what it holds when it is made.</summary>
    private static void LeaveOutWhatIsWorkedOut(JsonTypeInfo type)
    {
        if (type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            return;
        foreach (var property in type.Properties.Where(property => property.Set is null))
            property.ShouldSerialize = (_, _) => false;
    }
}
