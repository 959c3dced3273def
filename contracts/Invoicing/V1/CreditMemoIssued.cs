namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A credit memo was issued; the customer owes less.</summary>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Number">Gapless number, e.g. <c>CM-US01-2026-000123</c>.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="CustomerId">Who owes less.</param>
/// <param name="CreditDate">Document date in the entity's calendar.</param>
/// <param name="Reason"><c>return</c>, <c>price</c>, <c>dispute</c>, <c>goodwill</c>, <c>duplicate</c> or
/// <c>correction</c>.</param>
/// <param name="InvoiceId">The invoice it credits, or null for one on account.</param>
/// <param name="Net">Sum of the lines without tax.</param>
/// <param name="Tax">Sum of taxes.</param>
/// <param name="Total">Net plus tax; all of it is open.</param>
public sealed record CreditMemoIssued(
    Guid CreditMemoId, string Number, string LegalEntity, Guid CustomerId, DateOnly CreditDate, string Reason,
    Guid? InvoiceId, MoneyAmount Net, MoneyAmount Tax, MoneyAmount Total);
