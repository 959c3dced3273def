using System.Diagnostics.Metrics;
using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Counts the receipts that wait for a person past the day by which somebody should have looked at them, by queue
/// (<c>otc.cash.overdue</c>). Money that nobody knows the owner of is a customer who may be reminded wrongly.
/// </summary>
public sealed class OverdueCashWatch(EventStore store, TimeProvider clock, ILogger<OverdueCashWatch> log)
    : RecurringWork("Count of overdue money", TimeSpan.FromMinutes(5), clock, log)
{
    private const string Overdue =
        "select coalesce(r.aside, case when r.customer_id is null then 'unidentified' else 'unexplained' end), " +
        "count(*) from receipts r join legal_entities e on e.code = r.legal_entity " +
        "where r.unapplied > r.on_account and r.status <> 'reversed' " +
        "and r.aside_due < (@now at time zone e.time_zone)::date group by 1";

    private static readonly Meter Meter = new("OrderToCash.CashApplication");

    private static volatile IReadOnlyDictionary<string, long> _counts = new Dictionary<string, long>();

    /// <summary>A field, so that the instrument lives as long as the meter; every queue, also where none is.</summary>
    private static readonly ObservableGauge<long> Receipts = Meter.CreateObservableGauge(
        "otc.cash.overdue", () => AsideReasons.All.Select(queue => new Measurement<long>(
            _counts.GetValueOrDefault(queue), new KeyValuePair<string, object?>("otc.cash.queue", queue))),
        "{receipt}", "Receipts that wait for a person longer than they should, by queue");

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        _ = Receipts;
        _counts = await CountAsync(cancellation);
    }

    /// <summary>How many are overdue in each queue, today where their legal entity is.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(string Queue, long Count)>(new CommandDefinition(
            Overdue, new { now = Clock.GetUtcNow().UtcDateTime }, cancellationToken: cancellation)))
            .ToDictionary(row => row.Queue, row => row.Count);
    }
}
