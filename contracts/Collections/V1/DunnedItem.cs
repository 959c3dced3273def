namespace OrderToCash.Contracts.Collections.V1;

/// <summary>An item on a dunning notice.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="Balance">What was open when the notice went out.</param>
public sealed record DunnedItem(Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, MoneyAmount Balance);
