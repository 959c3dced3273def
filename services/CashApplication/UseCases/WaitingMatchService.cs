using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Lets waiting money be matched again in the background, in one instance at a time; another goes on where it dies.
/// </summary>
public sealed class WaitingMatchService(
    WaitingMatcher matcher, WakeUp<WaitingMatchService> wakeUp, TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions,
    ILogger<WaitingMatchService> log)
    : RecurringWork("Matching of waiting money", TimeSpan.FromSeconds(5), clock, log, wakeUp)
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private static readonly long LockKey = Ids.LockKey("cash-application:waiting-money");

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
            return;
        for (var began = Clock.GetTimestamp();
            await matcher.LookAsync(TryAsync, cancellation);
            began = Clock.GetTimestamp())
        {
            // As long as it worked it leaves the machine to others, and lets news gather that point to the same money.
            var worked = Clock.GetElapsedTime(began);
            await Task.Delay(worked < LongestRest ? worked : LongestRest, Clock, cancellation);
        }
    }
}
