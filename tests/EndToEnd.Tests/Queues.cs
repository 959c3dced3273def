using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Commands;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>The queues that <c>-- dead-letters</c> looks through.</summary>
public sealed class Queues(RunningSystem system)
{
    [Fact]
    public async Task are_those_the_broker_has()
    {
        var queues = await system.Broker.QueuesAsync();

        queues.Where(queue => !queue.EndsWith("_error", StringComparison.Ordinal)
                && !queue.EndsWith("_skipped", StringComparison.Ordinal))
            .ShouldBe(DeadLettersCommand.Queues, ignoreOrder: true);
    }
}
