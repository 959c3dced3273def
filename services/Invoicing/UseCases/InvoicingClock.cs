using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What happens because a day has come, looked for once a minute: schedules bill, invoices become overdue, statements
/// are made, late fees and interest are billed, open credit memos are applied. Every instance does it; each thing is
/// decided on the version it was seen at, so it happens once, and what was missed happens when somebody looks again.
/// </summary>
public sealed partial class InvoicingClock(
    ScheduledBilling billing, OverdueMarking overdue, AutomaticStatements statements, AutomaticFinanceCharges charges,
    AutomaticCredits credits, TimeProvider clock, ILogger<InvoicingClock> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly EventMetadata Metadata = new("invoicing");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await TryAsync("scheduled billing", () => BillAsync(stoppingToken), stoppingToken);
                await TryAsync("marking of overdue invoices", () => MarkAsync(stoppingToken), stoppingToken);
                await TryAsync(
                    "start of statement runs", () => statements.StartAsync(Metadata, null, stoppingToken),
                    stoppingToken);
                await TryAsync(
                    "billing of finance charges", () => charges.BillAsync(Metadata, null, stoppingToken),
                    stoppingToken);
                await TryAsync(
                    "applying of open credits", () => credits.ApplyAsync(Metadata, null, stoppingToken),
                    stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>Until nothing is due; what is refused is not due again today.</summary>
    private async Task BillAsync(CancellationToken cancellation)
    {
        while ((await billing.BillAsync(Metadata, null, again: false, cancellation)).Count > 0)
        {
            // There may be more than one go takes.
        }
    }

    /// <summary>Until nothing is found; what could not be marked is looked at again in a minute.</summary>
    private async Task MarkAsync(CancellationToken cancellation)
    {
        while (await overdue.MarkAsync(Metadata, null, cancellation) > 0)
        {
            // There may be more than one go takes.
        }
    }

    private async Task TryAsync(string work, Func<Task> run, CancellationToken cancellation)
    {
        try
        {
            await run();
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            // Nothing is lost: what is due is still due in a minute.
            if (error is NpgsqlException)
                LogAway(log, work, error.Message);
            else
                LogFailed(log, work, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "invoicing.clock.away",
        Message = "{Work} waits for the database: {Reason}")]
    private static partial void LogAway(ILogger log, string work, string reason);

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.clock.failed",
        Message = "{Work} failed and will be tried again in a minute")]
    private static partial void LogFailed(ILogger log, string work, Exception error);
}
