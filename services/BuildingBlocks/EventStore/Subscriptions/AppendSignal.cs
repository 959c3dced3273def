using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>
/// Wakes subscriptions: at once for appends of this process, over NOTIFY for those of other instances. The NOTIFY is
/// sent after the commit and at most once per few milliseconds; inside the transaction it would make all commits queue
/// for one lock. Losing a signal costs one poll interval, never an event.
/// </summary>
public sealed partial class AppendSignal(
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, TimeProvider clock,
    ILogger<AppendSignal> log) : BackgroundService
{
    private const string Channel = "otc_log";
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(5);

    private readonly string _me = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
    private TaskCompletionSource _any = New();
    private TaskCompletionSource _mine = New();

    /// <summary>Complete while the other instances have yet to hear of an append of this process.</summary>
    private Task? _untold;

    /// <summary>Completes at the next append anywhere. Take it before reading, await it after an empty read.</summary>
    public Task Next => Volatile.Read(ref _any).Task;

    /// <summary>Something was appended by this process and is committed.</summary>
    public void Appended()
    {
        Pulse(ref _any);
        Pulse(ref _mine);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ForeverAsync(ListenAsync, stoppingToken), ForeverAsync(TellAsync, stoppingToken));

    private async Task ListenAsync(CancellationToken stop)
    {
        await using var connection = await sessions.OpenConnectionAsync(stop);
        connection.Notification += (_, notification) =>
        {
            if (notification.Payload != _me)
                Pulse(ref _any);
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(stop);
        while (true)
            await connection.WaitAsync(stop);
    }

    private async Task TellAsync(CancellationToken stop)
    {
        _untold ??= Volatile.Read(ref _mine).Task;
        await using var connection = await sessions.OpenConnectionAsync(stop);
        while (true)
        {
            await _untold.WaitAsync(stop);

            // Taken before the NOTIFY: an append that commits while it is under way is told by the next one.
            var next = Volatile.Read(ref _mine).Task;
            await using (var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection))
            {
                notify.Parameters.AddWithValue(Channel);
                notify.Parameters.AddWithValue(_me);
                await notify.ExecuteNonQueryAsync(stop);
            }

            _untold = next;
            await Task.Delay(Coalesce, clock, stop);
        }
    }

    private async Task ForeverAsync(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogInterrupted(log, error.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static void Pulse(ref TaskCompletionSource source) =>
        Interlocked.Exchange(ref source, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "store.signal.interrupted",
        Message = "Signals between instances are interrupted, subscriptions poll until they are back: {Reason}")]
    private static partial void LogInterrupted(ILogger log, string reason);
}
