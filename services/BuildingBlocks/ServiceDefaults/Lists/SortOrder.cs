using Npgsql;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The orders a list can have and how its pages are cut: by the sort values of the last row (keyset), never by
/// counting, so rows that come and go between two pages shift nothing. Declared once per list:
/// <code>
/// static readonly SortOrder&lt;Row&gt; Order =
///     new SortOrder&lt;Row&gt;("i.id", row => row.Id, standard: "-invoiceDate")
///         .By("invoiceDate", "i.invoice_date", row => row.InvoiceDate);
/// </code>
/// A sort expression must not be null in SQL (wrap it in <c>coalesce</c>) and its value must be in the row.
/// </summary>
public sealed class SortOrder<TRow>
{
    private readonly Dictionary<string, SortColumn<TRow>> _columns = new(StringComparer.Ordinal);
    private readonly SortColumn<TRow> _id;
    private readonly string _standard;

    /// <param name="idSql">SQL of the unique column that decides between equals.</param>
    /// <param name="id">Its value in a row.</param>
    /// <param name="standard">The order when the caller names none, e.g. <c>-invoiceDate</c>; empty for by id
    /// alone.</param>
    public SortOrder(string idSql, Func<TRow, Guid> id, string standard = "")
        : this(new SortColumn<TRow>("id", idSql, typeof(Guid), row => id(row)), standard)
    {
    }

    /// <summary>The same with a text as the unique column, e.g. a code or number.</summary>
    public SortOrder(string idSql, Func<TRow, string> id, string standard = "")
        : this(new SortColumn<TRow>("id", idSql, typeof(string), id), standard)
    {
    }

    /// <summary>The same with a number as the unique column.</summary>
    public SortOrder(string idSql, Func<TRow, long> id, string standard = "")
        : this(new SortColumn<TRow>("id", idSql, typeof(long), row => id(row)), standard)
    {
    }

    private SortOrder(SortColumn<TRow> id, string standard) => (_id, _standard) = (id, standard);

    /// <summary>Lets callers sort by this field.</summary>
    public SortOrder<TRow> By<TValue>(string field, string sql, Func<TRow, TValue> value)
        where TValue : notnull
    {
        _columns.Add(field, new SortColumn<TRow>(field, sql, typeof(TValue), row => value(row)));
        return this;
    }

    /// <summary>The page a request asks for; 400 on an unknown field or a bad cursor.</summary>
    public Keyset<TRow> For(ListQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var order = query.Sort ?? _standard;
        var keys = order
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Parse)
            .ToList();
        if (keys.Select(key => key.Column.Field).Distinct(StringComparer.Ordinal).Count() != keys.Count)
            throw Bad("A field is named twice.");
        keys.Add(new SortKey<TRow>(_id, keys.Count > 0 && keys[^1].Descending));
        return new Keyset<TRow>(query, order, keys);
    }

    private SortKey<TRow> Parse(string field)
    {
        var descending = field[0] == '-';
        return _columns.TryGetValue(descending ? field[1..] : field, out var column)
            ? new SortKey<TRow>(column, descending)
            : throw Bad($"This list sorts by {string.Join(", ", _columns.Keys.Order(StringComparer.Ordinal))}.");
    }

    private static ProblemException Bad(string message) => new(Problems.Malformed("bad-sort", "/sort", message));
}

internal sealed record SortColumn<TRow>(string Field, string Sql, Type Type, Func<TRow, object> Value);

internal readonly record struct SortKey<TRow>(SortColumn<TRow> Column, bool Descending)
{
    public string Direction => Descending ? "desc" : "asc";

    public string Beyond => Descending ? "<" : ">";
}

/// <summary>
/// The SQL of one page: <c>select … where {filters} and {Where} order by {OrderBy} limit {Limit}</c>, with
/// <see cref="Parameters"/>. One row more than asked for is read: it tells whether there is a next page.
/// </summary>
public sealed class Keyset<TRow>
{
    private readonly ListQuery _query;
    private readonly string _order;
    private readonly List<SortKey<TRow>> _keys;
    private readonly Dictionary<string, object> _parameters = new(StringComparer.Ordinal);

    internal Keyset(ListQuery query, string order, List<SortKey<TRow>> keys)
    {
        (_query, _order, _keys) = (query, order, keys);
        OrderBy = string.Join(", ", keys.Select(key => $"{key.Column.Sql} {key.Direction}"));
        if (query.Cursor is not { } cursor)
            return;
        var values = Cursor.Read(cursor, order, [.. keys.Select(key => key.Column.Type)]);
        for (var index = 0; index < values.Count; index++)
            _parameters[$"key{index}"] = values[index];
        Where = Beyond();
    }

    /// <summary>Rows after the cursor; <c>true</c> on the first page.</summary>
    public string Where { get; } = "true";

    /// <summary>The order, the unique column last.</summary>
    public string OrderBy { get; }

    /// <summary>Rows to read.</summary>
    public int Limit => _query.Limit + 1;

    /// <summary>Named parameters of <see cref="Where"/>, for Dapper's <c>DynamicParameters</c>.</summary>
    public IReadOnlyDictionary<string, object> Parameters => _parameters;

    /// <summary>Adds the parameters to a command.</summary>
    public void AddTo(NpgsqlCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        foreach (var (name, value) in _parameters)
            command.Parameters.AddWithValue(name, value);
    }

    /// <summary>The page, from the rows as they were read.</summary>
    public Page<TRow> Page(IReadOnlyList<TRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count <= _query.Limit)
            return new Page<TRow>(rows, null);
        var items = rows.Take(_query.Limit).ToList();
        return new Page<TRow>(items, Cursor.Write(_order, [.. _keys.Select(key => key.Column.Value(items[^1]))]));
    }

    /// <summary>
    /// One direction: a row comparison, which an index answers directly. Mixed: equal in the first keys and beyond in
    /// the next.
    /// </summary>
    private string Beyond()
    {
        if (_keys.TrueForAll(key => key.Descending == _keys[0].Descending))
        {
            return $"({string.Join(", ", _keys.Select(key => key.Column.Sql))}) {_keys[0].Beyond} " +
                $"({string.Join(", ", _keys.Select((_, index) => $"@key{index}"))})";
        }

        var cases = _keys.Select((key, index) => string.Join(" and ",
        [
            .. _keys.Take(index).Select((before, at) => $"{before.Column.Sql} = @key{at}"),
            $"{key.Column.Sql} {key.Beyond} @key{index}",
        ]));
        return $"({string.Join(" or ", cases.Select(one => $"({one})"))})";
    }
}
