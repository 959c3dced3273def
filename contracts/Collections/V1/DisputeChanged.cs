namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// Something about a dispute is different: somebody looks into it, its amount changed, or it is accepted and waits for
/// the credit memo.
/// </summary>
/// <param name="Dispute">As it is now.</param>
public sealed record DisputeChanged(Dispute Dispute);
