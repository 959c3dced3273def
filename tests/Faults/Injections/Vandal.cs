using System.Collections.Concurrent;
using OrderToCash.Faults.Stage;

namespace OrderToCash.Faults.Injections;

/// <summary>
/// Breaks one thing after the other, sometimes two at once, in an order that the seed gives: every kind of fault once,
/// then all of them again.
/// </summary>
internal sealed class Vandal(FaultStage stage, Random random, Action<string> say)
{
    private readonly ConcurrentDictionary<string, int> _done = [];

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<string, int> Done => _done;

    /// <summary>Goes on for this long, and at least until every fault has happened once.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var rounds = 0; rounds == 0 || TimeProvider.System.GetElapsedTime(began) < duration; rounds++)
        {
            var bag = Injection.All.ToArray();
            random.Shuffle(bag);
            foreach (var injection in bag)
            {
                if (rounds > 0 && TimeProvider.System.GetElapsedTime(began) >= duration)
                    return;
                await Injection.PauseAsync(random, 300, 2_500);
                var alone = !injection.MayOverlap || random.Next(3) > 0;
                await (alone
                    ? InjectAsync(injection)
                    : Task.WhenAll(InjectAsync(injection), InjectAsync(Injection.KillInstance)));
            }
        }
    }

    private async Task InjectAsync(Injection injection)
    {
        // A random number generator of its own: two at once must not draw from the same one.
        var what = await injection.RunAsync(stage, new Random(random.Next()));
        _done.AddOrUpdate(injection.Name, 1, (_, count) => count + 1);
        say($"{injection.Name}: {what}");
    }
}
