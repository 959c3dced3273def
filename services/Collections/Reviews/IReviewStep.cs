using OrderToCash.Collections.Policies;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Reviews;

/// <summary>A customer that is looked at.</summary>
/// <param name="Id">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Today">The day it is there.</param>
/// <param name="Policy">How the legal entity collects.</param>
public sealed record ReviewedCustomer(Guid Id, string LegalEntity, DateOnly Today, CollectionPolicyDefined Policy);

/// <summary>
/// One thing that is seen to whenever a customer is looked at. It reads the facts of all of them at once, decides, and
/// may be repeated at any time: what is in order already makes no event.
/// </summary>
public interface IReviewStep
{
    /// <summary>Who acts, in events that no person caused.</summary>
    static readonly EventMetadata Itself = new(CollectionsService.Name);

    /// <summary>Looks at these customers.</summary>
    Task ReviewAsync(IReadOnlyList<ReviewedCustomer> customers, CancellationToken cancellation);
}
