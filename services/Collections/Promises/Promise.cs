using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Promises;

/// <summary>A promise to pay.</summary>
public sealed record Promise
{
    public static readonly Promise Initial = new();

    /// <summary>What was promised; null before that.</summary>
    public PromiseMade? Made { get; init; }

    /// <summary>Where it stands.</summary>
    public PromiseStatus Status { get; init; }

    /// <summary>What had come when something last became of it.</summary>
    public Money? Received { get; init; }

    /// <summary>A person took it back: nothing becomes of it any more.</summary>
    public bool IsTakenBack { get; init; }

    public static Promise Evolve(Promise promise, object e) => e switch
    {
        PromiseMade made => promise with { Made = made, Received = Money.Zero(made.Amount.Currency) },
        PromiseKept kept => promise.Now(PromiseStatus.Kept, kept.Outcome),
        PromisePartlyKept kept => promise.Now(PromiseStatus.PartlyKept, kept.Outcome),
        PromiseBroken broken => promise.Now(PromiseStatus.Broken, broken.Outcome),
        PromiseReopened open => promise.Now(PromiseStatus.Open, open.Outcome),
        PromiseCancelled cancelled => promise.Now(PromiseStatus.Cancelled, cancelled.Outcome),
        _ => promise,
    };

    private Promise Now(PromiseStatus status, PromiseOutcome outcome) =>
        this with
        {
            Status = status,
            Received = outcome.Received,
            IsTakenBack = status == PromiseStatus.Cancelled && outcome.GivenUp is null,
        };
}

public static class PromiseStream
{
    public static readonly StreamType<Promise> Type = new("promise", Promise.Initial, Promise.Evolve);
}
