using System.Text.Json;
using Marten;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>How many events to what kind of stream, by how many writers at once.</summary>
internal sealed record AppendCase(int Events, bool IsNew, int Writers);

/// <summary>Appends one transaction after the other.</summary>
internal interface IAppendWriter : IAsyncDisposable
{
    Task PrepareAsync(CancellationToken cancellation);

    Task WriteAsync(CancellationToken cancellation);
}

/// <summary>The streams one writer has for itself, and where they are.</summary>
internal sealed class Streams(bool isNew)
{
    private const int StreamsPerWriter = 64;

    private readonly (Guid Id, long Version)[] _streams = new (Guid, long)[StreamsPerWriter];
    private int _next;

    public (Guid Id, long Version) Next(int events)
    {
        if (isNew)
            return (Ids.Next(TimeProvider.System), 0);
        ref var stream = ref _streams[_next++ % StreamsPerWriter];
        if (stream.Version == 0)
            stream.Id = Ids.Next(TimeProvider.System);
        var before = stream;
        stream.Version += events;
        return before;
    }

    /// <summary>Writes the first events of each existing stream.</summary>
    public static async Task FillAsync(IAppendWriter writer, AppendCase one, CancellationToken cancellation)
    {
        for (var stream = 0; stream < StreamsPerWriter && !one.IsNew; stream++)
            await writer.WriteAsync(cancellation);
    }
}

/// <summary>The store, by one who knows the version.</summary>
internal sealed class StoreWriter(EventStore store, AppendCase one) : IAppendWriter
{
    private readonly Streams _streams = new(one.IsNew);

    public Task PrepareAsync(CancellationToken cancellation) => Streams.FillAsync(this, one, cancellation);

    public async Task WriteAsync(CancellationToken cancellation)
    {
        var (id, version) = _streams.Next(one.Events);
        var batch = new WriteBatch(PaymentNoted.Metadata)
            .Append(PaymentNoted.Stream, id, version, PaymentNoted.Many(one.Events));
        if (!(await store.CommitAsync(batch, cancellation)).IsCommitted)
            throw new InvalidOperationException("The append was refused.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The store, by a decision on the state it remembers.</summary>
internal sealed class DecidingWriter(EventStore store, AppendCase one) : IAppendWriter
{
    private readonly Streams _streams = new(one.IsNew);

    public Task PrepareAsync(CancellationToken cancellation) => Streams.FillAsync(this, one, cancellation);

    public async Task WriteAsync(CancellationToken cancellation)
    {
        var (id, _) = _streams.Next(one.Events);
        await store.DecideAsync(
            PaymentNoted.Stream, id, PaymentNoted.Metadata, _ => Decision.Of(PaymentNoted.Many(one.Events)),
            one.IsNew ? 0 : null, cancellation: cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Marten, by one who knows the version.</summary>
internal sealed class MartenWriter(DocumentStore marten, AppendCase one) : IAppendWriter
{
    private readonly Streams _streams = new(one.IsNew);

    public Task PrepareAsync(CancellationToken cancellation) => Streams.FillAsync(this, one, cancellation);

    public async Task WriteAsync(CancellationToken cancellation)
    {
        var (id, version) = _streams.Next(one.Events);
        await using var session = marten.LightweightSession();
        session.CorrelationId = PaymentNoted.Metadata.CorrelationId;
        session.CausationId = PaymentNoted.Metadata.CausationId;
        session.LastModifiedBy = PaymentNoted.Metadata.By;
        session.SetHeader("traceparent", PaymentNoted.Metadata.TraceParent!);
        if (version == 0)
            session.Events.StartStream(id, PaymentNoted.Many(one.Events));
        else
            session.Events.Append(id, version + one.Events, PaymentNoted.Many(one.Events));
        await session.SaveChangesAsync(cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The same rows with nothing but Npgsql.</summary>
internal sealed class BareWriter(NpgsqlDataSource database, AppendCase one) : IAppendWriter
{
    private const string Insert =
        "insert into mt_streams (id, type, version, timestamp, created) values ($1, $2, $3, $4, $4)";

    private const string Update = "update mt_streams set version = $3, timestamp = $4 where id = $1 and version = $2";

    private const string Event =
        "insert into mt_events (id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, " +
        "causation_id, headers, user_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    private static readonly string DotNetType = $"{typeof(PaymentNoted).FullName}, OrderToCash.Benchmarks";

    private readonly Streams _streams = new(one.IsNew);
    private readonly string _data = JsonSerializer.Serialize(PaymentNoted.Some, Json.Stored);
    private NpgsqlConnection? _connection;

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        _connection = await database.OpenConnectionAsync(cancellation);
        await Streams.FillAsync(this, one, cancellation);
    }

    public async Task WriteAsync(CancellationToken cancellation)
    {
        var (id, version) = _streams.Next(one.Events);
        var now = TimeProvider.System.GetUtcNow();
        await using var batch = new NpgsqlBatch(_connection);
        var stream = new NpgsqlBatchCommand(version == 0 ? Insert : Update);
        stream.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        stream.Parameters.Add(version == 0
            ? new NpgsqlParameter<string> { TypedValue = PaymentNoted.Stream.Name }
            : new NpgsqlParameter<long> { TypedValue = version });
        stream.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version + one.Events });
        stream.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        batch.BatchCommands.Add(stream);
        for (var number = 1; number <= one.Events; number++)
            batch.BatchCommands.Add(EventRow(id, version + number, now));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private NpgsqlBatchCommand EventRow(Guid stream, long version, DateTimeOffset now)
    {
        var row = new NpgsqlBatchCommand(Event);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Ids.Next(TimeProvider.System) });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = stream });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        row.Parameters.Add(Jsonb(_data));
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "payment_noted" });
        row.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = DotNetType });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PaymentNoted.Metadata.CorrelationId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PaymentNoted.Metadata.CausationId });
        row.Parameters.Add(Jsonb("""{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"""));
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PaymentNoted.Metadata.By });
        return row;
    }

    private static NpgsqlParameter Jsonb(string text) =>
        new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb };
}

/// <summary>An event of the size that invoices and payments have: 400 bytes of JSON.</summary>
internal sealed record PaymentNoted(
    Guid PaymentId, string CustomerNumber, Money Amount, DateOnly ValueDate, string Remittance,
    IReadOnlyList<string> References)
{
    public static readonly PaymentNoted Some = new(
        new Guid("0198f3a2-7c11-7abc-8def-0123456789ab"), "CUST-US01-000042", Money.Of(1250.75m, Currency.Of("USD")),
        new DateOnly(2026, 3, 17),
        "PAYMENT OF INVOICES INV-US01-2026-000123 AND INV-US01-2026-000124 LESS CREDIT MEMO 17",
        ["INV-US01-2026-000123", "INV-US01-2026-000124", "CM-US01-2026-000017"]);

    public static readonly EventMetadata Metadata = new(
        "ana", "5f0c1e4d-9b1f-4c55-9f0a-2f1b6f1f7a55", "0198f3a2-7c11-7abc-8def-0123456789ac",
        TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    public static readonly StreamType<object> Stream = new("payment", new object(), (state, _) => state);

    public static object[] Many(int count) => Enumerable.Repeat<object>(Some, count).ToArray();
}
