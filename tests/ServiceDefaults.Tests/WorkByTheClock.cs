using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class WorkByTheClock
{
    [Fact]
    public async Task goes_on_whatever_has_failed_until_the_service_stops()
    {
        using var work = new Restless();
        await work.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrue(() => work.Rounds > 3, "it goes on");
        await work.StopAsync(CancellationToken.None);

        work.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        work.Done.ShouldBe(["well"]);
    }

    [Fact]
    public async Task tells_how_many_rounds_in_a_row_have_failed()
    {
        using var gauge = new Readings("otc.work.failing", "otc.work", "Rounds");
        using var work = new Rounds(work =>
        [
            () => work.PartAsync(() => throw new InvalidOperationException("a part")),
            () => throw new InvalidOperationException("the round"),
            () => work.LeaveAsync(),
            () => Task.CompletedTask,
            () => throw new OperationCanceledException("somebody else's"),
            () => Task.CompletedTask,
        ]);
        await work.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrue(() => gauge.Seen.Count > 5, "all rounds are done");
        await work.StopAsync(CancellationToken.None);

        gauge.Seen.Take(6).ShouldBe([1, 2, 3, 0, 1, 0]);
    }

    [Fact]
    public async Task a_pause_ends_when_it_is_woken()
    {
        using var wakeUp = new WakeUp<Sleeper>();
        using var work = new Sleeper(wakeUp);
        await work.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrue(() => work.Rounds == 1, "it has begun");

        wakeUp.Wake();
        wakeUp.Wake();

        await Eventually.BecomesTrue(() => work.Rounds > 1, "it is awake");
        await work.StopAsync(CancellationToken.None);
        work.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private sealed class Restless() : RecurringWork(
        "Restless", TimeSpan.FromMilliseconds(5), TimeProvider.System, NullLogger.Instance)
    {
        public int Rounds { get; private set; }

        public HashSet<string> Done { get; } = [];

        protected override async Task RunAsync(CancellationToken cancellation)
        {
            foreach (var part in (string[])["ill", "well"])
            {
                Task Run() => part == "ill" ? throw new OperationCanceledException() : Task.CompletedTask;
                if (await TryAsync(part, Run, cancellation))
                    Done.Add(part);
            }

            // The cancellation of somebody else, then a defect.
            throw Rounds++ == 0 ? new OperationCanceledException() : new InvalidOperationException();
        }
    }

    /// <summary>Does one after the other, then nothing.</summary>
    private sealed class Rounds : RecurringWork
    {
        private readonly Queue<Func<Task>> _rounds;

        public Rounds(Func<Rounds, Func<Task>[]> rounds)
            : base("Rounds", TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance) =>
            _rounds = new(rounds(this));

        public Task PartAsync(Func<Task> run) => TryAsync("part", run, CancellationToken.None);

        public Task LeaveAsync()
        {
            LeftUndone();
            return Task.CompletedTask;
        }

        protected override Task RunAsync(CancellationToken cancellation) =>
            _rounds.TryDequeue(out var next) ? next() : Task.CompletedTask;
    }

    private sealed class Sleeper(WakeUp<Sleeper> wakeUp) : RecurringWork(
        "Sleeper", TimeSpan.FromDays(1), TimeProvider.System, NullLogger.Instance, wakeUp)
    {
        private int _rounds;

        public int Rounds => Volatile.Read(ref _rounds);

        protected override Task RunAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref _rounds);
            return Task.CompletedTask;
        }
    }
}
