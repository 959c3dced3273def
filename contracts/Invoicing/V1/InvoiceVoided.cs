namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>An invoice with nothing applied was cancelled; nothing is owed on it any more.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="PostingDate">Accounting date of the cancellation.</param>
/// <param name="Items">Its installments, all with balance zero.</param>
public sealed record InvoiceVoided(Guid InvoiceId, string Reason, DateOnly PostingDate, IReadOnlyList<OpenItem> Items);
