using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Work that the clock brings: done when the service has started and again after each interval, until it stops. What
/// fails is logged, counted (<c>otc.work.failures</c> by <c>otc.work</c>) and tried again the next time; nothing
/// but the end of the service ends it. Every instance does it, so it must bear to be done twice at once.
/// </summary>
/// <param name="name">What it is, in words; operators see it in the log and in the metric.</param>
/// <param name="interval">The pause between two rounds.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where failures are told.</param>
public abstract partial class RecurringWork(string name, TimeSpan interval, TimeProvider clock, ILogger log)
    : BackgroundService
{
    private static readonly Meter Meter = new("OrderToCash.Work");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("otc.work.failures", "{failure}", "Rounds of recurring work that failed");

    /// <summary>The clock it goes by.</summary>
    protected TimeProvider Clock { get; } = clock;

    private KeyValuePair<string, object?> Tag => new("otc.work", name);

    /// <summary>One round.</summary>
    protected abstract Task RunAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // From zero on: a counter that begins with its first failure has never risen.
        Failures.Add(0, Tag);
        using var timer = new PeriodicTimer(interval, Clock);
        try
        {
            do
            {
                await TryAsync(name, () => RunAsync(stoppingToken), stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; what was broken off is done after the next start.
        }
    }

    /// <summary>Does a part of a round that must not keep the others waiting; whether it went well.</summary>
    protected async Task<bool> TryAsync(string part, Func<Task> run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            await run();
            return true;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            Failures.Add(1, Tag);
            if (error is NpgsqlException { IsTransient: true })
                LogAway(log, part, error.Message);
            else
                LogFailed(log, part, error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "work.away",
        Message = "{Work} waits for the database: {Reason}")]
    private static partial void LogAway(ILogger log, string work, string reason);

    [LoggerMessage(Level = LogLevel.Error, EventName = "work.failed",
        Message = "{Work} failed and will be tried again")]
    private static partial void LogFailed(ILogger log, string work, Exception error);
}
