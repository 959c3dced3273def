namespace OrderToCash.Contracts.Collections.V1;

/// <summary>The day by which a dispute was to be decided has passed.</summary>
/// <param name="Dispute">As it is now.</param>
public sealed record DisputeFellOverdue(Dispute Dispute);
