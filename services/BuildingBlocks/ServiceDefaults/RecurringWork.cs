using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Work that the clock brings: done when the service has started and again and again with a pause between, until it
/// stops. What fails is logged, counted (<c>otc.work.failures</c> by <c>otc.work</c>) and tried again the next time;
/// nothing but the end of the service ends it. How many rounds in a row have failed, or left undone what had failed
/// before, is a gauge (<c>otc.work.failing</c>). Every instance does it, so it must bear to be done twice at once.
/// </summary>
/// <param name="name">What it is, in words; operators see it in the log and in the metrics.</param>
/// <param name="interval">The pause between two rounds.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where failures are told.</param>
/// <param name="wakeUp">What ends a pause early, if anything does.</param>
public abstract partial class RecurringWork(
    string name, TimeSpan interval, TimeProvider clock, ILogger log, WakeUp? wakeUp = null) : BackgroundService
{
    private static readonly Meter Meter = new("OrderToCash.Work");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("otc.work.failures", "{failure}", "Failures of recurring work and of its parts");

    private static readonly Gauge<long> Failing = Meter.CreateGauge<long>(
        "otc.work.failing", "{round}", "Rounds of recurring work in a row, to the last one, that failed");

    /// <summary>Whether something of this round is undone; parts of a round may run at once.</summary>
    private volatile bool _isUndone;

    /// <summary>The clock it goes by.</summary>
    protected TimeProvider Clock { get; } = clock;

    /// <summary>
    /// Does one of many things of a part: it keeps none of the others waiting, unless all of them would fail with it.
    /// </summary>
    protected Attempt Each => Attempts.Telling(Tell);

    private KeyValuePair<string, object?> Tag => new("otc.work", name);

    /// <summary>One round.</summary>
    protected abstract Task RunAsync(CancellationToken cancellation);

    /// <summary>The pause after a round.</summary>
    protected virtual Task PauseAsync(CancellationToken cancellation) =>
        wakeUp?.WaitAsync(interval, cancellation) ?? Task.Delay(interval, Clock, cancellation);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // From zero on: a counter that begins with its first failure has never risen.
        Failures.Add(0, Tag);
        var failing = 0;
        try
        {
            while (true)
            {
                _isUndone = false;
                await TryAsync(name, () => RunAsync(stoppingToken), stoppingToken);
                failing = _isUndone ? failing + 1 : 0;
                Failing.Record(failing, Tag);
                await PauseAsync(stoppingToken);
                stoppingToken.ThrowIfCancellationRequested();
            }
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
            Tell(part, error);
            return false;
        }
    }

    private void Tell(string part, Exception error)
    {
        Failures.Add(1, Tag);
        LeftUndone();
        if (error is NpgsqlException { IsTransient: true })
            LogAway(log, part, error.Message);
        else
            LogFailed(log, part, error);
    }

    /// <summary>Says that what failed in an earlier round is not done yet, and is not tried in this one.</summary>
    protected void LeftUndone() => _isUndone = true;

    [LoggerMessage(Level = LogLevel.Warning, EventName = "work.away",
        Message = "{Work} waits for the database: {Reason}")]
    private static partial void LogAway(ILogger log, string work, string reason);

    [LoggerMessage(Level = LogLevel.Error, EventName = "work.failed",
        Message = "{Work} failed and will be tried again")]
    private static partial void LogFailed(ILogger log, string work, Exception error);
}
