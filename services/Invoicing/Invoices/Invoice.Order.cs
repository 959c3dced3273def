using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// What is deducted or credited of an invoice as a whole is of its parts in the order that it was issued under; see
/// <see cref="ApplicationOrder"/>. Both together take back no more tax than was billed.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>
    /// What of a discount lowers the tax: of what is neither credited nor charged back, the discounts that are deducted
    /// now are of the first parts, and this is of those behind them. Never more of tax than is left by all of them, and
    /// of net as long as there is tax for the rest.
    /// </summary>
    internal Money TaxOfDiscount(Money discount)
    {
        var (before, taxBefore, none) = (Discounted, TaxDiscounted, Money.Zero(Currency));
        var parts = PartsLeft();
        var netLeft = NetOf(parts) - (before - taxBefore);
        var taxLeft = Money.Max(none, TaxOf(parts) - taxBefore);
        var beyondNet = discount - Money.Max(none, netLeft);
        var ofRule = Money.Min(discount, TaxIn(before + discount) - TaxIn(before));
        return Money.Min(taxLeft, Money.Max(none, Money.Max(beyondNet, ofRule)));

        Money TaxIn(Money amount) => TaxOf(ApplicationOrder.First(amount, parts, Issued!.ApplicationRule));
    }

    /// <summary>
    /// What is credited of it, tax included, per tax: of what is neither credited, charged back nor deducted yet, the
    /// first parts before the others, net and tax together, so that the tax of what is credited is that of its rate.
    /// Where there is not so much left, of what discounts were deducted from, too, and then of all of it.
    /// </summary>
    public IReadOnlyList<TaxShare> ShareOfCredit(Money gross)
    {
        if (gross > Creditable)
            return Share(gross, TaxesOf(Issued!.Lines, Currency));
        var parts = PartsLeft();
        var undeducted = PartsUndeducted(parts);
        if (gross > NetOf(undeducted) + TaxOf(undeducted))
            return PerTax(ApplicationOrder.First(gross, parts, RuleOfCredits));
        return WithTaxUpTo(TaxUndeducted(parts), PerTax(ApplicationOrder.First(gross, undeducted, RuleOfCredits)));
    }

    /// <summary>
    /// What is charged back of it, tax included, per tax: in the proportion of what is neither credited, charged back
    /// nor deducted yet, so that discounts and chargebacks together take over no more tax than was billed.
    /// </summary>
    internal IReadOnlyList<TaxShare> ShareOfChargeback(Money gross)
    {
        var parts = PartsLeft();
        var undeducted = PartsUndeducted(parts);
        return WithTaxUpTo(
            TaxUndeducted(parts),
            Share(gross, PerTax(gross > NetOf(undeducted) + TaxOf(undeducted) ? parts : undeducted)));
    }

    /// <summary>A document that takes back net has its tax: lines do not go before theirs.</summary>
    private ApplicationRule RuleOfCredits => Issued!.ApplicationRule == ApplicationRule.LineFirstTaxAfter
        ? ApplicationRule.LineAndTaxProrate
        : Issued.ApplicationRule;

    private IEnumerable<Allocation> Deducted =>
        Allocations.Values.Where(one => one is { State: AllocationState.Applied, Discount: not null });

    private Money Discounted => Money.Sum(Deducted.Select(one => one.Discount!.Value), Currency);

    private Money TaxDiscounted => Money.Sum(Deducted.Select(one => one.DiscountTax).OfType<Money>(), Currency);

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

    /// <summary>The parts without those that the discounts are of; there, too, net and tax go together.</summary>
    private List<BilledPart> PartsUndeducted(List<BilledPart> parts)
    {
        var none = Money.Zero(Currency);
        var deducted = ApplicationOrder.First(Discounted, parts, RuleOfCredits).ToDictionary(
            part => (part.Kind, part.Share.TaxCode, part.Share.TaxRate), part => part.Share);
        return parts.ConvertAll(part =>
            deducted.GetValueOrDefault((part.Kind, part.Share.TaxCode, part.Share.TaxRate)) is { } share
                ? part with
                {
                    Share = part.Share with
                    {
                        Net = Money.Max(none, part.Share.Net - share.Net),
                        Tax = Money.Max(none, part.Share.Tax - share.Tax),
                    },
                }
                : part);
    }

    /// <summary>Cents of tax that discounts took with another rounding are net.</summary>
    private IReadOnlyList<TaxShare> WithTaxUpTo(Money most, IReadOnlyList<TaxShare> shares)
    {
        var beyond = Money.Max(
            Money.Zero(Currency), Money.Sum(shares.Select(share => share.Tax), Currency) - most);
        return [.. shares.Select(share =>
        {
            var moved = Money.Min(beyond, share.Tax);
            beyond -= moved;
            return share with { Net = share.Net + moved, Tax = share.Tax - moved };
        })];
    }

    private List<TaxShare> PerTax(IEnumerable<BilledPart> parts) =>
    [
        .. parts.Select(part => part.Share).GroupBy(share => (share.TaxCode, share.TaxRate)).Select(tax => new TaxShare(
            tax.Key.TaxCode, tax.Key.TaxRate, Money.Sum(tax.Select(share => share.Net), Currency),
            Money.Sum(tax.Select(share => share.Tax), Currency))),
    ];

    /// <summary>Tax of what is left that no discount has taken.</summary>
    private Money TaxUndeducted(IEnumerable<BilledPart> parts) =>
        Money.Max(Money.Zero(Currency), TaxOf(parts) - TaxDiscounted);

    private Money NetOf(IEnumerable<BilledPart> parts) => Money.Sum(parts.Select(part => part.Share.Net), Currency);

    private Money TaxOf(IEnumerable<BilledPart> parts) => Money.Sum(parts.Select(part => part.Share.Tax), Currency);
}
