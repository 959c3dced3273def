using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>
/// Wakes subscriptions: at once for appends of this process, over NOTIFY for those of other instances. The NOTIFY is
/// sent after the commit and at most once per few milliseconds; inside the transaction it would make all commits queue
/// for one lock. It names the events, so that nobody is woken by what is not for them; without names it is for all.
/// Losing a signal costs one poll interval, never an event.
/// </summary>
public sealed partial class AppendSignal(
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, TimeProvider clock,
    ILogger<AppendSignal> log) : BackgroundService
{
    private const string Channel = "otc_log";
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(5);

    /// <summary>A NOTIFY holds less than 8,000 bytes; one that would need more is for all.</summary>
    private const int LongestNames = 7_000;

    private readonly string _me = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
    private readonly Listener _any = new(null);
    private readonly Lock _lock = new();

    /// <summary>Stored names of what other instances have yet to hear of; guarded by the lock.</summary>
    private readonly HashSet<string> _mine = [];

    /// <summary>Complete while there is something of that; guarded by the lock.</summary>
    private TaskCompletionSource _untold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ImmutableArray<Listener> _listeners = [];

    /// <summary>Completes at the next append anywhere. Take it before reading, await it after an empty read.</summary>
    public Task Next => _any.Next;

    /// <summary>One who is woken by all events but those of these stored names.</summary>
    internal Listener Listen(IReadOnlySet<string>? but)
    {
        var listener = new Listener(but);
        ImmutableInterlocked.Update(ref _listeners, all => all.Add(listener));
        return listener;
    }

    /// <summary>Events of these stored names were appended by this process and are committed.</summary>
    internal void Appended(IReadOnlyCollection<string> names)
    {
        Wake(names);
        lock (_lock)
        {
            _mine.UnionWith(names);
            _untold.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ForeverAsync(ListenAsync, stoppingToken), ForeverAsync(TellAsync, stoppingToken));

    private async Task ListenAsync(CancellationToken stop)
    {
        await using var connection = await sessions.OpenConnectionAsync(stop);
        connection.Notification += (_, notification) =>
        {
            if (notification.Payload.Split(' ') is var words && words[0] != _me)
                Wake(words is [_, .. { Length: > 0 } names] ? names : null);
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(stop);
        while (true)
            await connection.WaitAsync(stop);
    }

    private async Task TellAsync(CancellationToken stop)
    {
        await using var connection = await sessions.OpenConnectionAsync(stop);
        while (true)
        {
            await Untold().WaitAsync(stop);

            // Taken before the NOTIFY: an append that commits while it is under way is told by the next one.
            var names = Take();
            try
            {
                await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection);
                notify.Parameters.AddWithValue(Channel);
                notify.Parameters.AddWithValue(names.Length > LongestNames ? _me : $"{_me} {names}");
                await notify.ExecuteNonQueryAsync(stop);
            }
            catch
            {
                // The next connection tells that something was there.
                Appended(names.Split(' '));
                throw;
            }

            await Task.Delay(Coalesce, clock, stop);
        }
    }

    private Task Untold()
    {
        lock (_lock)
            return _untold.Task;
    }

    private string Take()
    {
        lock (_lock)
        {
            _untold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var names = string.Join(' ', _mine);
            _mine.Clear();
            return names;
        }
    }

    private void Wake(IReadOnlyCollection<string>? names)
    {
        foreach (var listener in _listeners)
            listener.Hear(names);
        _any.Hear(names);
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

    [LoggerMessage(Level = LogLevel.Warning, EventName = "store.signal.interrupted",
        Message = "Signals between instances are interrupted, subscriptions poll until they are back: {Reason}")]
    private static partial void LogInterrupted(ILogger log, string reason);
}

/// <summary>Waits for events of some stored names.</summary>
/// <param name="but">Names it does not wait for; null where it waits for all. Unknown ones are waited for.</param>
internal sealed class Listener(IReadOnlySet<string>? but)
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next one. Take it before reading, await it after an empty read.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>These were appended; null where it is not known what.</summary>
    public void Hear(IReadOnlyCollection<string>? names)
    {
        if (names is null || but is null || !names.All(but.Contains))
            Interlocked.Exchange(ref _next, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
