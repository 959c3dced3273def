namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Something is to be done about a customer, was done, or is no longer needed.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind"><c>call</c>, <c>repair-address</c> or <c>other</c>.</param>
/// <param name="Text">What, in words.</param>
/// <param name="DueOn">By when.</param>
/// <param name="State"><c>open</c>, <c>done</c> or <c>cancelled</c>.</param>
public sealed record CollectionTaskChanged(
    Guid TaskId, string LegalEntity, Guid CustomerId, string Kind, string Text, DateOnly DueOn, string State);
