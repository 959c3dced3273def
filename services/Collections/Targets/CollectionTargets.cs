using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Targets;

/// <summary>What is to be brought in in a month.</summary>
public sealed record CollectionTargets
{
    public static readonly CollectionTargets Initial = new();

    /// <summary>As they were set last; null before that.</summary>
    public TargetsSet? Set { get; init; }

    public static CollectionTargets Evolve(CollectionTargets targets, object e) => e switch
    {
        TargetsSet set => targets with { Set = set },
        _ => targets,
    };
}

public static class CollectionTargetsStream
{
    public static readonly StreamType<CollectionTargets> Type =
        new("collection_targets", CollectionTargets.Initial, CollectionTargets.Evolve);

    /// <summary>One per legal entity and month.</summary>
    public static Guid Id(string legalEntity, string period) => Ids.From("collection-targets", legalEntity, period);
}
