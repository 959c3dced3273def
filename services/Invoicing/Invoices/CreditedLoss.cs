using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// What was written off of an invoice and is credited after all was never a loss: it is owed again, for the credit to
/// settle it. Else the credit would be there beside the loss, and could be paid back or settle something else (I-18).
/// </summary>
public static class CreditedLoss
{
    /// <summary>
    /// Notes the credit memo by <see cref="AdjustmentDecider.Credit"/>, and opens again what was written off and is
    /// credited by it.
    /// </summary>
    /// <param name="taxes">What it takes back, per tax.</param>
    /// <param name="installment">The only one that the credit memo settles; null for all.</param>
    public static Decision Credit(
        Invoice invoice, CreditSource memo, Money amount, IReadOnlyList<TaxShare>? taxes, int? installment,
        PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        var credited = AdjustmentDecider.Credit(invoice, memo, amount, taxes);
        if (credited.IsRefused)
            return credited;
        var back = Regain(
            credited.Events.Aggregate(invoice, Invoice.Evolve), amount, installment,
            number => Ids.From("credited-loss", $"{memo.CreditMemoId:D}", $"{number}"), context);
        return back.IsRefused ? back : Decision.Of([.. credited.Events, .. back.Events]);
    }

    /// <summary>
    /// Opens again what is written off, at most so much, and no more than credits cover beside what is paid.
    /// </summary>
    /// <param name="installment">Of this one alone; null for all, those of low numbers first.</param>
    /// <param name="recoveryId">Gives the identifier of the recovery of an installment.</param>
    internal static Decision Regain(
        Invoice invoice, Money most, int? installment, Func<int, Guid> recoveryId, PostingContext context)
    {
        var events = new List<object>();
        foreach (var (number, lost) in invoice.WrittenOff.Where(one => installment is null || one.Key == installment))
        {
            var back = Money.Min(Money.Min(lost, most), -invoice.OwedAfterCredits);
            if (!back.IsPositive)
                continue;
            var recovered = AdjustmentDecider.Recover(invoice, recoveryId(number), number, back, context);
            if (recovered.IsRefused)
                return recovered;
            events.AddRange(recovered.Events);
            most -= back;
            invoice = recovered.Events.Aggregate(invoice, Invoice.Evolve);
        }

        return Decision.Of(events);
    }
}
