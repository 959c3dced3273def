using System.Collections.Concurrent;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What all customers of a segment have at risk, each by itself.</summary>
/// <param name="Counted">In the currency of the segment's limit.</param>
/// <param name="Unknown">What has no exchange rate.</param>
/// <param name="Customers">Customers with something at risk, or paid ahead.</param>
public sealed record SegmentSum(Money Counted, IReadOnlyList<Money> Unknown, int Customers);

/// <summary>
/// Keeps what the customers of each segment have at risk, for a segment may be all customers there are and is asked for
/// with every order. Only those are read again whose streams have moved since: the log says which, from a position on
/// before which nothing can appear any more. So a sum is as good as one of all rows at that moment, and costs as many
/// rows as customers have moved. Another day, policy, rate or currency reads all of them again.
/// </summary>
public sealed class SegmentSums(EventStore store)
{
    /// <summary>With more events than these it costs less to read all customers.</summary>
    private const int MostEvents = 10_000;

    /// <summary>
    /// How far whoever follows the log has come: it never passes over a number that may still appear.
    /// </summary>
    private const string ReadPosition =
        "select coalesce((select last_seq_id from mt_event_progression where name = $1), 0)";

    /// <summary>What moves on a survivor moves its duplicate, which counts there or by itself.</summary>
    private const string ReadMoved =
        """
        with later as (select stream_id, type, data from mt_events where seq_id > $1 order by seq_id limit $2)
        select stream_id, count(*) from later group by stream_id
        union all
        select (data->>'DuplicateId')::uuid, 0 from later where type in ('duplicate_absorbed', 'duplicate_released')
        """;

    private readonly ConcurrentDictionary<Guid, Kept> _kept = new();

    /// <summary>
    /// What all customers of a segment have at risk together, with or without one of them who is no duplicate.
    /// </summary>
    /// <param name="segment">The segment and its limit.</param>
    /// <param name="without">The customer; null for none.</param>
    /// <param name="facts">Day, policy and rates of the legal entity.</param>
    /// <param name="readAsync">Reads the positions of these customers as far as they are in the segment; of all where
    /// it gets null.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<SegmentSum> ReadAsync(
        SegmentLimitSet segment, Guid? without, DecisionFacts facts,
        Func<Guid[]?, Task<List<MemberPosition>>> readAsync, CancellationToken cancellation)
    {
        var kept = _kept.GetOrAdd(SegmentStream.Id(segment.LegalEntity, segment.Segment), _ => new Kept());
        await kept.Turn.WaitAsync(cancellation);
        try
        {
            var position = await PositionAsync(cancellation);
            var moved = kept.IsFor(segment, facts) ? await MovedAsync(kept.Position, cancellation) : null;
            var read = moved is { Length: 0 } ? [] : await readAsync(moved);
            kept.Take(segment, facts, moved, read, position);
            return kept.Sum(segment.Limit.Currency, without);
        }
        finally
        {
            kept.Turn.Release();
        }
    }

    private async Task<long> PositionAsync(CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(ReadPosition);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Reactions.Position });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Streams that have moved since; null where there are too many.</summary>
    private async Task<Guid[]?> MovedAsync(long position, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(ReadMoved);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostEvents });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (moved, events) = (new HashSet<Guid>(), 0L);
        while (await reader.ReadAsync(cancellation))
        {
            moved.Add(reader.GetGuid(0));
            events += reader.GetInt64(1);
        }

        return events < MostEvents ? [.. moved] : null;
    }

    /// <summary>One segment as it was read last.</summary>
    private sealed class Kept
    {
        private readonly Dictionary<Guid, (decimal Counted, IReadOnlyList<Money> Unknown)> _customers = [];
        private readonly Dictionary<Guid, IReadOnlyList<Money>> _unknown = [];
        private DecisionFacts? _facts;
        private Currency? _currency;
        private decimal _sum;

        /// <summary>One reads at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>What happened up to here is in it.</summary>
        public long Position { get; private set; }

        public bool IsFor(SegmentLimitSet segment, DecisionFacts facts) =>
            _facts is { } known && _currency == segment.Limit.Currency && known.Today == facts.Today
            && known.Policy.Number == facts.Policy.Number && IsSame(known.Rates, facts.Rates);

        public void Take(
            SegmentLimitSet segment, DecisionFacts facts, Guid[]? moved, List<MemberPosition> read, long position)
        {
            foreach (var customer in moved ?? [.. _customers.Keys])
                Remove(customer);
            foreach (var member in read)
            {
                var (counted, unknown, _) = CreditPosition.Sum(member.Position.AtRisk, segment.Limit.Currency, facts);
                _customers[member.CustomerId] = (counted.Amount, unknown);
                _sum += counted.Amount;
                if (unknown.Count > 0)
                    _unknown[member.CustomerId] = unknown;
            }

            (_facts, _currency, Position) = (facts, segment.Limit.Currency, position);
        }

        /// <summary>Sums may leave the range of Money, and are more than any limit then.</summary>
        public SegmentSum Sum(Currency currency, Guid? without)
        {
            var own = without is { } customer ? _customers.GetValueOrDefault(customer).Counted : 0;
            var sum = Math.Clamp(_sum - own, 1 - Money.Limit, Money.Limit - 1);
            return new SegmentSum(
                Money.Round(sum, currency),
                [.. _unknown.Where(one => one.Key != without).SelectMany(one => one.Value)], _customers.Count);
        }

        private void Remove(Guid customer)
        {
            if (_customers.Remove(customer, out var known))
                _sum -= known.Counted;
            _unknown.Remove(customer);
        }

        private static bool IsSame(DayRates left, DayRates right) =>
            ReferenceEquals(left, right) || (left.Base == right.Base
                && left.ByCurrency.Count == right.ByCurrency.Count && left.ByCurrency.All(rate =>
                    right.ByCurrency.TryGetValue(rate.Key, out var other) && other == rate.Value));
    }
}
