using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Starts the runs that statement calendars have come to, each under the one identifier of its entity, cycle and last
/// day: so it is started once by any number of instances. Of periods that were missed the last one is made up for; the
/// others anybody may run.
/// </summary>
public sealed class AutomaticStatements(EventStore store, TimeProvider clock)
{
    /// <summary>Starts what is due, of one legal entity or of all.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    public async Task StartAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        foreach (var (code, timeZone) in await EntityClocks.ReadAsync(
            store.Database, legalEntity, cancellation))
        {
            await attempt(
                $"Start of the statement runs of {code}", () => StartAsync(code, timeZone, metadata, cancellation),
                cancellation);
        }
    }

    private async Task StartAsync(
        string legalEntity, string timeZone, EventMetadata metadata, CancellationToken cancellation)
    {
        var (calendar, _) = await store.LoadAsync(
            StatementCalendarStream.Type, StatementCalendarStream.Id(legalEntity), cancellation);
        var now = clock.GetUtcNow();
        foreach (var cycle in calendar.Cycles)
        {
            if (cycle.DueOn(now.DateIn(timeZone)) is not { } period)
                continue;
            var started = new StatementRunStarted(
                legalEntity, cycle.Cycle, period.From, period.To, now, cycle.Pdf);
            await store.DecideAsync(
                StatementRunStream.Type, StatementRunStream.Id(legalEntity, cycle.Cycle, period.To), metadata,
                run => run.Started is null ? Decision.Of(started) : Decision.Nothing, cancellation: cancellation);
        }
    }
}
