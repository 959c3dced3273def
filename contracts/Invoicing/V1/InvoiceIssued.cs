namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>An invoice was issued and is owed.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Number">Gapless number, e.g. <c>INV-US01-2026-000123</c>.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="InvoiceDate">Document date in the entity's calendar.</param>
/// <param name="Terms">Payment terms it was issued with.</param>
/// <param name="OrderReference">The order it bills, or null.</param>
/// <param name="PurchaseOrder">The buyer's order number, or null.</param>
/// <param name="Net">Sum of the lines without tax.</param>
/// <param name="Tax">Sum of taxes.</param>
/// <param name="Total">Net plus tax; the sum of the items.</param>
/// <param name="Items">Its installments.</param>
/// <param name="ExternalNumber">Under which another system billed it, and people pay it; else null.</param>
/// <param name="ChargebackOf">Of a debit memo that takes over what a payer kept back: the invoice, which is less by as
/// much and says so itself. Nothing is sold by it. Else null.</param>
public sealed record InvoiceIssued(
    Guid InvoiceId, string Number, string LegalEntity, Guid CustomerId, DateOnly InvoiceDate, string Terms,
    string? OrderReference, string? PurchaseOrder, MoneyAmount Net, MoneyAmount Tax, MoneyAmount Total,
    IReadOnlyList<OpenItem> Items, string? ExternalNumber = null, Guid? ChargebackOf = null);
