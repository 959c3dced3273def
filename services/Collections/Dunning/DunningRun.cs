using System.Globalization;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>A run has seen to one more part of its customers.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Reached">The last customer of the part; the next part begins after it.</param>
/// <param name="Notices">How many notices it decided on in this part.</param>
public sealed record DunningRunAdvanced(Guid RunId, Guid Reached, int Notices);

/// <summary>What a run decided about one part of its customers, blocked notices included.</summary>
/// <param name="RunId">The run.</param>
/// <param name="First">Place of the first of them in the run, from 1.</param>
/// <param name="Notices">One per customer with something due.</param>
public sealed record DunningRunPartDecided(Guid RunId, int First, IReadOnlyList<RunNotice> Notices);

/// <summary>
/// How far a run has come. It sees to its customers in the order of their identifiers, some hundreds in one transaction
/// with their notices, so it goes on where it was after whatever ended the process. What is decided lies in a stream
/// per part: whoever goes on reads how far it came, and not all of it.
/// </summary>
public sealed record DunningRun
{
    public static readonly DunningRun Initial = new();

    /// <summary>The last customer that was seen to; empty before the first part.</summary>
    public Guid Reached { get; init; }

    /// <summary>Parts that are done.</summary>
    public int Parts { get; init; }

    /// <summary>Notices decided on so far, those that were blocked included.</summary>
    public int Notices { get; init; }

    /// <summary>It was broken off: no other part is made.</summary>
    public bool IsBrokenOff { get; init; }

    public static DunningRun Evolve(DunningRun run, object e) => e switch
    {
        DunningRunFinished finished => run with { IsBrokenOff = finished.IsBrokenOff },
        DunningRunAdvanced advanced => run with
        {
            Reached = advanced.Reached,
            Parts = run.Parts + 1,
            Notices = run.Notices + advanced.Notices,
        },
        _ => run,
    };
}

/// <summary>The stream of a run is its identifier.</summary>
public static class DunningRunStream
{
    public static readonly StreamType<DunningRun> Type = new("dunning_run", DunningRun.Initial, DunningRun.Evolve);
}

/// <summary>What one part of a run decided; there is nothing more to know of it.</summary>
public sealed record DunningRunPart
{
    public static readonly DunningRunPart Initial = new();
}

public static class DunningRunPartStream
{
    public static readonly StreamType<DunningRunPart> Type =
        new("dunning_run_part", DunningRunPart.Initial, (part, _) => part);

    /// <param name="runId">The run.</param>
    /// <param name="number">From 0.</param>
    public static Guid Id(Guid runId, int number) => Ids.From(
        "dunning-run-part", runId.ToString("D"), number.ToString(CultureInfo.InvariantCulture));
}
