using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>Replicas and read models.</summary>
internal static class Copies
{
    public static Verdict EqualTheirSources(SystemFacts facts) => new(
        facts.Copies.Sum(copy => (long)copy.Source.Count),
        [
            .. from copy in facts.Copies
               from key in copy.Source.Keys.Union(copy.Replica.Keys)
               let source = copy.Source.GetValueOrDefault(key)
               let replica = copy.Replica.GetValueOrDefault(key)
               where source != replica
               select $"{copy.Name}: {key} is {replica ?? "missing"}, at its source {source ?? "missing"}",
        ]);
}
