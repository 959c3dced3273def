using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// What is deducted or credited of an invoice as a whole is of its parts in the order that it was issued under; see
/// <see cref="ApplicationOrder"/>.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>
    /// What of a discount lowers the tax: the discounts that are deducted now are of the first parts, and this is of
    /// those behind them. Never more of net or tax than was billed and is not deducted.
    /// </summary>
    internal Money TaxOfDiscount(Money discount)
    {
        var deducted = Allocations.Values
            .Where(one => one is { State: AllocationState.Applied, Discount: not null }).ToList();
        var before = Money.Sum(deducted.Select(one => one.Discount!.Value), Currency);
        var taxBefore = Money.Sum(deducted.Select(one => one.DiscountTax).OfType<Money>(), Currency);
        var parts = ApplicationOrder.PartsOf(Issued!);
        var (netLeft, taxLeft) = (Issued!.Net - (before - taxBefore), Issued.Tax - taxBefore);
        var least = Money.Max(Money.Zero(Currency), discount - netLeft);
        return Money.Max(
            least, Money.Min(TaxIn(before + discount) - TaxIn(before), Money.Min(discount, taxLeft)));

        Money TaxIn(Money amount) => Money.Sum(
            ApplicationOrder.First(amount, parts, Issued!.ApplicationRule).Select(part => part.Share.Tax), Currency);
    }

    /// <summary>
    /// What is credited of it, tax included, per tax: of what is neither credited nor charged back yet, the first parts
    /// before the others. Net that goes before its tax is under none. Where there is not so much left, of all of it.
    /// </summary>
    public IReadOnlyList<TaxShare> ShareOfCredit(Money gross)
    {
        if (gross > Creditable)
            return Share(gross, TaxesOf(Issued!.Lines, Currency));
        var first = ApplicationOrder.First(gross, PartsLeft(), Issued!.ApplicationRule)
            .Select(part => IsBeforeItsTax(part) ? new TaxShare(null, 0, part.Share.Net, part.Share.Tax) : part.Share);
        return
        [
            .. first.GroupBy(share => (share.TaxCode, share.TaxRate)).Select(tax => new TaxShare(
                tax.Key.TaxCode, tax.Key.TaxRate, Money.Sum(tax.Select(share => share.Net), Currency),
                Money.Sum(tax.Select(share => share.Tax), Currency))),
        ];
    }

    private bool IsBeforeItsTax(BilledPart part) =>
        Issued!.ApplicationRule == ApplicationRule.LineFirstTaxAfter && part.Kind == LineKind.Line
        && part.Share is { TaxRate: > 0, Tax.IsZero: true };

    /// <summary>
    /// What is neither credited nor charged back, by kind of line: of each tax the last kinds are left longest.
    /// </summary>
    private List<BilledPart> PartsLeft()
    {
        var parts = ApplicationOrder.PartsOf(Issued!);
        var left = new List<BilledPart>();
        foreach (var tax in TaxesLeft)
        {
            var rest = tax;
            foreach (var part in parts.Reverse().Where(part =>
                part.Share.TaxCode == tax.TaxCode && part.Share.TaxRate == tax.TaxRate))
            {
                var share = part.Share with
                {
                    Net = Money.Min(part.Share.Net, rest.Net),
                    Tax = Money.Min(part.Share.Tax, rest.Tax),
                };
                rest = rest with { Net = rest.Net - share.Net, Tax = rest.Tax - share.Tax };
                left.Add(part with { Share = share });
            }
        }

        return left;
    }
}
