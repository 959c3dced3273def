using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Placements;

/// <summary>Items that a collection agency collects.</summary>
public sealed record Placement
{
    public static readonly Placement Initial = new();

    /// <summary>What; null before it is proposed.</summary>
    public PlacementProposed? Proposed { get; init; }

    /// <summary>Where it stands.</summary>
    public PlacementStatus Status { get; init; }

    /// <summary>What was settled since it was handed over.</summary>
    public Money? Received { get; init; }

    /// <summary>The agency's commission on that.</summary>
    public Money? Commission { get; init; }

    public static Placement Evolve(Placement placement, object e) => e switch
    {
        PlacementProposed proposed => placement with
        {
            Proposed = proposed,
            Received = Money.Zero(proposed.Amount.Currency),
            Commission = Money.Zero(proposed.Amount.Currency),
        },
        PlacementMade => placement with { Status = PlacementStatus.Placed },
        PlacementRejected => placement with { Status = PlacementStatus.Rejected },
        CommissionAccrued accrued => placement with { Received = accrued.Received, Commission = accrued.Commission },
        PlacementRecalled => placement with { Status = PlacementStatus.Recalled },
        PlacementClosed => placement with { Status = PlacementStatus.Closed },
        _ => placement,
    };
}

public static class PlacementStream
{
    public static readonly StreamType<Placement> Type = new("placement", Placement.Initial, Placement.Evolve);
}
