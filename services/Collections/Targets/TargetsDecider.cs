using OrderToCash.Kernel;

namespace OrderToCash.Collections.Targets;

/// <summary>What may be set as targets.</summary>
public static class TargetsDecider
{
    private const int Many = 1000;

    /// <summary>Sets them; saying the same again is nothing.</summary>
    public static Decision Set(CollectionTargets targets, TargetsSet wish)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Targets.Count > Many)
            return Invalid("/targets", $"There are at most {Many} targets.");
        for (var index = 0; index < wish.Targets.Count; index++)
        {
            var target = wish.Targets[index];
            if (target.Collector is { Length: 0 or > 200 })
                return Invalid($"/targets/{index}/collector", "A collector has 1 to 200 characters.");
            if (target.Cash.IsNegative)
                return Invalid($"/targets/{index}/cash", "A target is zero or more.");
        }

        if (wish.Targets.DistinctBy(target => (target.Collector, target.Cash.Currency)).Count() < wish.Targets.Count)
            return Invalid("/targets", "There is at most one target per collector and currency.");
        return targets.Set is { } now && now.Targets.SequenceEqual(wish.Targets) ? Decision.Nothing : Decision.Of(wish);
    }

    private static Refusal Invalid(string field, string detail) => new("invalid-targets", detail, Field: field);
}
