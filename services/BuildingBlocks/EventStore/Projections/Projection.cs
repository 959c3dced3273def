using System.Text.RegularExpressions;
using Npgsql;

namespace OrderToCash.EventSourcing.Projections;

/// <summary>An event as a projection sees it: its data and where and when it was recorded.</summary>
public readonly record struct Recorded<TEvent>(TEvent Data, StoredEvent Event)
{
    /// <summary>The stream it belongs to: the id of the thing that changed.</summary>
    public Guid StreamId => Event.StreamId;

    /// <summary>Version of the stream after it.</summary>
    public long Version => Event.Version;

    /// <summary>When it was recorded (UTC).</summary>
    public DateTimeOffset At => Event.At;
}

/// <summary>
/// A read model: tables and the SQL that each event means for them, written over sets of rows
/// (<see cref="SqlRows{TRow}"/>). The same SQL serves the append's transaction and the rebuild.
/// <para>A statement gets events of one type and at most one per stream, in no order across streams: it may rely on the
/// order within a stream and on nothing else. It must not read a clock or another table that is not its own.</para>
/// <para>A rebuild puts new tables in the place of the old ones: columns with defaults, identity and generated columns,
/// checks, keys, indexes, storage parameters and grants come along (identity values are given anew). Foreign keys,
/// triggers, serial columns and views on the table do not; a rebuild refuses such a table before it starts.</para>
/// </summary>
public abstract partial class Projection
{
    private readonly Dictionary<Type, List<Handler>> _handlers = [];

    /// <param name="name">
    /// Name in the administration API; never reused for another model.
    /// </param>
    /// <param name="tables">Every table it owns, in schema public; a rebuild replaces exactly these.</param>
    protected Projection(string name, params string[] tables)
    {
        foreach (var plain in tables.Append(name))
        {
            if (!PlainName().IsMatch(plain))
                throw new ArgumentException($"'{plain}' is not a plain snake_case name of at most 50 characters.");
        }

        (Name, Tables) = (name, tables);
    }

    private delegate void Handler(IReadOnlyList<StoredEvent> events, IList<NpgsqlBatchCommand> batch);

    /// <summary>Stable name.</summary>
    public string Name { get; }

    /// <summary>Tables it owns, in creation order.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>
    /// Runs <paramref name="sql"/> over the events of this type; each column becomes an array $1, $2, ….
    /// </summary>
    protected void On<TEvent>(string sql, Action<SqlRows<Recorded<TEvent>>> columns) =>
        OnEach<TEvent, Recorded<TEvent>>(recorded => [recorded], sql, columns);

    /// <summary>
    /// Runs <paramref name="sql"/> over the parts of the events of this type: lines, installments, postings.
    /// </summary>
    protected void OnEach<TEvent, TRow>(
        Func<Recorded<TEvent>, IEnumerable<TRow>> parts, string sql, Action<SqlRows<TRow>> columns)
    {
        var rows = new SqlRows<TRow>();
        columns(rows);
        if (!_handlers.TryGetValue(typeof(TEvent), out var handlers))
            _handlers[typeof(TEvent)] = handlers = [];
        handlers.Add((events, batch) =>
        {
            var all = new List<TRow>(events.Count);
            foreach (var e in events)
                all.AddRange(parts(new Recorded<TEvent>((TEvent)e.Data, e)));
            if (all.Count > 0)
                batch.Add(rows.Command(sql, all));
        });
    }

    /// <summary>Adds the statements that these events, in log order, mean for these projections.</summary>
    public static void Fill(
        IList<NpgsqlBatchCommand> commands, IReadOnlyList<Projection> projections, IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(projections);
        foreach (var set in Sets(events))
        {
            foreach (var projection in projections)
            {
                if (!projection._handlers.TryGetValue(set[0].Data.GetType(), out var handlers))
                    continue;
                foreach (var handler in handlers)
                    handler(set, commands);
            }
        }
    }

    /// <summary>
    /// Cuts events into sets of one type with at most one per stream: first the first event of every stream, then the
    /// second, and so on. So the order inside each stream is kept, and a thousand streams still make few statements.
    /// </summary>
    private static IEnumerable<IReadOnlyList<StoredEvent>> Sets(IReadOnlyList<StoredEvent> events)
    {
        if (events.Count <= 1)
            return events.Count == 0 ? [] : [events];

        var seen = new Dictionary<Guid, int>(events.Count);
        var sets = new SortedDictionary<int, Dictionary<Type, List<StoredEvent>>>();
        foreach (var e in events)
        {
            var turn = seen[e.StreamId] = seen.GetValueOrDefault(e.StreamId) + 1;
            if (!sets.TryGetValue(turn, out var byType))
                sets[turn] = byType = [];
            if (!byType.TryGetValue(e.Data.GetType(), out var set))
                byType[e.Data.GetType()] = set = [];
            set.Add(e);
        }

        return sets.Values.SelectMany(byType => byType.Values);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,49}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainName();
}
