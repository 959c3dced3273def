using System.Diagnostics.Metrics;
using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Holds the whole ledger against itself once a day, as <c>GET /reports/tie-out</c> does when it is asked: one instance
/// does it, all of them tell what it found (<c>otc.invoicing.tieout.differences</c>). A difference is a defect, and
/// whoever runs the system hears of it before the month ends.
/// </summary>
public sealed partial class TieOutWatch(EventStore store, TimeProvider clock, ILogger<TieOutWatch> log)
    : RecurringWork("Tie-out of the ledger", TimeSpan.FromMinutes(10), clock, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(23);

    /// <summary>Whoever has not ended by then is taken for dead.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// Whoever moves the row does it. No transaction stays open meanwhile: readers of the log would wait for it.
    /// </summary>
    private const string Turn =
        "update tie_outs set begun_at = @now where checked_at <= @before " +
        "and (begun_at <= @dead or begun_at <= checked_at) returning true";

    private const string Keep =
        "update tie_outs set checked_at = @now, differences = @differences where begun_at = @now";

    private const string Kept = "select differences from tie_outs";

    private static readonly Meter Meter = new("OrderToCash.Invoicing");

    private static long _differences;

    /// <summary>A field, so that the instrument lives as long as the meter.</summary>
    private static readonly ObservableGauge<long> Differences = Meter.CreateObservableGauge(
        "otc.invoicing.tieout.differences", () => Interlocked.Read(ref _differences), "{difference}",
        "Sums and items of the ledger that did not tie when it was held against itself last");

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        _ = Differences;
        await CheckAsync(Pause, cancellation);
    }

    /// <summary>
    /// Holds the ledger against itself, unless that was done within the pause; gives how much does not tie.
    /// </summary>
    public async Task<int> CheckAsync(TimeSpan pause, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var now = Clock.GetUtcNow();
        var asked = new { now, before = now - pause, dead = now - Longest };
        if (await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            Turn, asked, cancellationToken: cancellation)) is true)
        {
            var (rows, items) = await TieOutReport.AllAsync(connection, cancellation);
            foreach (var row in rows.Where(row => !row.Ties))
                LogSum(log, row.LegalEntity, row.Currency, row.Subledger, row.OpenItems, row.ControlAccount);
            foreach (var item in items)
                LogItem(log, item.Number, item.Installment, item.Subledger, item.OpenItem);
            var found = rows.Count(row => !row.Ties) + items.Count;
            await connection.ExecuteAsync(new CommandDefinition(
                Keep, new { now, differences = found }, cancellationToken: cancellation));
        }

        var differences = await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(Kept, cancellationToken: cancellation));
        Interlocked.Exchange(ref _differences, differences);
        return differences;
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.tieout.sum",
        Message = "{LegalEntity} {Currency} does not tie: subledger {Subledger}, open items {OpenItems}, control " +
            "account {ControlAccount}")]
    private static partial void LogSum(
        ILogger log, string legalEntity, string currency, Money subledger, Money? openItems, Money controlAccount);

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.tieout.item",
        Message = "{Number}/{Installment} does not tie: {Subledger} in the subledger, {OpenItem} open")]
    private static partial void LogItem(
        ILogger log, string? number, int installment, decimal subledger, decimal openItem);
}
