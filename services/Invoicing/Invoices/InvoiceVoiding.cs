using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Cancels an invoice together with what its issue did: deposits it was netted with are held again. What is refused
/// changes neither side.
/// </summary>
/// <param name="OnInvoice">What to append to the invoice, or why it is not cancelled.</param>
/// <param name="OnDeposits">What to append to each deposit.</param>
public sealed record InvoiceVoiding(
    Decision OnInvoice, IReadOnlyDictionary<Guid, IReadOnlyList<object>> OnDeposits)
{
    /// <summary>Cancels the invoice where nothing else is applied to it.</summary>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="invoice">As it is.</param>
    /// <param name="deposits">Those that it is netted with, as they are.</param>
    /// <param name="reason">Why.</param>
    /// <param name="context">When, and which days are open.</param>
    public static InvoiceVoiding Of(
        Guid invoiceId, Invoice invoice, IReadOnlyDictionary<Guid, Invoice> deposits, string? reason,
        PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(deposits);
        var settlements = deposits.ToDictionary(one => one.Key, one => new DepositSettlement(
            one.Key, one.Value, context, () => throw new InvalidOperationException("Nothing new is netted.")));
        var events = new List<object>();
        foreach (var (application, applied) in invoice.Deposits)
        {
            var back = settlements[applied.DepositId].TakeBack(invoiceId, application, invoice);
            if (back.IsRefused)
                return new InvoiceVoiding(back, new Dictionary<Guid, IReadOnlyList<object>>());
            events.AddRange(back.Events);
            invoice = back.Events.Aggregate(invoice, Invoice.Evolve);
        }

        var voided = InvoiceDecider.Void(invoice, reason, context);
        return voided.IsRefused
            ? new InvoiceVoiding(voided, new Dictionary<Guid, IReadOnlyList<object>>())
            : new InvoiceVoiding(
                Decision.Of([.. events, .. voided.Events]),
                settlements.ToDictionary(one => one.Key, one => one.Value.DepositEvents));
    }
}
