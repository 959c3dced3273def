namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// One installment of an invoice as it is after the event that carries it. Enough to make or replace a replica row; the
/// version of the source stream (header <c>otc-stream-version</c>) tells which of two is newer.
/// </summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">E.g. <c>INV-US01-2026-000123</c>.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="InvoiceDate">Document date in the entity's calendar.</param>
/// <param name="DueDate">Last day to pay in the entity's calendar.</param>
/// <param name="Amount">What was due at first.</param>
/// <param name="Balance">What is still open, 0 to <paramref name="Amount"/>.</param>
/// <param name="OrderReference">The order it bills, or null.</param>
/// <param name="PurchaseOrder">The buyer's order number, or null.</param>
/// <param name="DiscountUntil">Last value date of money that earns a cash discount, grace included; or null.</param>
/// <param name="OriginalDueDate">As first agreed, where it was moved since; else null.</param>
/// <param name="Disputed">How much of the balance is disputed; null for nothing.</param>
/// <param name="Kind"><c>invoice</c>, <c>debit-memo</c> or <c>deposit</c>; null means invoice.</param>
/// <param name="Discount">What may be deducted when the whole balance is settled by then; less pro rata.</param>
/// <param name="DiscountRate">Share of what is settled that may be deducted by then; 0.02 is 2 %. Or null.</param>
/// <param name="ExternalNumber">Under which another system billed it, and people pay it; else null.</param>
/// <param name="Unearned">How far the discount is accepted when it is not earned any more; null for not at all.</param>
/// <param name="Charge">Of a debit memo by a contract: <c>interest</c> where it bills nothing else, else
/// <c>late-fee</c>. Null for any other document, and in messages from before this was told.</param>
public sealed record OpenItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, string LegalEntity, Guid CustomerId, DateOnly InvoiceDate,
    DateOnly DueDate, MoneyAmount Amount, MoneyAmount Balance, string? OrderReference, string? PurchaseOrder,
    DateOnly? DiscountUntil = null, MoneyAmount? Discount = null, DateOnly? OriginalDueDate = null,
    MoneyAmount? Disputed = null, string? Kind = null, decimal? DiscountRate = null,
    string? ExternalNumber = null, UnearnedDiscount? Unearned = null, string? Charge = null);

/// <summary>How far a cash discount is accepted that was not earned.</summary>
/// <param name="Until">Last value date of the money; null for no end.</param>
/// <param name="UpTo">So much more of the installment, after what was deducted already; null for no bound.</param>
public sealed record UnearnedDiscount(DateOnly? Until, MoneyAmount? UpTo);
