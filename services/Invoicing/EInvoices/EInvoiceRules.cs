using System.Globalization;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>
/// The business rules of EN 16931-1 (BR, BR-CO, BR-S, …) as far as amounts, parties and taxes are concerned, named as
/// the standard names them; of Peppol's the one on line amounts, which the standard lacks. A document that breaks a
/// fatal one is refused: its figures do not add up, or a party or amount is missing. Sums are compared in hundredths,
/// or thousandths where the currency has them; taxes with the tolerance of one unit that the published validation
/// artefacts have; lines also as the currency rounds them, for the standard has two decimals in mind.
/// </summary>
public static class EInvoiceRules
{
    private const decimal LineTolerance = 0.02m;
    private const decimal TaxTolerance = 1m;

    private static readonly string[] Untaxed = ["Z", "E", "AE", "K", "G", "O"];

    /// <summary>What the document breaks, in the order of the standard.</summary>
    /// <param name="invoice">The document.</param>
    /// <param name="isZugferd1">ZUGFeRD 1 is older than the standard: only what it shares with it is asked.</param>
    public static IReadOnlyList<EInvoiceFinding> Check(EInvoice invoice, bool isZugferd1 = false)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var profile = Profile.Of(invoice, isZugferd1);
        return
        [
            .. Header(invoice, profile), .. Parties(invoice, profile), .. Required(invoice, profile),
            .. invoice.Lines.SelectMany(line => Line(line, invoice.Decimals, profile)), .. Allowances(invoice, profile),
            .. Sums(invoice, profile), .. invoice.Taxes.SelectMany(tax => Tax(tax, invoice.Decimals, profile)),
            .. Categories(invoice, profile), .. Payment(invoice, profile),
        ];
    }

    private static IEnumerable<EInvoiceFinding> Header(EInvoice invoice, Profile profile)
    {
        if (invoice.Profile is null)
            yield return new("BR-01", "The specification identifier (BT-24) is missing.");
        if (invoice.Number is null)
            yield return new("BR-02", "The invoice number (BT-1) is missing.");
        if (invoice.IssueDate is null)
            yield return new("BR-03", "The issue date (BT-2) is missing.");
        if (invoice.TypeCode is null)
            yield return new("BR-04", "The type code (BT-3) is missing.");
        if (invoice.Currency is null)
            yield return new("BR-05", "The currency (BT-5) is missing.");
        if (profile.IsMinimum && invoice.Totals.Lines is not null)
            yield return new("FX-MINIMUM", "The profile MINIMUM has no sum of line net amounts (BT-106).");
    }

    private static IEnumerable<EInvoiceFinding> Parties(EInvoice invoice, Profile profile)
    {
        if (invoice.Seller.Name is null)
            yield return new("BR-06", "The seller's name (BT-27) is missing.");
        if (invoice.Buyer.Name is null)
            yield return new("BR-07", "The buyer's name (BT-44) is missing.");
        if (invoice.Seller.Address is null)
            yield return new("BR-08", "The seller's address (BG-5) is missing.");
        else if (invoice.Seller.Address.Country is null)
            yield return new("BR-09", "The seller's country (BT-40) is missing.");
        if (!profile.IsMinimum && invoice.Buyer.Address is null)
            yield return new("BR-10", "The buyer's address (BG-8) is missing.");
        else if (!profile.IsMinimum && invoice.Buyer.Address!.Country is null)
            yield return new("BR-11", "The buyer's country (BT-55) is missing.");
        if ((invoice.Seller.Identifier ?? invoice.Seller.VatId) is null && !profile.IsZugferd1)
        {
            yield return new(
                "BR-CO-26", "The seller has neither an identifier (BT-29, BT-30) nor a VAT number (BT-31).",
                IsFatal: false);
        }
    }

    private static IEnumerable<EInvoiceFinding> Required(EInvoice invoice, Profile profile)
    {
        var totals = invoice.Totals;
        if (totals.Lines is null && !profile.IsMinimum)
            yield return new("BR-12", "The sum of line net amounts (BT-106) is missing.");
        if (totals.Net is null)
            yield return new("BR-13", "The total without VAT (BT-109) is missing.");
        if (totals.Gross is null)
            yield return new("BR-14", "The total with VAT (BT-112) is missing.");
        if (totals.Payable is null && !profile.IsZugferd1)
            yield return new("BR-15", "The amount due (BT-115) is missing.");
        if (invoice.Lines.Count == 0 && !profile.HasNoLines)
            yield return new("BR-16", "There is no invoice line (BG-25).");
        if (invoice.Taxes.Count == 0 && !profile.IsMinimum)
            yield return new("BR-CO-18", "There is no VAT breakdown (BG-23).");
    }

    private static IEnumerable<EInvoiceFinding> Line(ELine line, int decimals, Profile profile)
    {
        var name = line.Id ?? "without number";
        if (line.Name is null)
            yield return new("BR-25", $"Line {name} has no item name (BT-153).");
        if (line.Quantity is null)
            yield return new("BR-22", $"Line {name} has no quantity (BT-129).");
        if (profile.IsZugferd1)
            yield break;
        if (line.Id is null)
            yield return new("BR-21", "A line has no identifier (BT-126).");
        if (line.Unit is null)
            yield return new("BR-23", $"Line {name} has no unit of measure (BT-130).");
        if (line.Net is null)
            yield return new("BR-24", $"Line {name} has no net amount (BT-131).");
        if (line.Price is null)
            yield return new("BR-26", $"Line {name} has no net price (BT-146).");
        if (line.Price < 0)
            yield return new("BR-27", $"The net price of line {name} (BT-146) is below zero.");
        if (line.Category is null)
            yield return new("BR-CO-04", $"Line {name} has no VAT category (BT-151).");
        if (line is { Quantity: { } quantity, Price: { } price, Net: { } net })
        {
            var computed = (quantity * price / (line.PriceQuantity is { } per and not 0 ? per : 1))
                + line.Allowances.Sum(one => one.IsCharge ? one.Amount ?? 0 : -(one.Amount ?? 0));
            if (Math.Abs(Round(computed, decimals) - net) > LineTolerance
                && Math.Abs(Cents(computed) - net) > LineTolerance)
            {
                yield return new(
                    "PEPPOL-EN16931-R120",
                    Text($"Line {name} comes to {Round(computed, decimals)}, and its net amount (BT-131) says {net}."));
            }
        }
    }

    private static IEnumerable<EInvoiceFinding> Allowances(EInvoice invoice, Profile profile)
    {
        if (profile.IsZugferd1)
            yield break;
        foreach (var one in invoice.Allowances)
        {
            var what = one.IsCharge ? "charge" : "allowance";
            if (one.Amount is null)
                yield return new(one.IsCharge ? "BR-36" : "BR-31", $"A {what} of the document has no amount.");
            if (one.Category is null)
                yield return new(one.IsCharge ? "BR-37" : "BR-32", $"A {what} of the document has no VAT category.");
            if (one.Reason is null)
            {
                yield return new(
                    one.IsCharge ? "BR-38" : "BR-33", $"A {what} of the document has no reason.", IsFatal: false);
            }
        }
    }

    private static IEnumerable<EInvoiceFinding> Sums(EInvoice invoice, Profile profile)
    {
        var (totals, decimals) = (invoice.Totals, invoice.Decimals);
        if (!profile.HasNoLines && Differs(Sum(invoice.Lines, line => line.Net), totals.Lines, decimals))
        {
            yield return Wrong(
                "BR-CO-10", "the sum of line net amounts (BT-106)", totals.Lines, Sum(invoice.Lines, line => line.Net));
        }

        if (!profile.IsMinimum)
        {
            var allowances = Sum(invoice.Allowances, one => one.IsCharge ? 0 : one.Amount);
            var charges = Sum(invoice.Allowances, one => one.IsCharge ? one.Amount : 0);
            if (Differs(allowances, totals.Allowances, decimals))
                yield return Wrong("BR-CO-11", "the sum of allowances (BT-107)", totals.Allowances, allowances);
            if (Differs(charges, totals.Charges, decimals))
                yield return Wrong("BR-CO-12", "the sum of charges (BT-108)", totals.Charges, charges);
            var net = (totals.Lines ?? 0) - (totals.Allowances ?? 0) + (totals.Charges ?? 0);
            if (Differs(net, totals.Net, decimals))
                yield return Wrong("BR-CO-13", "the total without VAT (BT-109)", totals.Net, net);
            if (Differs(Sum(invoice.Taxes, tax => tax.Amount), totals.Tax, decimals))
            {
                yield return Wrong(
                    "BR-CO-14", "the total VAT (BT-110)", totals.Tax, Sum(invoice.Taxes, tax => tax.Amount));
            }
        }

        var gross = (totals.Net ?? 0) + (totals.Tax ?? 0);
        if (Differs(gross, totals.Gross, decimals))
            yield return Wrong("BR-CO-15", "the total with VAT (BT-112)", totals.Gross, gross);
        var payable = (totals.Gross ?? 0) - (totals.Prepaid ?? 0) + (totals.Rounding ?? 0) + totals.ThirdParty;
        if (totals.Payable is not null && Differs(payable, totals.Payable, decimals))
            yield return Wrong("BR-CO-16", "the amount due (BT-115)", totals.Payable, payable);
    }

    private static IEnumerable<EInvoiceFinding> Tax(ETax tax, int decimals, Profile profile)
    {
        if (tax.Base is null)
            yield return new("BR-45", "A VAT breakdown has no taxable amount (BT-116).");
        if (tax.Amount is null)
            yield return new("BR-46", "A VAT breakdown has no tax amount (BT-117).");
        if (tax.Category is null && !profile.IsZugferd1)
            yield return new("BR-47", "A VAT breakdown has no category (BT-118).");
        if (tax.Rate is null && tax.Category != "O")
            yield return new("BR-48", "A VAT breakdown has no rate (BT-119).");
        if (tax is { Base: { } net, Amount: { } amount, Rate: { } rate }
            && Math.Abs(Round(net * rate / 100, decimals) - amount) >= TaxTolerance)
        {
            yield return Wrong(
                "BR-CO-17", Text($"the VAT at {rate} % (BT-117)"), amount, Round(net * rate / 100, decimals));
        }

        if (tax.Category == "S" && (tax.Rate ?? 0) <= 0)
            yield return new("BR-S-05", "A standard rate is above zero.");
        if (tax is { Category: "S", Exemption: not null })
            yield return new("BR-S-10", "What is taxed at a standard rate is not exempt.", IsFatal: false);
        if (!Untaxed.Contains(tax.Category))
            yield break;
        if ((tax.Amount ?? 0) != 0)
            yield return new($"BR-{Group(tax.Category!)}-09", $"VAT of category {tax.Category} is not zero.");
        if (tax.Category != "Z" && tax.Exemption is null)
            yield return new($"BR-{Group(tax.Category!)}-10", $"Category {tax.Category} needs a reason for exemption.");
    }

    /// <summary>Each category and rate: the lines come to what the breakdown says; and who must be known.</summary>
    private static IEnumerable<EInvoiceFinding> Categories(EInvoice invoice, Profile profile)
    {
        var used = invoice.Taxes.Select(tax => tax.Category).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (used.Overlaps(["S", "Z", "E"]) && (invoice.Seller.VatId ?? invoice.Seller.TaxId) is null
            && !profile.IsZugferd1)
        {
            var one = Group(used.First(category => category is "S" or "Z" or "E"));
            yield return new($"BR-{one}-02", "The seller has no VAT number (BT-31) and no tax number (BT-32).");
        }

        foreach (var category in used.Where(category => category is "AE" or "K" or "G"))
        {
            if (invoice.Seller.VatId is null)
                yield return new($"BR-{Group(category)}-02", "The seller has no VAT number (BT-31).");
            if (category != "G" && invoice.Buyer.VatId is null && (category == "K" || invoice.Buyer.Identifier is null))
                yield return new($"BR-{Group(category)}-02", "The buyer has no VAT number (BT-48).");
        }

        if (profile.HasNoLines || profile.IsZugferd1)
            yield break;
        var lines = invoice.Lines.Select(line => (Key: (line.Category, line.Rate ?? 0), Amount: line.Net ?? 0))
            .Concat(invoice.Allowances.Select(one => (
                Key: (one.Category, one.Rate ?? 0), Amount: one.IsCharge ? one.Amount ?? 0 : -(one.Amount ?? 0))))
            .ToLookup(one => one.Key, one => one.Amount);
        var taxes = invoice.Taxes.ToLookup(tax => (tax.Category, tax.Rate ?? 0), tax => tax.Base ?? 0);
        foreach (var key in lines.Select(one => one.Key).Union(taxes.Select(one => one.Key)))
        {
            if (Math.Abs(lines[key].Sum() - taxes[key].Sum()) < TaxTolerance || key.Category is null)
                continue;
            yield return Wrong(
                $"BR-{Group(key.Category)}-08", Text($"the taxable amount of {key.Category} at {key.Item2} % (BT-116)"),
                taxes[key].Sum(), lines[key].Sum());
        }
    }

    private static IEnumerable<EInvoiceFinding> Payment(EInvoice invoice, Profile profile)
    {
        if (invoice.Payment is { Means: null, Account: not null } && !profile.IsZugferd1)
            yield return new("BR-49", "How to pay (BT-81) is missing.");
        if (invoice.Payment is { Means: "30" or "58", Account: null })
            yield return new("BR-61", "A credit transfer needs the account to pay to (BT-84).", IsFatal: false);
        if (invoice.Totals.Payable > 0 && invoice.DueDate is null && invoice.PaymentTerms is null
            && !profile.IsMinimum && !profile.IsZugferd1)
        {
            yield return new(
                "BR-CO-25", "Neither a due date (BT-9) nor payment terms (BT-20) say when to pay.", IsFatal: false);
        }
    }

    private static EInvoiceFinding Wrong(string rule, string what, decimal? said, decimal computed) => new(
        rule, said is null
            ? Text($"It comes to {computed}, and {what} is missing.")
            : Text($"It comes to {computed}, and {what} says {said}."));

    private static bool Differs(decimal computed, decimal? said, int decimals) =>
        Round(computed, Math.Max(decimals, 2)) != (said ?? 0);

    private static decimal Sum<T>(IEnumerable<T> parts, Func<T, decimal?> amount) =>
        parts.Sum(part => amount(part) ?? 0);

    private static decimal Cents(decimal amount) => Round(amount, 2);

    private static decimal Round(decimal amount, int decimals) =>
        decimal.Round(amount, decimals, MidpointRounding.AwayFromZero);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The standard names the rules of intra-community supply after their subject, not their code.</summary>
    private static string Group(string category) => category == "K" ? "IC" : category;

    /// <summary>What the profile leaves out.</summary>
    /// <param name="IsMinimum">Factur-X MINIMUM: hardly more than totals.</param>
    /// <param name="HasNoLines">MINIMUM or BASIC WL, "without lines".</param>
    private sealed record Profile(bool IsMinimum, bool HasNoLines, bool IsZugferd1)
    {
        public static Profile Of(EInvoice invoice, bool isZugferd1)
        {
            var name = invoice.Profile ?? "";
            var minimum = name.EndsWith("minimum", StringComparison.OrdinalIgnoreCase);
            return new Profile(
                minimum, minimum || name.EndsWith("basicwl", StringComparison.OrdinalIgnoreCase), isZugferd1);
        }
    }
}
