using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Columns of a set of rows, handed to PostgreSQL as one array each: <c>unnest($1, $2, …)</c>. One statement writes one
/// row or a thousand, so single writes, bulk writes and rebuilds share one SQL text and one plan.
/// </summary>
public sealed class SqlRows<TRow>
{
    private readonly List<Func<IReadOnlyList<TRow>, NpgsqlParameter>> _columns = [];

    /// <summary>
    /// Adds the next column ($1, $2, …); its PostgreSQL array type follows from <typeparamref name="T"/>.
    /// </summary>
    public SqlRows<TRow> Column<T>(Func<TRow, T> value)
    {
        _columns.Add(rows =>
        {
            var values = new T[rows.Count];
            for (var index = 0; index < values.Length; index++)
                values[index] = value(rows[index]);
            return new NpgsqlParameter<T[]> { TypedValue = values };
        });
        return this;
    }

    /// <summary>Adds the next column as jsonb, from JSON text.</summary>
    public SqlRows<TRow> JsonColumn(Func<TRow, string?> value)
    {
        _columns.Add(rows => new NpgsqlParameter<string?[]>
        {
            TypedValue = rows.Select(value).ToArray(),
            NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Jsonb,
        });
        return this;
    }

    /// <summary>The statement for these rows.</summary>
    public NpgsqlBatchCommand Command(string sql, IReadOnlyList<TRow> rows)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in _columns)
            command.Parameters.Add(column(rows));
        return command;
    }
}
