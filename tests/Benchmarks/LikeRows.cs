using System.Globalization;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// The rows that one request left behind, to be written again by a bare client: the same tables, columns and sizes.
/// Values that identify the request's own things are fresh each time, and the same wherever they occur.
/// </summary>
internal sealed class LikeRows
{
    private readonly List<Row> _rows = [];
    private readonly object[] _identities;
    private long _last;

    private LikeRows(IEnumerable<object> identities) => _identities = [.. identities];

    /// <param name="database">Where the request was carried out.</param>
    /// <param name="identities">Its ids (uuid) and numbers (text).</param>
    /// <param name="cancellation">Stops.</param>
    /// <param name="selects">Its rows, parents first; a select names one table and <c>$1</c> is the identities as
    /// text.</param>
    public static async Task<LikeRows> ReadAsync(
        NpgsqlDataSource database, IReadOnlyCollection<object> identities, CancellationToken cancellation,
        params (string Table, string Where)[] selects)
    {
        var like = new LikeRows(identities);
        foreach (var (table, where) in selects)
        {
            var given = await database.ScalarAsync<string[]>(
                "select coalesce(array_agg(attname::text), '{}') from pg_attribute " +
                "where attrelid = $1::regclass and (attidentity <> '' or attname = 'seq_id')", cancellation, table);
            await using var command = database.CreateCommand($"select * from {table} where {where}");
            command.Parameters.AddWithValue(identities.Select(one => one.ToString()!).ToArray());
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                like._rows.Add(Row.Read(table, reader, given));
        }

        return like._rows.Count > 0 ? like : throw new InvalidOperationException("The request has left no rows.");
    }

    /// <summary>Writes them once, pipelined, in one transaction and round trip.</summary>
    public async Task InsertAsync(
        NpgsqlConnection connection, CancellationToken cancellation, params NpgsqlBatchCommand[] before)
    {
        var fresh = Fresh();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in before)
            batch.BatchCommands.Add(command);
        foreach (var row in _rows)
            batch.BatchCommands.Add(row.Insert(value => fresh.GetValueOrDefault(value, value)));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Writes them that many times with COPY, in one transaction, table by table.</summary>
    public async Task CopyAsync(NpgsqlDataSource database, int times, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var all = Enumerable.Range(0, times).Select(_ => Fresh()).ToArray();
        foreach (var table in _rows.GroupBy(row => row.Table))
        {
            await using var copy = await connection.BeginBinaryImportAsync(table.First().Copy, cancellation);
            foreach (var fresh in all)
            {
                foreach (var row in table)
                    row.Write(copy, value => fresh.GetValueOrDefault(value, value));
            }

            await copy.CompleteAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    private Dictionary<object, object> Fresh() => _identities.ToDictionary(one => one, one => one is string text
        ? Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture).PadLeft(text.Length, 'B')
        : (object)Ids.Next(TimeProvider.System));

    private sealed record Row(string Table, string[] Columns, string[] Types, object[] Values)
    {
        private readonly string _insert =
            $"insert into {Table} ({string.Join(", ", Columns)}) values " +
            $"({string.Join(", ", Columns.Select((_, index) => $"${index + 1}"))})";

        public string Copy => $"copy {Table} ({string.Join(", ", Columns)}) from stdin (format binary)";

        /// <summary>The present row of a reader without what the database gives, such as numbers of the log.</summary>
        public static Row Read(string table, NpgsqlDataReader reader, string[] given)
        {
            var columns = Enumerable.Range(0, reader.FieldCount)
                .Where(at => !given.Contains(reader.GetName(at)))
                .ToArray();
            return new Row(
                table, Array.ConvertAll(columns, reader.GetName),
                Array.ConvertAll(columns, at => reader.GetPostgresType(at).Name),
                Array.ConvertAll(columns, reader.GetValue));
        }

        public NpgsqlBatchCommand Insert(Func<object, object> fresh)
        {
            var command = new NpgsqlBatchCommand(_insert);
            for (var column = 0; column < Columns.Length; column++)
            {
                command.Parameters.Add(
                    new NpgsqlParameter { Value = fresh(Values[column]), DataTypeName = Types[column] });
            }

            return command;
        }

        public void Write(NpgsqlBinaryImporter copy, Func<object, object> fresh)
        {
            copy.StartRow();
            for (var column = 0; column < Columns.Length; column++)
            {
                if (Values[column] is DBNull)
                    copy.WriteNull();
                else
                    copy.Write(fresh(Values[column]), Types[column]);
            }
        }
    }
}
