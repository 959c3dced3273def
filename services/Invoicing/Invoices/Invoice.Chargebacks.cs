using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What of an installment is owed on a chargeback instead.</summary>
/// <param name="Number">Of the chargeback.</param>
/// <param name="Taxes">Net and tax that went with it, per tax that was billed.</param>
public sealed record ChargedBackPart(string Number, int Installment, Money Amount, IReadOnlyList<TaxShare> Taxes);

/// <summary>
/// What a payer kept back can be owed by itself: a debit memo takes it over, with its net and taxes and a due date of
/// its own. It is credited and given up there and no more here, so that nothing is twice.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>Chargebacks that hold now.</summary>
    public ImmutableSortedDictionary<Guid, ChargedBackPart> Chargebacks { get; init; } =
        ImmutableSortedDictionary<Guid, ChargedBackPart>.Empty;

    /// <summary>What is owed on chargebacks instead.</summary>
    public Money ChargedBack => Money.Sum(Chargebacks.Values.Select(one => one.Amount), Currency);

    /// <summary>It is a chargeback itself.</summary>
    public bool IsChargeback => Issued?.Chargeback is not null;

    private static Invoice EvolveChargebacks(Invoice invoice, object e) => e switch
    {
        InvoiceChargedBack part => invoice.Settle(part.Item.Installment, -part.Amount) with
        {
            Chargebacks = invoice.Chargebacks.SetItem(
                part.ChargebackId, new(part.ChargebackNumber, part.Item.Installment, part.Amount, part.Taxes)),
        },
        InvoiceChargebackReversed back => invoice.Settle(back.Item.Installment, back.Amount) with
        {
            Chargebacks = invoice.Chargebacks.Remove(back.ChargebackId),
        },
        _ => invoice,
    };
}
