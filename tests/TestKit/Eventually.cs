using Shouldly;

namespace OrderToCash.TestKit;

/// <summary>
/// Waits for what will become true. The time allowed is generous, since it passes only when the test fails; nothing
/// here asserts how long something takes.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition is true.</summary>
    public static Task BecomesTrue(Func<bool> condition, string because, TimeSpan? within = null) =>
        BecomesTrue(() => Task.FromResult(condition()), because, within);

    /// <summary>Waits until the condition is true.</summary>
    public static async Task BecomesTrue(Func<Task<bool>> condition, string because, TimeSpan? within = null) =>
        await Becomes(condition, isTrue => isTrue, because, within);

    /// <summary>Reads until the value is as wished, and returns it; the failure shows the value read last.</summary>
    public static async Task<T> Becomes<T>(
        Func<Task<T>> read, Func<T, bool> asWished, string because, TimeSpan? within = null)
    {
        T value = default!;
        await Passes(async () =>
        {
            value = await read();
            if (!asWished(value))
                throw new ShouldAssertException($"Expected that {because}. The last value read was: {Text.Of(value)}");
        }, within);
        return value;
    }

    /// <summary>Repeats the assertions until all pass; the failure is the one of the last attempt.</summary>
    public static async Task Passes(Func<Task> assertions, TimeSpan? within = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await assertions();
                return;
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(began) < (within ?? Patience))
            {
                await Task.Delay(Interval, TimeProvider.System);
            }
        }
    }
}
