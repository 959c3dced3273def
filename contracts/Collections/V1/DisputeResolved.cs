namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A dispute is settled; nothing of the item is held back because of it any more.</summary>
/// <param name="Dispute">As it is now.</param>
/// <param name="Outcome"><c>credited</c>, <c>partly-credited</c>, <c>rejected</c> or <c>withdrawn</c>.</param>
public sealed record DisputeResolved(Dispute Dispute, string Outcome);
