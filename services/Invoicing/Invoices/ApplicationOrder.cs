using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What a line bills, in the order in which documents are settled.</summary>
public enum LineKind
{
    /// <summary>What was sold.</summary>
    Line,

    /// <summary>Getting it there.</summary>
    Freight,

    /// <summary>A late fee or interest; so are all lines of a debit memo, but of a chargeback.</summary>
    LateCharge,
}

/// <summary>Net and tax, under one tax, of the lines of one kind.</summary>
public sealed record BilledPart(LineKind Kind, TaxShare Share);

/// <summary>The parts of a document as its order knows them.</summary>
public enum PartKind
{
    /// <summary>What was sold, without tax.</summary>
    Line,

    /// <summary>The tax on that.</summary>
    Tax,

    /// <summary>Freight, tax included.</summary>
    Freight,

    /// <summary>Late fees and interest, tax included.</summary>
    LateCharge,
}

/// <summary>One part of a document, and how much of it is settled.</summary>
public sealed record SettledPart(PartKind Kind, Money Billed, Money Settled, Money Open);

/// <summary>
/// In what order the parts of a document are settled. How much of each is settled follows from the rule that the
/// document was issued under and from all that is settled of it by then, whatever settled it and in how many steps: so
/// the parts sum to it to the cent, and what is taken back undoes exactly what it did.
/// <para>
/// Source: Oracle Receivables, "Rules of the Application Rule Set" (Line First - Tax After, Line and Tax Prorate,
/// Prorate All). Its last rule, over-application, has nothing to do here: what exceeds a document is refused and stays
/// on account.
/// </para>
/// <para>
/// Example: 1,000.00 with 190.00 of tax and 100.00 of freight with 19.00. Of 1,100.00 settled, line-and-tax-prorate has
/// 924.37 of the lines and 175.63 of their tax; line-first-tax-after 1,000.00 and 100.00; prorate-all 840.34, 159.66
/// and 100.00 of the freight with its tax.
/// </para>
/// </summary>
public static class ApplicationOrder
{
    /// <summary>Net and taxes of a document, by kind of line, in their order.</summary>
    public static IReadOnlyList<BilledPart> PartsOf(InvoiceIssued issued)
    {
        ArgumentNullException.ThrowIfNull(issued);
        return
        [
            .. issued.Lines.GroupBy(line => KindOf(issued, line)).OrderBy(kind => kind.Key)
                .SelectMany(kind => Invoice.TaxesOf(kind, issued.Total.Currency)
                    .Select(share => new BilledPart(kind.Key, share))),
        ];
    }

    /// <summary>
    /// What of the parts the first so much of them is, by the rule; where that exceeds them, the last ones exceed.
    /// </summary>
    public static IReadOnlyList<BilledPart> First(
        Money amount, IReadOnlyList<BilledPart> parts, ApplicationRule rule)
    {
        var steps = Steps(parts, rule);
        var first = new List<BilledPart>();
        foreach (var (index, step) in steps.Index())
        {
            var all = Money.Sum(step.Select(part => part.Share.Net + part.Share.Tax), amount.Currency);
            var here = index == steps.Count - 1 ? amount : Money.Min(amount, all);
            if (!here.IsPositive)
                break;
            var shares = Invoice.Share(here, [.. step.Select(part => part.Share)]);
            first.AddRange(step.Zip(shares, (part, share) => part with { Share = share }));
            amount -= here;
        }

        return first;
    }

    /// <summary>The parts of a document that it has, and what of each is settled now.</summary>
    public static IReadOnlyList<SettledPart> Of(Invoice invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var parts = PartsOf(invoice.Issued!);
        var settled = Amounts(First(invoice.Applied, parts, invoice.Issued!.ApplicationRule)).ToLookup(
            part => part.Kind, part => part.Amount);
        return
        [
            .. Amounts(parts).GroupBy(part => part.Kind, part => part.Amount).OrderBy(part => part.Key).Select(part =>
            {
                var billed = Money.Sum(part, invoice.Currency);
                var paid = Money.Sum(settled[part.Key], invoice.Currency);
                return new SettledPart(part.Key, billed, paid, billed - paid);
            }),
        ];
    }

    /// <summary>What is settled together, in the order of it; what comes to nothing is left out.</summary>
    private static List<IReadOnlyList<BilledPart>> Steps(IReadOnlyList<BilledPart> parts, ApplicationRule rule)
    {
        IEnumerable<IEnumerable<BilledPart>> steps = rule switch
        {
            ApplicationRule.ProrateAll => [parts],
            ApplicationRule.LineFirstTaxAfter =>
                [Of(LineKind.Line).Select(Net), Of(LineKind.Line).Select(Tax), Of(LineKind.Freight),
                    Of(LineKind.LateCharge)],
            _ => [Of(LineKind.Line), Of(LineKind.Freight), Of(LineKind.LateCharge)],
        };
        return
        [
            .. steps.Select(step => step.Where(part => (part.Share.Net + part.Share.Tax).IsPositive).ToList())
                .Where(step => step.Count > 0),
        ];

        IEnumerable<BilledPart> Of(LineKind kind) => parts.Where(part => part.Kind == kind);
    }

    private static BilledPart Net(BilledPart part) =>
        part with { Share = part.Share with { Tax = Money.Zero(part.Share.Tax.Currency) } };

    private static BilledPart Tax(BilledPart part) =>
        part with { Share = part.Share with { Net = Money.Zero(part.Share.Net.Currency) } };

    private static LineKind KindOf(InvoiceIssued issued, InvoiceLine line) =>
        issued is { Kind: DocumentKind.DebitMemo, Chargeback: null } ? LineKind.LateCharge : line.Kind;

    private static IEnumerable<(PartKind Kind, Money Amount)> Amounts(IEnumerable<BilledPart> parts) =>
        parts.SelectMany<BilledPart, (PartKind Kind, Money Amount)>(part => part.Kind switch
        {
            LineKind.Line => [(PartKind.Line, part.Share.Net), (PartKind.Tax, part.Share.Tax)],
            LineKind.Freight => [(PartKind.Freight, part.Share.Net + part.Share.Tax)],
            _ => [(PartKind.LateCharge, part.Share.Net + part.Share.Tax)],
        }).Where(part => part.Amount.IsPositive);
}
