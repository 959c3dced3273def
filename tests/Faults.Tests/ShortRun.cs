using System.Globalization;
using System.Security.Cryptography;

namespace OrderToCash.Faults.Tests;

/// <summary>
/// One short run for all tests of the class. <c>OTC_FAULTS_SEED</c> repeats the order of faults and work of a run.
/// </summary>
public sealed class ShortRun : IAsyncLifetime
{
    private const int Clerks = 4;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Two thousand works meet every fault. Ten times as many show no more in a minute, but money that waits for its
    /// match is looked at with every invoice that comes, so that the rest afterwards would last for minutes.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly List<string> _said = [];

    /// <summary>What the run did, line by line.</summary>
    public string Said => string.Join('\n', _said);

    internal RunResult Result { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("OTC_FAULTS_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : RandomNumberGenerator.GetInt32(1_000_000);
        Result = await FaultRun.RunAsync(new RunOptions(seed, Duration, Clerks, Pause), Say);
        Report.Print(Result, Say);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Say(string line)
    {
        lock (_said)
            _said.Add(line);
    }
}
