using System.Text.Json.Serialization;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>One line as a caller asks for it.</summary>
/// <param name="Description">What is sold.</param>
/// <param name="Quantity">Above zero, up to 6 decimals.</param>
/// <param name="UnitPrice">Zero or more, up to 10 decimals.</param>
/// <param name="TaxRate">0.08 is 8 %; 0 to 1, up to 6 decimals.</param>
/// <param name="Discount">Taken off the line, in the invoice's currency.</param>
/// <param name="TaxCode">Code of the tax, or none.</param>
/// <param name="RevenueAccount">Ledger account; without it the legal entity's.</param>
/// <param name="Kind">What it bills: what was sold, freight or a late charge.</param>
public sealed record IssueInvoiceLine(
    string Description, decimal Quantity, decimal UnitPrice, decimal TaxRate = 0, decimal Discount = 0,
    string? TaxCode = null, string? RevenueAccount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LineKind Kind = LineKind.Line);

/// <summary>
/// From quantities and prices to whole minor units, once, at issue. A line is rounded after quantity × price; its tax
/// is rounded per line, or per tax and then shared among the lines. So the lines always sum to the totals.
/// </summary>
public static class InvoicePricing
{
    private const decimal MaxQuantity = 1_000_000_000m;
    private const decimal MaxUnitPrice = 1_000_000_000_000m;

    /// <summary>The first thing wrong with a line as such, or null.</summary>
    public static Refusal? Check(IssueInvoiceLine line, int index, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line switch
        {
            _ when string.IsNullOrWhiteSpace(line.Description) || line.Description.Length > 500 =>
                Invalid("description", "The description has 1 to 500 characters."),
            { Quantity: <= 0 or >= MaxQuantity } or { Quantity.Scale: > 6 } =>
                Invalid("quantity", "The quantity is above zero, below 10^9, with at most 6 decimals."),
            { UnitPrice: < 0 or >= MaxUnitPrice } or { UnitPrice.Scale: > 10 } =>
                Invalid("unitPrice", "The unit price is zero or more, below 10^12, with at most 10 decimals."),
            { TaxRate: < 0 or > 1 } or { TaxRate.Scale: > 6 } =>
                Invalid("taxRate", "The tax rate is 0 to 1 with at most 6 decimals; 0.08 is 8 %."),
            { TaxCode.Length: 0 or > 20 } => Invalid("taxCode", "The tax code has 1 to 20 characters."),
            { RevenueAccount: { } account } when !LegalEntityDecider.AccountFormat().IsMatch(account) =>
                Invalid("revenueAccount", "An account code is 1 to 20 letters, digits, dots and hyphens."),
            _ when !Money.TryOf(line.Discount, currency, out _) || line.Discount < 0 =>
                Invalid("discount", $"The discount is an amount of {currency}, zero or more."),
            _ when decimal.Round(line.Quantity * line.UnitPrice, currency.MinorUnits) >= Money.Limit - 1 =>
                InvoiceRefusals.TooLarge($"/lines/{index}"),
            _ when line.Discount > Gross(line, currency).Amount =>
                Invalid("discount", $"The discount is more than the line's {Gross(line, currency)}."),
            _ => null,
        };

        Refusal Invalid(string field, string detail) => InvoiceRefusals.Invalid($"/lines/{index}/{field}", detail);
    }

    /// <summary>Lines with net and tax; the lines must have passed <see cref="Check"/>.</summary>
    public static IReadOnlyList<InvoiceLine> Price(
        IReadOnlyList<IssueInvoiceLine> lines, Currency currency, TaxRounding rounding, string revenueAccount)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var priced = lines.Select(line =>
        {
            var discount = Money.Of(line.Discount, currency);
            var net = Gross(line, currency) - discount;
            return new InvoiceLine(
                line.Description.Trim(), line.Quantity, line.UnitPrice, discount, line.TaxRate, line.TaxCode,
                line.RevenueAccount ?? revenueAccount, net, net.Times(line.TaxRate), line.Kind);
        }).ToArray();
        return rounding == TaxRounding.Line ? priced : SharePerDocument(priced);
    }

    /// <summary>
    /// Rounds the tax of each code and rate once, over all its lines, and shares it among them by their net amounts.
    /// </summary>
    private static InvoiceLine[] SharePerDocument(InvoiceLine[] lines)
    {
        foreach (var tax in lines.Select((line, index) => (line, index)).GroupBy(x => (x.line.TaxCode, x.line.TaxRate)))
        {
            var group = tax.ToArray();
            var net = group.Sum(x => x.line.Net.Amount);
            if (net == 0)
                continue;
            var shares = Money.Round(net * tax.Key.TaxRate, group[0].line.Net.Currency)
                .Split([.. group.Select(x => x.line.Net.Amount)]);
            foreach (var ((line, index), share) in group.Zip(shares))
                lines[index] = line with { Tax = share };
        }

        return lines;
    }

    private static Money Gross(IssueInvoiceLine line, Currency currency) =>
        Money.Round(line.Quantity * line.UnitPrice, currency);
}
