using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>Times of many repetitions, in milliseconds.</summary>
internal sealed class Distribution(IEnumerable<TimeSpan> times)
{
    private readonly TimeSpan[] _sorted = [.. times.Order()];

    /// <summary>The time that this share of the repetitions did not exceed.</summary>
    public TimeSpan At(decimal share) => _sorted[(int)Math.Min(_sorted.Length - 1, share * _sorted.Length)];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"p50 {At(0.5m).TotalMilliseconds:0.0} ms, p99 {At(0.99m).TotalMilliseconds:0.0} ms, n {_sorted.Length}");
}
