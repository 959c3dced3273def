using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Policies;

/// <summary>How a legal entity collects.</summary>
public sealed record CollectionPolicy
{
    public static readonly CollectionPolicy Initial = new();

    /// <summary>As it was laid down last; null before that: then <see cref="StandardPolicy"/> holds.</summary>
    public CollectionPolicyDefined? Definition { get; init; }

    public static CollectionPolicy Evolve(CollectionPolicy policy, object e) => e switch
    {
        CollectionPolicyDefined defined => policy with { Definition = defined },
        _ => policy,
    };
}

public static class CollectionPolicyStream
{
    public static readonly StreamType<CollectionPolicy> Type =
        new("collection_policy", CollectionPolicy.Initial, CollectionPolicy.Evolve);

    public static Guid Id(string legalEntity) => Ids.From("collection-policy", legalEntity);
}
