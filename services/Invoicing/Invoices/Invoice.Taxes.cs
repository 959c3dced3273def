using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// What of an invoice's net and taxes is neither credited nor charged back yet: no tax is taken back that was not
/// billed.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>What the credit memos issued for it take back of each tax, where they say so.</summary>
    public ImmutableDictionary<Guid, IReadOnlyList<TaxShare>> CreditedTaxes { get; init; } =
        ImmutableDictionary<Guid, IReadOnlyList<TaxShare>>.Empty;

    /// <summary>Net and tax of lines, per tax; in the order of the lines.</summary>
    public static IReadOnlyList<TaxShare> TaxesOf(IEnumerable<InvoiceLine> lines, Currency currency) =>
    [
        .. lines.GroupBy(line => (line.TaxCode, line.TaxRate)).Select(tax => new TaxShare(
            tax.Key.TaxCode, tax.Key.TaxRate, Money.Sum(tax.Select(line => line.Net), currency),
            Money.Sum(tax.Select(line => line.Tax), currency))),
    ];

    /// <summary>
    /// What is neither credited nor charged back, per tax that was billed. What was credited under none of them is
    /// taken off the nets in their proportion.
    /// </summary>
    public IReadOnlyList<TaxShare> TaxesLeft => Without(
        [.. CreditMemos.SelectMany(memo => CreditedTaxes.GetValueOrDefault(memo.Key)
            ?? Share(memo.Value, TaxesOf(Issued!.Lines, Currency))), .. ChargedBackTaxes]);

    /// <summary>
    /// The most that may be left per tax: what was credited by memos that do not say of which tax bounds none of them,
    /// and the whole alone.
    /// </summary>
    public IReadOnlyList<TaxShare> TaxesLeftAtMost => Without(
        [.. CreditMemos.Keys.SelectMany(memo => CreditedTaxes.GetValueOrDefault(memo) ?? []), .. ChargedBackTaxes]);

    private IEnumerable<TaxShare> ChargedBackTaxes => Chargebacks.Values.SelectMany(part => part.Taxes);

    private IReadOnlyList<TaxShare> Without(IReadOnlyList<TaxShare> credited)
    {
        var none = Money.Zero(Currency);
        var left = TaxesOf(Issued!.Lines, Currency).Select(tax => tax with
        {
            Net = Money.Max(none, tax.Net - Money.Sum(Of(credited, tax).Select(one => one.Net), Currency)),
            Tax = Money.Max(none, tax.Tax - Money.Sum(Of(credited, tax).Select(one => one.Tax), Currency)),
        }).ToList();
        var net = Money.Max(none, Issued.Net - Money.Sum(credited.Select(one => one.Net), Currency));
        var nets = left.TrueForAll(tax => tax.Net.IsZero)
            ? left.ConvertAll(_ => none)
            : net.Split([.. left.Select(tax => tax.Net.Amount)]);
        return [.. left.Zip(nets, (tax, share) => tax with { Net = share })];
    }

    /// <summary>
    /// An amount, tax included, shared over taxes in their proportion (largest remainder), so that net and tax sum to
    /// it to the cent.
    /// </summary>
    public static IReadOnlyList<TaxShare> Share(Money gross, IReadOnlyList<TaxShare> taxes)
    {
        ArgumentNullException.ThrowIfNull(taxes);
        var shared = taxes.Where(tax => (tax.Net + tax.Tax).IsPositive).ToList();
        return
        [
            .. shared.Zip(gross.Split([.. shared.Select(tax => (tax.Net + tax.Tax).Amount)]), (tax, share) =>
            {
                var net = Money.Round(
                    share.Amount * tax.Net.Amount / (tax.Net + tax.Tax).Amount, gross.Currency);
                return tax with { Net = net, Tax = share - net };
            }),
        ];
    }

    /// <summary>
    /// What is to be credited, under the taxes that were billed: what names no tax code is of those of its rate, in the
    /// proportion of what is left of them.
    /// </summary>
    public IReadOnlyList<TaxShare> AsBilled(IReadOnlyList<TaxShare> taxes)
    {
        var left = TaxesLeft;
        return
        [
            .. taxes.SelectMany(tax => Named(tax, [.. left.Where(one => one.TaxRate == tax.TaxRate)]))
                .GroupBy(tax => (tax.TaxCode, tax.TaxRate)).Select(tax => new TaxShare(
                    tax.Key.TaxCode, tax.Key.TaxRate, Money.Sum(tax.Select(one => one.Net), Currency),
                    Money.Sum(tax.Select(one => one.Tax), Currency))),
        ];
    }

    private static IEnumerable<TaxShare> Named(TaxShare tax, IReadOnlyList<TaxShare> billed)
    {
        if (tax.TaxCode is not null || billed.Count == 0 || billed.Any(one => one.TaxCode is null))
            return [tax];
        var nets = Shares(tax.Net, [.. billed.Select(one => one.Net.Amount)]);
        var taxes = Shares(tax.Tax, [.. billed.Select(one => one.Tax.Amount)]);
        return billed.Select((one, index) => one with { Net = nets[index], Tax = taxes[index] });
    }

    /// <summary>All of it is the first one's where nothing is left of any.</summary>
    private static IReadOnlyList<Money> Shares(Money amount, IReadOnlyList<decimal> weights) =>
        amount.Split(weights.All(weight => weight == 0)
            ? [.. weights.Select((_, index) => index == 0 ? 1m : 0)]
            : weights);

    private static IEnumerable<TaxShare> Of(IEnumerable<TaxShare> shares, TaxShare tax) =>
        shares.Where(one => one.TaxCode == tax.TaxCode && one.TaxRate == tax.TaxRate);
}
