using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A legal entity as decisions need it.</summary>
/// <param name="Code">E.g. <c>US01</c>.</param>
/// <param name="TimeZone">IANA zone in which its days end.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Rates">The newest exchange rate of each currency up to today, in its base currency.</param>
public sealed record EntityBooks(string Code, string TimeZone, NumberedPolicy Policy, DayRates Rates);

/// <summary>
/// What decisions rest on besides the account: what day it is where a legal entity sits, its policy, the day's rates.
/// All of it is small and seldom changes, so it is kept in memory and read again every few seconds: a check of an order
/// costs no extra round trip. A decision names the policy it was made under, so one made in those seconds can still be
/// explained.
/// </summary>
public sealed class DecisionBooks(EventStore store, TimeProvider clock)
{
    private const string Base = "USD";

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);

    private const string ReadPolicies =
        "select e.code, e.time_zone, e.base_currency, p.number, p.content::text from legal_entities e " +
        "left join lateral (select number, content from credit_policies where legal_entity = e.code " +
        "order by number desc limit 1) p on true";

    /// <summary>Of one day, the books of the legal entity itself come before what was entered for all.</summary>
    private const string ReadRates =
        "select e.code, r.currency, r.day, r.rate from unnest($1, $2, $3) as e (code, base, today) " +
        "cross join lateral (select distinct on (x.currency) x.currency, x.day, x.rate from entity_rates(e.code, " +
        "e.base) x where x.day <= e.today order by x.currency, x.day desc, x.is_own desc) r";

    private const string ReadSegments = "select legal_entity, segment from credit_segments";

    private readonly Lock _turn = new();
    private Snapshot? _snapshot;
    private int _forgotten;

    /// <summary>The facts for each account, without groups and segment.</summary>
    public async ValueTask<Func<CreditAccount, DecisionFacts>> FactsAsync(CancellationToken cancellation) =>
        (await SnapshotAsync(cancellation)).Facts;

    /// <summary>Newer facts than these: those of a decision that was turned away may be old.</summary>
    public ValueTask<Func<CreditAccount, DecisionFacts>> FactsAsync(
        Func<CreditAccount, DecisionFacts> old, CancellationToken cancellation)
    {
        if (_snapshot?.Facts == old)
            Forget();
        return FactsAsync(cancellation);
    }

    /// <summary>The facts of a legal entity; those of the standard policy, in UTC, where it is not known yet.</summary>
    public async ValueTask<DecisionFacts> FactsAsync(string legalEntity, CancellationToken cancellation) =>
        FactsOf(await SnapshotAsync(cancellation), legalEntity, null, clock.GetUtcNow());

    /// <summary>Which day an instant is where a legal entity sits; in UTC where it is not known yet.</summary>
    public async ValueTask<DateOnly> DayAsync(
        string? legalEntity, DateTimeOffset at, CancellationToken cancellation) => at.DateIn(
        (await SnapshotAsync(cancellation)).ByEntity.TryGetValue(legalEntity ?? "", out var books)
            ? books.TimeZone
            : "UTC");

    /// <summary>The legal entities that are known.</summary>
    public async ValueTask<IReadOnlyList<EntityBooks>> EntitiesAsync(CancellationToken cancellation) =>
        [.. (await SnapshotAsync(cancellation)).ByEntity.Values];

    /// <summary>Whether a legal entity is known; one that is not is looked for once more, for it may be new.</summary>
    public async ValueTask<bool> KnowsAsync(string legalEntity, CancellationToken cancellation)
    {
        if ((await SnapshotAsync(cancellation)).ByEntity.ContainsKey(legalEntity))
            return true;
        Forget();
        return (await SnapshotAsync(cancellation)).ByEntity.ContainsKey(legalEntity);
    }

    /// <summary>Reads everything again before the next decision; for what this process itself has changed.</summary>
    public void Forget()
    {
        lock (_turn)
        {
            _snapshot = null;
            _forgotten++;
        }
    }

    private static DecisionFacts FactsOf(
        Snapshot snapshot, string? legalEntity, string? currency, DateTimeOffset now) =>
        snapshot.ByEntity.TryGetValue(legalEntity ?? "", out var books)
            ? DecisionFacts.Of(now.DateIn(books.TimeZone), books.Policy, books.Rates)
            : DecisionFacts.Of(
                now.DateIn("UTC"), NumberedPolicy.Standard, DayRates.None(Currency.Of(currency ?? Base)));

    private async ValueTask<Snapshot> SnapshotAsync(CancellationToken cancellation)
    {
        var (known, forgotten, began) = (_snapshot, _forgotten, clock.GetTimestamp());

        // A clock that was set back makes it old as well.
        if (known is not null && clock.GetElapsedTime(known.ReadAt).Duration() <= Freshness)
            return known;
        var read = await ReadAsync(cancellation);
        lock (_turn)
        {
            // What was begun before something was forgotten, or before what is known by now, is older than that.
            if (forgotten == _forgotten && (_snapshot == known || _snapshot?.ReadAt < began))
                _snapshot = read;
        }

        return read;
    }

    private async Task<Snapshot> ReadAsync(CancellationToken cancellation)
    {
        var (readAt, now) = (clock.GetTimestamp(), clock.GetUtcNow());
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var entities = await EntitiesAsync(connection, cancellation);
        await using var command = new NpgsqlCommand(ReadRates, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. entities.Select(one => one.Code)] });
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. entities.Select(one => one.Rates.Base.Code)],
        });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]>
        {
            TypedValue = [.. entities.Select(one => now.DateIn(one.TimeZone))],
        });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rates = new List<(string Code, Currency Currency, DatedRate Rate)>();
        while (await reader.ReadAsync(cancellation))
        {
            rates.Add((reader.GetString(0), Currency.Of(reader.GetString(1)),
                new DatedRate(reader.GetDecimal(3), reader.GetFieldValue<DateOnly>(2))));
        }

        await reader.DisposeAsync();
        var known = rates.ToLookup(rate => rate.Code);
        return new Snapshot(
            readAt,
            entities.ToFrozenDictionary(
                one => one.Code,
                one => one with
                {
                    Rates = one.Rates with
                    {
                        ByCurrency = known[one.Code].ToImmutableDictionary(rate => rate.Currency, rate => rate.Rate),
                    },
                },
                StringComparer.Ordinal),
            await SegmentsAsync(connection, cancellation), clock);
    }

    /// <summary>The segments with a limit.</summary>
    private static async Task<FrozenSet<(string LegalEntity, string Segment)>> SegmentsAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadSegments, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var segments = new List<(string, string)>();
        while (await reader.ReadAsync(cancellation))
            segments.Add((reader.GetString(0), reader.GetString(1)));
        return segments.ToFrozenSet();
    }

    /// <summary>The legal entities with their policies, without rates.</summary>
    private static async Task<List<EntityBooks>> EntitiesAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadPolicies, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var entities = new List<EntityBooks>();
        while (await reader.ReadAsync(cancellation))
        {
            var (code, zone) = (reader.GetString(0), reader.GetString(1));
            if (!LocalClock.IsTimeZone(zone))
                continue;
            var currency = Currency.Of(reader.IsDBNull(2) ? Base : reader.GetString(2));
            entities.Add(new EntityBooks(code, zone, Policy(reader), DayRates.None(currency)));
        }

        return entities;
    }

    private static NumberedPolicy Policy(NpgsqlDataReader reader) => reader.IsDBNull(3)
        ? NumberedPolicy.Standard
        : new NumberedPolicy(
            reader.GetInt32(3), JsonSerializer.Deserialize<CreditPolicy>(reader.GetString(4), Json.Stored)!);

    private sealed class Snapshot
    {
        public Snapshot(
            long readAt, FrozenDictionary<string, EntityBooks> byEntity,
            FrozenSet<(string LegalEntity, string Segment)> segments, TimeProvider clock)
        {
            (ReadAt, ByEntity) = (readAt, byEntity);
            Facts = account =>
                FactsOf(this, account.Opened?.LegalEntity, account.Opened?.Currency, clock.GetUtcNow()) with
                {
                    HasSegmentLimit = account.SegmentKey is { } key && segments.Contains(key),
                };
        }

        public long ReadAt { get; }

        public FrozenDictionary<string, EntityBooks> ByEntity { get; }

        /// <summary>The facts for an account, without groups and segment.</summary>
        public Func<CreditAccount, DecisionFacts> Facts { get; }
    }
}
