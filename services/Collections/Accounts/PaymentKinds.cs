using Npgsql;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// Keeps how the customers of a legal entity pay, those of its segments and each by itself, as the forecast of the day
/// has learned it. So the worklist and the forecast go by one figure, and to show one customer nobody reads what all
/// others have paid.
/// </summary>
internal static class PaymentKinds
{
    private const string Upsert =
        "insert into payment_kinds (legal_entity, segment, as_of, hazards) values ($1, $2, $3, $4) " +
        "on conflict (legal_entity, segment) do update set as_of = excluded.as_of, hazards = excluded.hazards " +
        "where excluded.as_of >= payment_kinds.as_of";

    private const string UpsertTimes =
        "insert into payment_times (customer_id, legal_entity, as_of, on_time, late, very_late, very_late_days) " +
        "select t.customer_id, $1, $2, t.on_time, t.late, t.very_late, $7 from unnest($3, $4, $5, $6) " +
        "as t (customer_id, on_time, late, very_late) order by t.customer_id " +
        "on conflict (customer_id) do update set legal_entity = excluded.legal_entity, as_of = excluded.as_of, " +
        "on_time = excluded.on_time, late = excluded.late, very_late = excluded.very_late, " +
        "very_late_days = excluded.very_late_days " +
        "where excluded.as_of >= payment_times.as_of";

    /// <summary>Of whom nothing of the last year and a half is known any more.</summary>
    private const string Forget = "delete from payment_times where legal_entity = $1 and as_of < $2";

    private const string Select =
        "select hazards from payment_kinds where legal_entity = $1 and segment in ('', coalesce($2, '')) " +
        "order by segment desc limit 1";

    private const string Times =
        "select c.id, c.legal_entity, c.segment, t.on_time, t.late, t.very_late, t.very_late_days " +
        "from customers c left join payment_times t on t.customer_id = c.id where c.id = any($1)";

    private static readonly PaymentCurve Unlearned = PaymentBehaviour.Of([], null).Curve;

    /// <summary>
    /// Keeps with a forecast what was learned for it, and has the worklist written anew by it.
    /// </summary>
    public static void Keep(WriteBatch batch, NewForecast forecast, DateTimeOffset now)
    {
        var (entity, asOf) = (forecast.Made.LegalEntity, forecast.Made.AsOf);
        foreach (var (segment, curve) in forecast.Behaviour.Kinds)
        {
            var command = new NpgsqlBatchCommand(Upsert);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = segment });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = asOf });
            command.Parameters.Add(new NpgsqlParameter<decimal[]> { TypedValue = [.. curve.Hazards] });
            batch.Row(command);
        }

        var times = forecast.Behaviour.Customers
            .Select(customer => (customer.Key, Times: PaymentTimes.Of(customer.Value.Curve, forecast.Benchmarks)))
            .ToList();
        var upsert = new NpgsqlBatchCommand(UpsertTimes);
        upsert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        upsert.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = asOf });
        upsert.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. times.Select(one => one.Key)] });
        upsert.Parameters.Add(Shares(one => one.OnTime));
        upsert.Parameters.Add(Shares(one => one.Late));
        upsert.Parameters.Add(Shares(one => one.VeryLate));
        upsert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = forecast.Benchmarks.VeryLateDays });
        var forget = new NpgsqlBatchCommand(Forget);
        forget.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        forget.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = asOf });
        batch.Row(upsert).Row(forget).Row(ReviewQueue.RequestListed(now, entity));

        NpgsqlParameter<decimal[]> Shares(Func<PaymentTimes, decimal> share) =>
            new() { TypedValue = [.. times.Select(one => share(one.Times))] };
    }

    /// <summary>How a kind pays: the segment, else the legal entity; null before anything was learned.</summary>
    public static async Task<PaymentCurve?> FindAsync(
        NpgsqlDataSource database, string legalEntity, string? segment, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = segment });
        return (await command.ReadAsync(
            row => PaymentCurve.Of(row.GetFieldValue<decimal[]>(0)), cancellation)).SingleOrDefault();
    }

    /// <summary>
    /// When the money of these customers comes, by the last forecast; of whom it knew nothing as with its kind.
    /// </summary>
    /// <param name="database">Where it is read.</param>
    /// <param name="benchmarks">The customers, and by what each is called late.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<IReadOnlyDictionary<Guid, KnownTimes>> TimesAsync(
        NpgsqlDataSource database, IReadOnlyDictionary<Guid, PayerBenchmarks> benchmarks,
        CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Times);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. benchmarks.Keys] });
        var rows = await command.ReadAsync(
            row => (
                Id: row.GetGuid(0), Kind: (Entity: row.GetString(1), Segment: row.Text(2)),
                Own: row.IsDBNull(3)
                    ? null
                    : new KnownTimes(
                        new PaymentTimes(row.GetDecimal(3), row.GetDecimal(4), row.GetDecimal(5)),
                        row.Optional<int>(6))),
            cancellation);
        var kinds = new Dictionary<(string, string?), KnownTimes>();
        foreach (var (id, kind, _) in rows.Where(row => row.Own is null).DistinctBy(row => row.Kind))
        {
            var curve = await FindAsync(database, kind.Entity, kind.Segment, cancellation) ?? Unlearned;
            kinds[kind] = new KnownTimes(PaymentTimes.Of(curve, benchmarks[id]), benchmarks[id].VeryLateDays);
        }

        return rows.ToDictionary(row => row.Id, row => row.Own ?? kinds[row.Kind]);
    }
}

/// <summary>When a customer's money comes, and from when on that was called very late.</summary>
/// <param name="Shares">As the last forecast has it.</param>
/// <param name="VeryLateDays">In days from the due date; null where a version before has written the shares.</param>
internal sealed record KnownTimes(PaymentTimes Shares, int? VeryLateDays)
{
    /// <summary>
    /// The shares, where the policy still says the same of what is very late; null until the next forecast where it
    /// says something else by now: they are not what it rates. The chance of being late holds in any case.
    /// </summary>
    public PaymentTimes? By(PayerBenchmarks benchmarks)
    {
        ArgumentNullException.ThrowIfNull(benchmarks);
        return (VeryLateDays ?? benchmarks.VeryLateDays) == benchmarks.VeryLateDays ? Shares : null;
    }
}
