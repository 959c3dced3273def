namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// The due date of an installment has passed where the legal entity is, and some of it is open. Told once per
/// installment and due date, whatever is paid and opened again later; after downtime it is told late.
/// </summary>
/// <param name="InvoiceId">The invoice or debit memo.</param>
/// <param name="OverdueSince">The day after the due date: the first on which the installment is overdue.</param>
/// <param name="Item">The installment as it is now.</param>
public sealed record InvoiceBecameOverdue(Guid InvoiceId, DateOnly OverdueSince, OpenItem Item);
