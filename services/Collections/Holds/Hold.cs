using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Holds;

/// <summary>Where a hold stands.</summary>
public enum HoldStatus
{
    /// <summary>It holds.</summary>
    Active,

    /// <summary>Somebody released it.</summary>
    Released,

    /// <summary>Its last day has ended.</summary>
    Expired,
}

/// <summary>Something that is held back from dunning.</summary>
public sealed record Hold
{
    public static readonly Hold Initial = new();

    /// <summary>As it is; null before it is placed.</summary>
    public HoldPlaced? Placed { get; init; }

    /// <summary>Where it stands.</summary>
    public HoldStatus Status { get; init; }

    public static Hold Evolve(Hold hold, object e) => e switch
    {
        HoldPlaced placed => hold with { Placed = placed },
        HoldExtended extended => hold with { Placed = extended.Placed },
        HoldReleased => hold with { Status = HoldStatus.Released },
        HoldExpired => hold with { Status = HoldStatus.Expired },
        _ => hold,
    };
}

public static class HoldStream
{
    public static readonly StreamType<Hold> Type = new("hold", Hold.Initial, Hold.Evolve);
}
