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
}
