namespace OrderToCash.Contracts.Collections.V1;

/// <summary>An item that was promised to be paid.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Balance">What was open on it when it was promised.</param>
public sealed record PromisedItem(Guid InvoiceId, int Installment, string InvoiceNumber, MoneyAmount Balance);
