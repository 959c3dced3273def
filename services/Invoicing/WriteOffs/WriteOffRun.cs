using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.WriteOffs;

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

/// <summary>Small balances of many invoices that are written off together.</summary>
public sealed record WriteOffRun
{
    /// <summary>Before it is asked for.</summary>
    public static readonly WriteOffRun Initial = new();

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

    /// <summary>
    /// The next rests to deal with; none unless it runs. An invoice is not divided: all of its rests are decided on the
    /// version that it had when the run was asked for.
    /// </summary>
    /// <param name="most">So many, and what else belongs to the invoice of the last one.</param>
    public IReadOnlyList<SmallRest> Next(int most)
    {
        if (Status != WriteOffRunStatus.Running)
            return [];
        var items = Requested!.Items;
        var end = Math.Min(Done + most, items.Count);
        while (end < items.Count && items[end].InvoiceId == items[end - 1].InvoiceId)
            end++;
        return [.. items.Skip(Done).Take(end - Done)];
    }

    /// <summary>State and event in, next state out.</summary>
    public static WriteOffRun Evolve(WriteOffRun run, object e) => e switch
    {
        WriteOffRunRequested wish => run with { Requested = wish, WrittenOff = Money.Zero(wish.Limit.Currency) },
        WriteOffRunStarted => run with { IsStarted = true },
        WriteOffRunDropped => run with { IsDropped = true },
        WriteOffRunAdvanced part => run.Advance(part.Outcomes),
        _ => run,
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

public static class WriteOffRunStream
{
    /// <summary>A run over thousands takes the place of a hundred invoices in memory.</summary>
    public static readonly StreamType<WriteOffRun> Type =
        new("write_off_run", WriteOffRun.Initial, WriteOffRun.Evolve)
        {
            Weight = run => 1 + ((run.Requested?.Items.Count ?? 0) / 50),
        };
}
