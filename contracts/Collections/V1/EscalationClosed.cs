namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A matter that was handed up is settled.</summary>
/// <param name="EscalationId">The escalation.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Result">In words.</param>
public sealed record EscalationClosed(Guid EscalationId, string LegalEntity, Guid CustomerId, string Result);
