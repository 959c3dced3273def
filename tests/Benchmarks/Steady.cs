using System.Diagnostics;

namespace OrderToCash.Benchmarks;

/// <summary>Work that comes at a steady rate, whether what came before is done or not.</summary>
internal static class Steady
{
    /// <summary>Begins so many a second for so long, and waits for all of them.</summary>
    public static async Task RunAsync(
        int perSecond, TimeSpan time, Func<CancellationToken, Task> sendAsync, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var sending = new List<Task>();
        for (var number = 1; clock.Elapsed < time; number++)
        {
            sending.Add(sendAsync(cancellation));
            var next = TimeSpan.FromSeconds(1) * number / perSecond - clock.Elapsed;
            if (next > TimeSpan.Zero)
                await Task.Delay(next, TimeProvider.System, cancellation);
        }

        await Task.WhenAll(sending);
    }
}
