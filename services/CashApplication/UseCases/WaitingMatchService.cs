using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Lets waiting money be matched again in the background, in one instance at a time; another goes on where it dies.
/// </summary>
public sealed partial class WaitingMatchService(
    WaitingMatcher matcher, MatchSignal signal, TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions,
    ILogger<WaitingMatchService> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private static readonly long Turn = Ids.LockKey("cash-application:waiting-money");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The loop ends by itself.
            }
            catch (Exception error)
            {
                LogFailed(log, error);
            }

            await signal.WaitAsync(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.OpenConnectionAsync(cancellation);
        await using var turn = new NpgsqlCommand("select pg_try_advisory_lock($1)", session);
        turn.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Turn });
        if (await turn.ExecuteScalarAsync(cancellation) is not true)
            return;
        for (var began = clock.GetTimestamp(); await matcher.LookAsync(cancellation); began = clock.GetTimestamp())
        {
            // As long as it worked it leaves the machine to others, and lets news gather that point to the same money.
            var worked = clock.GetElapsedTime(began);
            await Task.Delay(worked < LongestRest ? worked : LongestRest, clock, cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "cash-application.waiting-money.failed",
        Message = "Waiting money could not be matched again; it will be tried later")]
    private static partial void LogFailed(ILogger log, Exception error);
}
