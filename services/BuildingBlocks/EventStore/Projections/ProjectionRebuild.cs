using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing.Projections;

/// <summary>
/// Builds a read model anew from the log while the service goes on reading and writing the old one. The new tables grow in a schema
/// of their own; only for the last few events are writers held up, then the tables change places in the same transaction.
/// </summary>
public sealed partial class ProjectionRebuild(
    IEventStoreEngine engine, NpgsqlDataSource database, IReadOnlyList<Projection> projections,
    IReadOnlyList<ISubscription> subscriptions, ILogger<ProjectionRebuild> log)
{
    private const int PageSize = 5000;

    /// <summary>Rebuilds the named read model. Throws <see cref="KeyNotFoundException"/> when there is none of that name.</summary>
    /// <returns>Number of events that were read.</returns>
    public async Task<long> RunAsync(string name, CancellationToken cancellation = default)
    {
        var asynchronous = subscriptions.OfType<AsyncProjection>().FirstOrDefault(s => s.Projection.Name == name);
        var projection = asynchronous?.Projection ?? projections.FirstOrDefault(p => p.Name == name)
            ?? throw new KeyNotFoundException($"There is no read model '{name}'.");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await ExecuteAsync(connection, "select pg_advisory_lock($1)", cancellation, Ids.LockKey("ordertocash:rebuild"));
        var schema = $"rebuild_{projection.Name}";
        try
        {
            var indexes = await CreateShadowAsync(connection, schema, projection, cancellation);
            var reader = new LogReader(engine, 0);
            var count = await CopyAsync(connection, schema, projection, reader, cancellation);
            foreach (var sql in indexes)
                await ExecuteAsync(connection, sql, cancellation);
            count += await CopyAsync(connection, schema, projection, reader, cancellation);
            count += await SwapAsync(connection, schema, projection, asynchronous, reader, cancellation);
            LogRebuilt(log, projection.Name, count);
            return count;
        }
        finally
        {
            await ExecuteAsync(connection, "reset search_path", CancellationToken.None);
            await ExecuteAsync(connection, $"drop schema if exists {schema} cascade", CancellationToken.None);
            await ExecuteAsync(
                connection, "select pg_advisory_unlock($1)", CancellationToken.None, Ids.LockKey("ordertocash:rebuild"));
        }
    }

    /// <summary>Empty tables of the same shape; primary keys at once (upserts need them), other indexes after the bulk.</summary>
    private static async Task<List<string>> CreateShadowAsync(
        NpgsqlConnection connection, string schema, Projection projection, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, $"drop schema if exists {schema} cascade", cancellation);
        await ExecuteAsync(connection, $"create schema {schema}", cancellation);
        var later = new List<string>();
        foreach (var table in projection.Tables)
        {
            await ExecuteAsync(connection,
                $"create table {schema}.{table} (like public.{table} including all excluding indexes)", cancellation);
            await using var command = new NpgsqlCommand(
                "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.contype, i.indisunique, c.conname " +
                "from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u') " +
                "where i.indrelid = $1::regclass", connection);
            command.Parameters.AddWithValue($"public.{table}");
            var now = new List<string>();
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
            {
                while (await reader.ReadAsync(cancellation))
                {
                    var definition = reader.GetString(1)
                        .Replace($" ON public.{table} ", $" ON {schema}.{table} ", StringComparison.Ordinal);
                    (reader.GetBoolean(3) ? now : later).Add(definition);
                    if (!reader.IsDBNull(2))
                    {
                        var kind = reader.GetChar(2) == 'p' ? "primary key" : "unique";
                        now.Add($"alter table {schema}.{table} add constraint {reader.GetString(4)} {kind} " +
                            $"using index {reader.GetString(0)}");
                    }
                }
            }

            foreach (var sql in now)
                await ExecuteAsync(connection, sql, cancellation);
        }

        return later;
    }

    private static async Task<long> CopyAsync(
        NpgsqlConnection connection, string schema, Projection projection, LogReader reader, CancellationToken cancellation)
    {
        long count = 0;
        await ExecuteAsync(connection, $"set search_path = {schema}, public", cancellation);
        while (true)
        {
            var events = await reader.NextAsync(connection, PageSize, cancellation);
            if (events.Count == 0)
                break;
            var commands = new List<NpgsqlBatchCommand>();
            Projection.Fill(commands, [projection], events);
            await using var batch = connection.CreateBatch();
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            if (commands.Count > 0)
                await batch.ExecuteNonQueryAsync(cancellation);
            count += events.Count;
        }

        return count;
    }

    private async Task<long> SwapAsync(
        NpgsqlConnection connection, string schema, Projection projection, AsyncProjection? asynchronous, LogReader reader,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // Waits for the writes in flight and holds up new ones, so the log ends here and no hole can fill any more.
        await ExecuteAsync(connection, "lock table mt_events in share row exclusive mode", cancellation);
        if (asynchronous is not null)
        {
            await ExecuteAsync(connection,
                "select 1 from mt_event_progression where name = $1 for update", cancellation, asynchronous.Name);
        }

        var last = new LogReader(engine, reader.Position, (_, page) => page.Events.Count);
        var count = await CopyAsync(connection, schema, projection, last, cancellation);
        foreach (var table in projection.Tables)
        {
            await ExecuteAsync(connection, $"drop table public.{table}", cancellation);
            await ExecuteAsync(connection, $"alter table {schema}.{table} set schema public", cancellation);
        }

        if (asynchronous is not null)
        {
            await ExecuteAsync(connection,
                "update mt_event_progression set last_seq_id = $2, last_updated = now() where name = $1",
                cancellation, asynchronous.Name, last.Position);
        }

        await transaction.CommitAsync(cancellation);
        return count;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.projection.rebuilt",
        Message = "Read model {Name} is rebuilt from {Count} events")]
    private static partial void LogRebuilt(ILogger log, string name, long count);
}
