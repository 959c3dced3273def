using OrderToCash.Faults.Stage;

namespace OrderToCash.Faults.Injections;

/// <summary>Something that goes wrong and is well again when it returns.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="MayOverlap">True when a service may be killed meanwhile.</param>
/// <param name="RunAsync">Does it; gives what exactly it did.</param>
internal sealed record Injection(string Name, bool MayOverlap, Func<FaultStage, Random, Task<string>> RunAsync)
{
    /// <summary>A service is killed and started again.</summary>
    public static readonly Injection KillInstance = new("an instance is killed", false, ProcessFault.KillInstanceAsync);

    /// <summary>All of them; a run draws from this bag until it is empty, then from a new one.</summary>
    public static readonly IReadOnlyList<Injection> All =
    [
        KillInstance,
        KillInstance,
        new("all instances of a service are killed", false, ProcessFault.KillServiceAsync),
        new("an instance is stopped in order", false, ProcessFault.RestartInstanceAsync),
        new("RabbitMQ is killed", true, ServerFault.KillBrokerAsync),
        new("PostgreSQL is killed", true, ServerFault.KillDatabaseAsync),
        new("database connections are cut", true, ServerFault.CutDatabaseAsync),
        new("broker connections are cut", true, ServerFault.CutBrokerAsync),
        new("a consumer fails for a while", true, ConsumerFault.RunAsync),
        new("messages come twice", true, MessageFault.TwiceAsync),
        new("messages come out of order", true, MessageFault.OutOfOrderAsync),
    ];

    /// <summary>Waits by chance, between these.</summary>
    public static Task PauseAsync(Random random, int fromMilliseconds, int toMilliseconds) => Task.Delay(
        TimeSpan.FromMilliseconds(random.Next(fromMilliseconds, toMilliseconds)), TimeProvider.System);
}
