using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Numbering;

/// <summary>
/// One gapless series: per legal entity, kind of document and, where the numbers start again each year, year.
/// </summary>
/// <param name="Kind">Prefix of the numbers: <c>INV</c>, <c>CUST</c>.</param>
/// <param name="Year">Year of the document date; 0 for a series that never starts again.</param>
public readonly record struct NumberSeries(string LegalEntity, string Kind, int Year)
{
    /// <summary>Customers of a legal entity: <c>CUST-US01-000042</c>.</summary>
    public static NumberSeries Customers(string legalEntity) => new(legalEntity, "CUST", 0);

    /// <summary>Invoices of a legal entity and year: <c>INV-US01-2026-000123</c>.</summary>
    public static NumberSeries Invoices(string legalEntity, DateOnly invoiceDate) =>
        new(legalEntity, "INV", invoiceDate.Year);

    /// <summary>Credit memos of a legal entity and year: <c>CM-US01-2026-000123</c>.</summary>
    public static NumberSeries CreditMemos(string legalEntity, DateOnly creditDate) =>
        new(legalEntity, "CM", creditDate.Year);

    /// <summary>Debit memos of a legal entity and year: <c>DM-US01-2026-000123</c>.</summary>
    public static NumberSeries DebitMemos(string legalEntity, DateOnly date) => new(legalEntity, "DM", date.Year);

    /// <summary>Deposits of a legal entity and year: <c>DEP-US01-2026-000123</c>.</summary>
    public static NumberSeries Deposits(string legalEntity, DateOnly date) => new(legalEntity, "DEP", date.Year);

    /// <summary>A number as people see it.</summary>
    public string Format(long number) =>
        Year == 0 ? $"{Kind}-{LegalEntity}-{number:D6}" : $"{Kind}-{LegalEntity}-{Year:D4}-{number:D6}";
}

/// <summary>Numbers drawn for one write, to be used up.</summary>
public sealed class DrawnNumbers
{
    private readonly Dictionary<NumberSeries, long> _next;

    /// <summary>For a write that numbers nothing.</summary>
    public static readonly DrawnNumbers None = new([]);

    internal DrawnNumbers(Dictionary<NumberSeries, long> next) => _next = next;

    /// <summary>The next number of a series.</summary>
    public string Next(NumberSeries series) => series.Format(_next[series]++);
}

/// <summary>A write that needs numbers: one per entry of the series, and the batch once they are drawn.</summary>
public sealed record NumberedWrite(IReadOnlyList<NumberSeries> Series, Func<DrawnNumbers, WriteBatch> Build)
{
    /// <summary>One that numbers nothing: it is one round trip, and none where it is empty.</summary>
    public static NumberedWrite Of(WriteBatch batch) => new([], _ => batch);
}

/// <summary>
/// Draws numbers in the transaction of the documents that carry them. The row of a series stays locked until that
/// commits, so numbers come without holes; whoever numbers many documents does it in one write.
/// </summary>
public sealed class DocumentNumbers(EventStore store)
{
    /// <summary>Takes the rows in one order, so that two writes over the same series cannot deadlock.</summary>
    private const string Draw =
        "insert into number_series as s (legal_entity, kind, year, last) " +
        "select * from unnest($1, $2, $3, $4) as n (legal_entity, kind, year, last) order by 1, 2, 3 " +
        "on conflict (legal_entity, kind, year) do update set last = s.last + excluded.last " +
        "returning legal_entity, kind, year, last";

    /// <summary>
    /// Draws one number per entry of <paramref name="series"/>, builds the batch with them and commits all of it, or
    /// nothing.
    /// </summary>
    public async Task<CommitResult> CommitAsync(
        IEnumerable<NumberSeries> series, Func<DrawnNumbers, WriteBatch> build, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(build);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var drawn = await DrawAsync(connection, series, cancellation);
        var batch = build(drawn);
        var result = await store.CommitAsync(batch, connection, cancellation);
        if (!result.IsCommitted)
            return result;
        await transaction.CommitAsync(cancellation);
        store.Announce(batch);
        return result;
    }

    /// <summary>
    /// The same for what is planned anew after each version conflict; gives the first result that is none.
    /// </summary>
    /// <param name="plan">Loads what it decides on each time.</param>
    /// <param name="cancellation">Ends it between two writes.</param>
    public async Task<CommitResult> CommitAsync(
        Func<CancellationToken, Task<NumberedWrite>> plan, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        for (var round = 0; round < EventStore.MaxRounds; round++)
        {
            var write = await plan(cancellation);
            var result = write.Series.Count == 0
                ? await store.CommitAsync(write.Build(DrawnNumbers.None), cancellation)
                : await CommitAsync(write.Series, write.Build, cancellation);
            if (result.Status != CommitStatus.VersionConflict)
                return result;
            await store.StandBackAsync(round, cancellation);
        }

        throw new ContentionException("several streams", Guid.Empty);
    }

    /// <summary>Draws one number per entry of <paramref name="series"/> in the caller's transaction.</summary>
    public async Task<DrawnNumbers> DrawAsync(
        NpgsqlConnection connection, IEnumerable<NumberSeries> series, CancellationToken cancellation)
    {
        var wanted = series.CountBy(one => one).ToList();
        var next = new Dictionary<NumberSeries, long>(wanted.Count);
        if (wanted.Count == 0)
            return DrawnNumbers.None;
        var rows = new SqlRows<KeyValuePair<NumberSeries, int>>()
            .Column(row => row.Key.LegalEntity)
            .Column(row => row.Key.Kind)
            .Column(row => row.Key.Year)
            .Column(row => (long)row.Value);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(rows.Command(Draw, wanted));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var counts = wanted.ToDictionary();
        while (await reader.ReadAsync(cancellation))
        {
            var one = new NumberSeries(reader.GetString(0), reader.GetString(1), reader.GetInt32(2));
            next[one] = reader.GetInt64(3) - counts[one] + 1;
        }

        return new DrawnNumbers(next);
    }
}
