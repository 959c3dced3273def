using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Numbers drawn for receipts that are about to be written.</summary>
/// <param name="Numbers">In order, without a gap to the last one written.</param>
/// <param name="Use">
/// Moves the series on by the first so many of them; a version conflict when somebody else did so first.
/// </param>
public sealed record DrawnNumbers(IReadOnlyList<string> Numbers, Func<int, NpgsqlBatchCommand> Use)
{
    /// <summary>Moves the series on by all of them.</summary>
    public NpgsqlBatchCommand Guard => Use(Numbers.Count);
}

/// <summary>
/// The gapless series of receipt numbers per legal entity and year. Numbers are read, used and moved on in the write of
/// the receipts that bear them: a write that fails uses none. Within an instance one writer has its turn at a time, so
/// that they do not lose to each other.
/// </summary>
public sealed class ReceiptNumbers(NpgsqlDataSource database)
{
    private const string Read = "select last from receipt_numbers where legal_entity = $1 and year = $2";

    private const string Move =
        "with moved as (insert into receipt_numbers as n (legal_entity, year, last) values ($1, $2, $3) " +
        "on conflict (legal_entity, year) do update set last = excluded.last where n.last = $4 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>Waits until no other writer of this instance draws numbers for the legal entity.</summary>
    public async Task<IDisposable> TurnAsync(string legalEntity, CancellationToken cancellation)
    {
        var turns = _turns.GetOrAdd(legalEntity, _ => new SemaphoreSlim(1, 1));
        await turns.WaitAsync(cancellation);
        return new Turn(turns);
    }

    /// <summary>The next numbers, to be written together with <see cref="DrawnNumbers.Guard"/>.</summary>
    public async Task<DrawnNumbers> DrawAsync(string legalEntity, int year, int count, CancellationToken cancellation)
    {
        await using var read = database.CreateCommand(Read);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        read.Parameters.Add(new NpgsqlParameter<int> { TypedValue = year });
        var last = (int?)await read.ExecuteScalarAsync(cancellation) ?? 0;
        return new DrawnNumbers(
            [.. Enumerable.Range(last + 1, count).Select(number =>
                string.Create(CultureInfo.InvariantCulture, $"RCT-{legalEntity}-{year:D4}-{number:D6}"))],
            Use);

        NpgsqlBatchCommand Use(int used)
        {
            var guard = new NpgsqlBatchCommand(Move);
            guard.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
            guard.Parameters.Add(new NpgsqlParameter<int> { TypedValue = year });
            guard.Parameters.Add(new NpgsqlParameter<int> { TypedValue = last + used });
            guard.Parameters.Add(new NpgsqlParameter<int> { TypedValue = last });
            return guard;
        }
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
