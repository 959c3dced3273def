namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A customer was given to a collector, or to nobody. The newest one of a customer holds.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Collector">Subject (<c>sub</c>) of who looks after the customer; null for nobody.</param>
/// <param name="Rule">Name of the portfolio rule that gave it; null where a person did.</param>
public sealed record CollectorAssigned(Guid CustomerId, string LegalEntity, string? Collector, string? Rule);
