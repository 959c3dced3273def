using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Appends and reads with plain pipelined SQL on Marten's tables. A write is one <see cref="NpgsqlBatch"/>, so one
/// round trip and one implicit transaction: guards, checks, stream rows, events, inline read models, other rows, in
/// this order.
/// </summary>
public sealed class NpgsqlEngine(
    NpgsqlDataSource database, EventTypes types, IReadOnlyList<Projection> inline, IReadOnlyList<AppendCheck> checks,
    TimeProvider clock) : IEventStoreEngine
{
    /// <summary>SQLSTATE of <c>otc_version_conflict()</c>.</summary>
    internal const string StreamMoved = "OT409";

    /// <summary>SQLSTATE of a check that wants a later moment; its hint is the one after which it must be.</summary>
    internal const string MomentPassed = "OT410";

    /// <summary>A moment is passed once in a while; more rounds than this mean that something else is wrong.</summary>
    private const int MaxRounds = 10;

    private const string InsertStreams =
        "insert into mt_streams (id, type, version, timestamp, created) " +
        "select s.id, s.type, s.version, $4, $4 from unnest($1, $2, $3) as s (id, type, version)";

    /// <summary>
    /// Moves a stream on. One that is not what and where it should be makes the function raise; one that does not exist
    /// is missed by the foreign key of its events. One statement per stream, in id order: writes over several streams
    /// cannot deadlock on them, and the plan is the primary key's whatever the table's size was when it was made.
    /// The update also gives the transaction its id before the events draw their sequence numbers, which the gap rule
    /// needs.
    /// </summary>
    private const string MoveStream =
        "update mt_streams set timestamp = $5, version = " +
        "case when version = $3 and type = $2 then $4 else otc_version_conflict() end where id = $1";

    private const string InsertEvents =
        "insert into mt_events (id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, " +
        "causation_id, headers, user_name) select e.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as e";

    private const string Before = "seq_id, id, stream_id, version, type, ";
    private const string Behind = ", timestamp, user_name, correlation_id, causation_id, headers";
    private const string Columns = $"{Before}data{Behind}";

    /// <summary>
    /// One statement, so one snapshot: the rows and the transactions in flight are of the same moment. The age of a
    /// transaction id is its distance from the next one to be given out; it is read after the snapshot was taken.
    /// </summary>
    private const string ReadLog = $"select {Columns}{Page}";

    /// <summary>The same without the data of events that are passed over, which are most of a row.</summary>
    private const string ReadSome = $"select {Before}case when type = any($3) then null else data end{Behind}{Page}";

    private const string Page =
        ", pg_snapshot_xmin(pg_current_snapshot())::text, age(pg_snapshot_xmin(pg_current_snapshot())::xid) " +
        "from mt_events where seq_id > $1 order by seq_id limit $2";

    private static readonly SqlRows<StreamAppend> NewStreams = new SqlRows<StreamAppend>()
        .Column(append => append.StreamId)
        .Column(append => append.StreamType)
        .Column(append => append.VersionAfter);

    private readonly SqlRows<StoredEvent> _eventRows = new SqlRows<StoredEvent>()
        .Column(e => e.Id)
        .Column(e => e.StreamId)
        .Column(e => e.Version)
        .JsonColumn(e => EventTypes.Write(e.Data))
        .Column(e => e.Type)
        .Column(e => e.At)
        .Column(e => types.NameOf(e.Data).DotNetType)
        .Column(e => e.Metadata.CorrelationId)
        .Column(e => e.Metadata.CausationId)
        .JsonColumn(e => EventHeaders.Write(e.Metadata))
        .Column(e => e.Metadata.By);

    /// <summary>The latest moment known to be passed, in ticks of UTC.</summary>
    private long _passed;

    /// <inheritdoc/>
    public async Task<CommitResult> CommitAsync(WriteBatch batch, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        for (var round = 0; round < MaxRounds; round++)
        {
            if (await TryCommitAsync(batch, connection, cancellation) is { } result)
                return result;
        }

        return new CommitResult(CommitStatus.VersionConflict);
    }

    /// <inheritdoc/>
    public async Task<CommitResult> CommitAsync(
        WriteBatch batch, NpgsqlConnection connection, CancellationToken cancellation) =>
        await TryCommitAsync(batch, connection, cancellation) ?? new CommitResult(CommitStatus.VersionConflict);

    /// <summary>Null where only the moment was wrong: nothing is written, and the next try has a later one.</summary>
    private async Task<CommitResult?> TryCommitAsync(
        WriteBatch batch, NpgsqlConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(connection);
        if (batch.IsEmpty)
            return new CommitResult(CommitStatus.Committed);

        var started = Stopwatch.GetTimestamp();
        await using var sql = connection.CreateBatch();
        var events = Fill(sql, batch);
        try
        {
            await sql.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException early) when (early.SqlState == MomentPassed)
        {
            Pass(DateTimeOffset.Parse(early.Hint!, CultureInfo.InvariantCulture));
            return null;
        }
        catch (PostgresException refusal) when (Classify(refusal) is { } lost)
        {
            EventStoreMetrics.Lost(lost.Status);
            return lost;
        }

        EventStoreMetrics.Appended(events, Stopwatch.GetElapsedTime(started));
        return new CommitResult(CommitStatus.Committed);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        NpgsqlConnection connection, Guid streamId, long aboveVersion, int? limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from mt_events where stream_id = $1 and version > $2 order by version" +
            (limit is null ? "" : " limit $3"),
            connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = streamId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = aboveVersion });
        if (limit is { } most)
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(cancellation))
            events.Add(Read(reader));
        return events;
    }

    /// <inheritdoc/>
    public async Task<LogPage> ReadLogAsync(
        NpgsqlConnection connection, long abovePosition, int limit, string[]? passOver,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(passOver is null ? ReadLog : ReadSome, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = abovePosition });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        if (passOver is not null)
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = passOver });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<StoredEvent>();
        ulong min = 0, next = 0;
        while (await reader.ReadAsync(cancellation))
        {
            if (events.Count == 0)
            {
                min = ulong.Parse(reader.GetString(11), CultureInfo.InvariantCulture);
                next = min + (ulong)reader.GetInt32(12);
            }

            events.Add(reader.IsDBNull(5) ? StoredEvent.Passed(reader.GetInt64(0)) : Read(reader));
        }

        return new LogPage(events, min, next);
    }

    private int Fill(NpgsqlBatch sql, WriteBatch batch)
    {
        foreach (var guard in batch.Guards)
            sql.BatchCommands.Add(Copy(guard));

        var appends = batch.Appends.OrderBy(append => append.StreamId).ToArray();
        for (var index = 1; index < appends.Length; index++)
        {
            if (appends[index].StreamId == appends[index - 1].StreamId)
                throw new InvalidOperationException($"Stream {appends[index].StreamId} is twice in one batch.");
        }

        if (appends.Length > 0)
        {
            var now = Now();
            var events = Array.ConvertAll(appends, append => Stamp(append, now)).SelectMany(e => e).ToArray();
            foreach (var check in checks)
            {
                if (check(events) is { } statement)
                    sql.BatchCommands.Add(statement);
            }

            AddStreams(sql, appends, now);
            sql.BatchCommands.Add(_eventRows.Command(InsertEvents, events));
            Projection.Fill(sql.BatchCommands, inline, events);
            AddRows();
            return events.Length;
        }

        AddRows();
        return 0;

        void AddRows()
        {
            foreach (var row in batch.Rows)
                sql.BatchCommands.Add(Copy(row));
        }
    }

    /// <summary>
    /// The driver ties a command to what the connection it ran on has prepared, and on another one would run something
    /// else. A caller may give the same command to every try; what is sent is new each time.
    /// </summary>
    internal static NpgsqlBatchCommand Copy(NpgsqlBatchCommand command)
    {
        var copy = new NpgsqlBatchCommand(command.CommandText);
        foreach (NpgsqlParameter parameter in command.Parameters)
            copy.Parameters.Add(parameter.Clone());
        return copy;
    }

    /// <summary>
    /// As PostgreSQL keeps it, in whole microseconds: a read model sees the same time now and when it is rebuilt. Never
    /// one that a check has called passed, however slow the clock is.
    /// </summary>
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        var ticks = now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond);
        return new(Math.Max(ticks, Interlocked.Read(ref _passed) + TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    private void Pass(DateTimeOffset moment)
    {
        for (var known = Interlocked.Read(ref _passed); known < moment.UtcTicks;)
            known = Interlocked.CompareExchange(ref _passed, moment.UtcTicks, known);
    }

    private static void AddStreams(NpgsqlBatch sql, StreamAppend[] appends, DateTimeOffset now)
    {
        foreach (var append in appends.Where(append => append.ExpectedVersion > 0))
        {
            var move = new NpgsqlBatchCommand(MoveStream);
            move.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = append.StreamId });
            move.Parameters.Add(new NpgsqlParameter<string> { TypedValue = append.StreamType });
            move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = append.ExpectedVersion });
            move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = append.VersionAfter });
            move.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            sql.BatchCommands.Add(move);
        }

        var created = appends.Where(append => append.ExpectedVersion == 0).ToArray();
        if (created.Length > 0)
        {
            var create = NewStreams.Command(InsertStreams, created);
            create.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            sql.BatchCommands.Add(create);
        }
    }

    private IEnumerable<StoredEvent> Stamp(StreamAppend append, DateTimeOffset now) =>
        append.Events.Select((e, index) => new StoredEvent
        {
            Id = Ids.Next(clock),
            StreamId = append.StreamId,
            Version = append.ExpectedVersion + index + 1,
            Type = types.NameOf(e.Data).Name,
            Data = e.Data,
            At = now,
            Metadata = e.Metadata,
        });

    private StoredEvent Read(NpgsqlDataReader reader)
    {
        var type = reader.GetString(4);
        return new StoredEvent
        {
            Sequence = reader.GetInt64(0),
            Id = reader.GetGuid(1),
            StreamId = reader.GetGuid(2),
            Version = reader.GetInt64(3),
            Type = type,
            Data = types.Read(type, reader.GetFieldValue<byte[]>(5)),
            At = reader.GetFieldValue<DateTimeOffset>(6),
            Metadata = EventHeaders.Read(
                by: Text(reader, 7), correlationId: Text(reader, 8), causationId: Text(reader, 9),
                headers: Text(reader, 10)),
        };
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static CommitResult? Classify(PostgresException error) => (error.SqlState, error.ConstraintName) switch
    {
        (StreamMoved or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure, _) =>
            new CommitResult(CommitStatus.VersionConflict),
        (PostgresErrorCodes.UniqueViolation, "pkey_mt_streams_id" or "pk_mt_events_stream_and_version") =>
            new CommitResult(CommitStatus.VersionConflict),
        (PostgresErrorCodes.ForeignKeyViolation, "fkey_mt_events_stream_id") =>
            new CommitResult(CommitStatus.VersionConflict),
        (PostgresErrorCodes.UniqueViolation, "otc_inbox_pkey") => new CommitResult(CommitStatus.AlreadyHandled),
        (PostgresErrorCodes.UniqueViolation, "otc_idempotency_keys_pkey") => new CommitResult(CommitStatus.KeyTaken),
        (PostgresErrorCodes.UniqueViolation, { } constraint) => new CommitResult(CommitStatus.Duplicate, constraint),
        _ => null,
    };
}

/// <summary>The headers column: what Marten has no column for.</summary>
internal static class EventHeaders
{
    public static string Write(EventMetadata metadata)
    {
        var headers = new Dictionary<string, string>(2);
        if (metadata.TraceParent is not null)
            headers["traceparent"] = metadata.TraceParent;
        if (metadata.Reason is not null)
            headers["reason"] = metadata.Reason;
        return JsonSerializer.Serialize(headers);
    }

    public static EventMetadata Read(string? by, string? correlationId, string? causationId, string? headers)
    {
        if (headers is null or "{}" or "null")
            return new EventMetadata(by ?? "", correlationId, causationId);
        using var json = JsonDocument.Parse(headers);
        return new EventMetadata(by ?? "", correlationId, causationId, Text("reason"), Text("traceparent"));

        string? Text(string name) =>
            json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
