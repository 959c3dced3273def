using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Numbers drawn for receipts that are about to be written.</summary>
/// <param name="Numbers">In order, without a gap to the last one written.</param>
/// <param name="Use">
/// Moves the series on by the first so many of them; a version conflict when somebody else did so first.
/// </param>
public sealed record DrawnNumbers(IReadOnlyList<string> Numbers, Func<int, NpgsqlBatchCommand> Use);

/// <summary>
/// The gapless series of receipt numbers per legal entity and year. Numbers are read, used and moved on in the write of
/// the receipts that bear them: a write that fails uses none. Within an instance one writer has its turn at a time, so
/// that they do not lose to each other. A write of many receipts takes long to put together and would lose to single
/// ones of other instances again and again: while it has its turn theirs wait, and draw no number that is gone when
/// they may write (<see cref="SingleTurn"/>).
/// </summary>
public sealed class ReceiptNumbers(
    NpgsqlDataSource database, [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions)
{
    private const string Read = "select last from receipt_numbers where legal_entity = $1 and year = $2";

    private const string Move =
        "with moved as (insert into receipt_numbers as n (legal_entity, year, last) values ($1, $2, $3) " +
        "on conflict (legal_entity, year) do update set last = excluded.last where n.last = $4 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    private readonly NpgsqlDataSource _sessions = sessions;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>
    /// The turn of a single receipt: waits until no other writer of this instance draws numbers for the legal entity.
    /// </summary>
    public async Task<SingleTurn> TurnAsync(string legalEntity, CancellationToken cancellation) =>
        new(this, legalEntity, await InstanceTurnAsync(legalEntity, cancellation));

    /// <summary>
    /// The turn of a write of many receipts, over all instances: until it is given back nobody else's numbers move. It
    /// ends with its session where the process dies.
    /// </summary>
    public async Task<IDisposable> LongTurnAsync(string legalEntity, CancellationToken cancellation)
    {
        var turn = await InstanceTurnAsync(legalEntity, cancellation);
        try
        {
            return new LongTurn(turn, await Turn.WaitAsync(_sessions, KeyOf(legalEntity), cancellation));
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The next numbers, to be written together with <see cref="DrawnNumbers.Use"/>.</summary>
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

    private async Task<IDisposable> InstanceTurnAsync(string legalEntity, CancellationToken cancellation)
    {
        var turns = _turns.GetOrAdd(legalEntity, _ => new SemaphoreSlim(1, 1));
        await turns.WaitAsync(cancellation);
        return new InstanceTurn(turns);
    }

    private async Task<bool> AreManyWrittenAsync(string legalEntity, CancellationToken cancellation)
    {
        await using var ask = database.CreateCommand("select not pg_try_advisory_xact_lock_shared($1)");
        ask.Parameters.Add(new NpgsqlParameter<long> { TypedValue = KeyOf(legalEntity) });
        return await ask.ExecuteScalarAsync(cancellation) is true;
    }

    private static long KeyOf(string legalEntity) => Ids.LockKey($"receipt-numbers:{legalEntity}");

    private sealed class InstanceTurn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }

    /// <summary>
    /// The turn of a single receipt. Where another instance writes many, it waits for them before it draws, and from
    /// then on they wait for it: it loses its number to them at most once.
    /// </summary>
    public sealed class SingleTurn : IDisposable
    {
        private readonly ReceiptNumbers _numbers;
        private readonly string _legalEntity;
        private readonly IDisposable _turn;
        private Turn? _waited;

        internal SingleTurn(ReceiptNumbers numbers, string legalEntity, IDisposable turn) =>
            (_numbers, _legalEntity, _turn) = (numbers, legalEntity, turn);

        /// <summary>The next number, to be written together with <see cref="Use"/>.</summary>
        public async Task<DrawnNumbers> DrawAsync(int year, CancellationToken cancellation)
        {
            if (_waited is null && await _numbers.AreManyWrittenAsync(_legalEntity, cancellation))
                _waited = await Turn.WaitAsync(_numbers._sessions, KeyOf(_legalEntity), cancellation, isShared: true);
            return await _numbers.DrawAsync(_legalEntity, year, 1, cancellation);
        }

        /// <summary>
        /// Adds the use of the number to its write, which waits while many are written. Where it has waited for them
        /// before it drew, they already wait for it: to wait behind them again would never end.
        /// </summary>
        public WriteBatch Use(WriteBatch batch, DrawnNumbers drawn)
        {
            ArgumentNullException.ThrowIfNull(batch);
            ArgumentNullException.ThrowIfNull(drawn);
            if (_waited is null)
            {
                var wait = new NpgsqlBatchCommand("select pg_advisory_xact_lock_shared($1)");
                wait.Parameters.Add(new NpgsqlParameter<long> { TypedValue = KeyOf(_legalEntity) });
                batch.Lock(wait);
            }

            return batch.Guard(drawn.Use(1));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _waited?.Dispose();
            _turn.Dispose();
        }
    }

    /// <summary>The session's lock goes before the turn within the instance.</summary>
    private sealed class LongTurn(IDisposable turn, Turn session) : IDisposable
    {
        public void Dispose()
        {
            session.Dispose();
            turn.Dispose();
        }
    }
}
