namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A hold was released, or its last day is over.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind">See DunningHoldPlaced.</param>
/// <param name="How"><c>released</c> or <c>expired</c>.</param>
public sealed record DunningHoldEnded(Guid HoldId, string LegalEntity, Guid CustomerId, string Kind, string How);
