using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Policies;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Reviews;

/// <summary>A customer that is looked at.</summary>
/// <param name="Id">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Today">The day it is there.</param>
/// <param name="Policy">How the legal entity collects.</param>
public sealed record ReviewedCustomer(Guid Id, string LegalEntity, DateOnly Today, CollectionPolicyDefined Policy);

/// <summary>Customers that are looked at together.</summary>
/// <param name="customers">Them.</param>
/// <param name="openItems">Reads what they owe.</param>
public sealed class ReviewChunk(IReadOnlyList<ReviewedCustomer> customers, OpenItems openItems)
{
    private Task<ILookup<Guid, ItemFacts>>? _items;

    /// <summary>The customers.</summary>
    public IReadOnlyList<ReviewedCustomer> Customers => customers;

    /// <summary>Their identifiers.</summary>
    public Guid[] Ids { get; } = [.. customers.Select(customer => customer.Id)];

    /// <summary>
    /// What they owe, read once: when the first step asks for it, those before it have judged promises, plans and
    /// holds.
    /// </summary>
    public Task<ILookup<Guid, ItemFacts>> ItemsAsync(CancellationToken cancellation) =>
        _items ??= openItems.OfAsync(Ids, cancellation);
}

/// <summary>
/// One thing that is seen to whenever a customer is looked at. It reads the facts of all of them at once, decides, and
/// may be repeated at any time: what is in order already makes no event.
/// </summary>
public interface IReviewStep
{
    /// <summary>Who acts, in events that no person caused.</summary>
    static readonly EventMetadata Itself = new(CollectionsService.Name);

    /// <summary>Looks at these customers; there is at least one.</summary>
    Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation);
}
