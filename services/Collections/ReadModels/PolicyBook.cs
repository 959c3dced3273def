using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.ReadModels;

/// <summary>The policy in force of a legal entity.</summary>
public sealed class PolicyBook(EventSourcing.EventStore store)
{
    /// <summary>As it was laid down last, else the standard one.</summary>
    public async Task<CollectionPolicyDefined> InForceAsync(string legalEntity, CancellationToken cancellation)
    {
        var loaded = await store.LoadAsync(
            CollectionPolicyStream.Type, CollectionPolicyStream.Id(legalEntity), cancellation);
        return loaded.State.Definition ?? StandardPolicy.For(legalEntity);
    }
}
