using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.WriteOffs;

/// <summary>Where a run stands.</summary>
public enum WriteOffRunStatus
{
    /// <summary>For an approval.</summary>
    Waiting,

    /// <summary>Rests are being given up.</summary>
    Running,

    /// <summary>Every rest is dealt with.</summary>
    Finished,

    /// <summary>Not approved; nothing is given up.</summary>
    Dropped,
}

/// <summary>Small rests of many receipts that are given up together.</summary>
public sealed record WriteOffRun
{
    /// <summary>Before it is asked for.</summary>
    public static readonly WriteOffRun Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<WriteOffRun> Type = new("write_off_run", Initial, Evolve);

    /// <summary>As it was asked for; null before that.</summary>
    public WriteOffRunRequested? Requested { get; init; }

    public bool IsStarted { get; init; }

    public bool IsDropped { get; init; }

    /// <summary>How many rests are dealt with, from the first on.</summary>
    public int Done { get; init; }

    /// <summary>How many of them are given up.</summary>
    public int WrittenOffCount { get; init; }

    /// <summary>What is given up so far; null before the run is asked for.</summary>
    public Money? WrittenOff { get; init; }

    /// <summary>Follows from what happened.</summary>
    public WriteOffRunStatus Status => this switch
    {
        { IsDropped: true } => WriteOffRunStatus.Dropped,
        { IsStarted: false } => WriteOffRunStatus.Waiting,
        _ when Done < Requested!.Items.Count => WriteOffRunStatus.Running,
        _ => WriteOffRunStatus.Finished,
    };

    /// <summary>The next rests to deal with; none unless it runs.</summary>
    public IReadOnlyList<SmallRest> Next(int most) =>
        Status == WriteOffRunStatus.Running ? [.. Requested!.Items.Skip(Done).Take(most)] : [];

    /// <summary>State and event in, next state out.</summary>
    public static WriteOffRun Evolve(WriteOffRun run, object fact) => fact switch
    {
        WriteOffRunRequested e => run with { Requested = e, WrittenOff = Money.Zero(e.Limit.Currency) },
        WriteOffRunStarted => run with { IsStarted = true },
        WriteOffRunDropped => run with { IsDropped = true },
        WriteOffRunAdvanced e => run.Advance(e.Outcomes),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a write-off run."),
    };

    private WriteOffRun Advance(IReadOnlyList<RestOutcome> outcomes)
    {
        var givenUp = Requested!.Items.Skip(Done).Zip(outcomes)
            .Where(pair => pair.Second.Code is null).Select(pair => pair.First.Rest).ToArray();
        return this with
        {
            Done = Done + outcomes.Count,
            WrittenOffCount = WrittenOffCount + givenUp.Length,
            WrittenOff = WrittenOff!.Value + Money.Sum(givenUp, Requested.Limit.Currency),
        };
    }
}
