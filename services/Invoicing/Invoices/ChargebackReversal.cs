using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Takes a chargeback back of which nothing is settled: the chargeback is void, and its invoice is open again by so
/// much, due as it was. Both sides are decided here and must be written together.
/// </summary>
/// <param name="OnInvoice">What to append to the invoice.</param>
/// <param name="OnChargeback">What to append to the chargeback.</param>
public sealed record ChargebackReversal(InvoiceChargebackReversed OnInvoice, InvoiceVoided OnChargeback)
{
    /// <summary>Both sides, or why it is not taken back.</summary>
    /// <param name="invoice">As it is.</param>
    /// <param name="chargebackId">One of its chargebacks.</param>
    /// <param name="chargeback">As it is.</param>
    /// <param name="expected">What payments on their way are to pay of the chargeback.</param>
    /// <param name="context">When, and which days are open.</param>
    /// <param name="lacked">What deposits that the invoice is netted with lack; null for nothing.</param>
    public static (ChargebackReversal? Reversal, Refusal? Refusal) Of(
        Invoice invoice, Guid chargebackId, Invoice chargeback, Money expected, PostingContext context,
        Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(chargeback);
        ArgumentNullException.ThrowIfNull(context);
        if (!invoice.Chargebacks.TryGetValue(chargebackId, out var part))
            return (null, Refusal.NotFound("chargeback", chargebackId));
        if (!chargeback.Applied.IsZero || !chargeback.Credited.IsZero)
            return (null, ChargebackRefusals.Settled(chargeback));
        if (chargeback.DisputedOn(1) is { IsPositive: true } disputed)
            return (null, ChargebackRefusals.DisputedItself(chargeback, disputed));
        if (expected.IsPositive)
            return (null, ChargebackRefusals.PaymentPending(chargeback, expected, part.Amount));
        var notBefore = invoice.LastPosting > chargeback.LastPosting ? invoice.LastPosting : chargeback.LastPosting;
        var issued = chargeback.Issued!;
        if (context.Refuse(issued.Books, notBefore) is { } wrongDay)
            return (null, wrongDay);
        var voided = new InvoiceVoided(
            [chargeback.ItemWith(1, Money.Zero(part.Amount.Currency))],
            context.Reversal(issued.Books, notBefore, PostingKinds.ChargebackReversed, issued.Entry));
        var opened = OpenedAgain(invoice, chargebackId, part, issued, notBefore, context);
        if (Invoice.Evolve(invoice, opened).UncoveredBut(lacked ?? Money.Zero(invoice.Currency)).Any())
            return (null, ChargebackRefusals.RefundKept(invoice));
        return (new ChargebackReversal(opened, voided), null);
    }

    /// <summary>
    /// The invoice has what it had billed once more. What it is worth in the books follows from its balance, so a cent
    /// of rounding may be an exchange difference.
    /// </summary>
    private static InvoiceChargebackReversed OpenedAgain(
        Invoice invoice, Guid chargebackId, ChargedBackPart part, InvoiceIssued chargeback, DateOnly notBefore,
        PostingContext context)
    {
        var accounts = invoice.Issued!.Books.Accounts;
        JournalLine[] lines =
        [
            JournalLine.OnDebit(
                accounts.Receivables, AccountRoles.Receivables, part.Amount,
                invoice.BaseOpened(part.Installment, part.Amount)),
            .. chargeback.Entry.Lines.Where(line => line.Role != AccountRoles.Receivables),
        ];
        return new InvoiceChargebackReversed(
            chargebackId, part.Amount,
            invoice.ItemWith(part.Installment, invoice.Balances[part.Installment] + part.Amount),
            context.Entry(
                invoice.Issued.Books, notBefore, PostingKinds.ChargebackReversed,
                lines.WithDifference(accounts.Other, undone: true)));
    }
}
