using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Looks at the customers of the review queue, as many at once as the queue has: promises and plans are judged, holds
/// end, disputes fall overdue, the worklist follows. It also sees each legal entity's day begin, and then has all of
/// its customers looked at that the day means something for. Any number of instances may work at once. Once all are
/// done it rests for four times as long as they took, two seconds at most: a customer with thousands of items, of whom
/// something comes every moment, is then looked at less often instead of all the time, and news of others comes first.
/// </summary>
public sealed class CustomerReviewer(
    ReviewQueue queue, DayBook days, Customers customers, PolicyBook policies, OpenItems items,
    IEnumerable<IReviewStep> steps, AppendSignal signal, TimeProvider clock, ILogger<CustomerReviewer> log)
    : RecurringWork("Looking at customers", PauseAfterFault, clock, log)
{
    private const int AtOnce = 200;

    /// <summary>How often an idle instance looks when no signal comes.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(2);

    private readonly IReviewStep[] _steps = [.. steps];

    /// <summary>What the next look waits for; null after a fault.</summary>
    private Task? _rest;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        var next = signal.Next;
        _rest = null;
        await days.TurnAsync(cancellation);
        var began = Clock.GetTimestamp();
        var seen = await WorkAsync(cancellation);
        _rest = seen switch
        {
            0 => Task.WhenAny(next, Task.Delay(PollInterval, Clock, cancellation)),
            < AtOnce => Task.Delay(Shorter(4 * Clock.GetElapsedTime(began), LongestRest), Clock, cancellation),
            _ => Task.CompletedTask,
        };
    }

    /// <inheritdoc/>
    protected override Task PauseAsync(CancellationToken cancellation) =>
        _rest ?? base.PauseAsync(cancellation);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>How many were looked at.</summary>
    private async Task<int> WorkAsync(CancellationToken cancellation)
    {
        var taken = await queue.TakeAsync(AtOnce, cancellation);
        if (taken.Count == 0)
            return 0;
        try
        {
            await ReviewAsync(taken, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One of them is at fault; the others must not wait for it.
            foreach (var one in taken)
                await AloneAsync(one, cancellation);
        }

        return taken.Count;
    }

    private async Task AloneAsync(ReviewRequest one, CancellationToken cancellation)
    {
        if (!await TryAsync(
            $"Looking at customer {one.CustomerId}", () => ReviewAsync([one], cancellation), cancellation))
            await queue.FailAsync(one, cancellation);
    }

    private async Task ReviewAsync(IReadOnlyList<ReviewRequest> taken, CancellationToken cancellation)
    {
        var known = await customers.FindAsync([.. taken.Select(one => one.CustomerId)], cancellation);
        if (known.Count > 0)
        {
            var inForce = new Dictionary<string, CollectionPolicyDefined>(StringComparer.Ordinal);
            foreach (var entity in known.Select(customer => customer.LegalEntity).Distinct())
                inForce[entity] = await policies.InForceAsync(entity, cancellation);
            var chunk = new ReviewChunk(
                [
                    .. known.Select(customer => new ReviewedCustomer(
                        customer.Id, customer.LegalEntity, customer.Today, inForce[customer.LegalEntity])),
                ],
                items);
            foreach (var step in _steps)
                await step.ReviewAsync(chunk, cancellation);
        }

        await queue.FinishAsync(taken, cancellation);
    }
}
