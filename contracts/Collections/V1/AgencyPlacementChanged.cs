namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// Items were handed over to a collection agency, taken back or settled, or money came for them.
/// </summary>
/// <param name="PlacementId">The placement.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who owes them.</param>
/// <param name="Agency">Code of the agency.</param>
/// <param name="Status"><c>placed</c>, <c>recalled</c> or <c>closed</c>.</param>
/// <param name="Amount">What was handed over.</param>
/// <param name="Received">What was settled since.</param>
/// <param name="Commission">The agency's, on that.</param>
/// <param name="Items">What was handed over.</param>
public sealed record AgencyPlacementChanged(
    Guid PlacementId, string LegalEntity, Guid CustomerId, string Agency, string Status, MoneyAmount Amount,
    MoneyAmount Received, MoneyAmount Commission, IReadOnlyList<PlacedItem> Items);

/// <summary>An item that was handed over.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">How much of it.</param>
public sealed record PlacedItem(Guid InvoiceId, int Installment, MoneyAmount Amount);
