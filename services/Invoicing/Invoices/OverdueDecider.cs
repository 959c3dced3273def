using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What becomes of an invoice because a day has passed.</summary>
public static class OverdueDecider
{
    /// <summary>
    /// Marks the installments that are open after their due date: those whose day this is not yet known of.
    /// </summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="today">The day in the legal entity's time zone: what is due today is not overdue.</param>
    public static Decision Mark(Invoice invoice, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return Decision.Of(
        [
            .. invoice.Items()
                .Where(item => item.Balance.IsPositive && item.DueDate < today && !Knows(invoice, item))
                .Select(item => new InvoiceBecameOverdue(item)),
        ]);
    }

    private static bool Knows(Invoice invoice, OpenItem item) =>
        invoice.Overdue.TryGetValue(item.Installment, out var passed) && passed == item.DueDate;
}
