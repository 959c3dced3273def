using System.Xml.Linq;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>OASIS UBL 2.1, Invoice and CreditNote.</summary>
internal sealed class UblReader(EInvoiceValues values)
{
    public EInvoice Read(XElement root)
    {
        var isCredit = root.Name.LocalName == "CreditNote";
        var currency = root.Text("DocumentCurrencyCode");
        return new EInvoice
        {
            Profile = root.Text("CustomizationID"),
            Number = root.Text("ID"),
            TypeCode = root.Text(isCredit ? "CreditNoteTypeCode" : "InvoiceTypeCode"),
            IssueDate = values.Date(root, "yyyy-MM-dd", "IssueDate"),
            DueDate = values.Date(root, "yyyy-MM-dd", "DueDate")
                ?? values.Date(root.At("PaymentMeans"), "yyyy-MM-dd", "PaymentDueDate"),
            Currency = currency,
            BuyerReference = root.Text("BuyerReference"),
            Contract = root.Text("ContractDocumentReference", "ID"),
            PurchaseOrder = root.Text("OrderReference", "ID"),
            SalesOrder = root.Text("OrderReference", "SalesOrderID"),
            PaymentTerms = root.Text("PaymentTerms", "Note"),
            Notes = [.. root.All("Note").Select(note => note.Text()).OfType<string>()],
            Preceding = [.. root.All("BillingReference")
                .Select(one => one.Text("InvoiceDocumentReference", "ID")).OfType<string>()],
            Seller = Party(root.At("AccountingSupplierParty", "Party")),
            Buyer = Party(root.At("AccountingCustomerParty", "Party")),
            Payment = root.At("PaymentMeans") is { } means ? Payment(means) : null,
            Allowances = [.. root.All("AllowanceCharge").Select(Allowance)],
            Totals = Totals(root, currency),
            Taxes = [.. root.All("TaxTotal").SelectMany(total => total.All("TaxSubtotal")).Select(Tax)],
            Lines = [.. root.All(isCredit ? "CreditNoteLine" : "InvoiceLine")
                .Select(line => Line(line, isCredit ? "CreditedQuantity" : "InvoicedQuantity"))],
        };
    }

    private static EParty Party(XElement? party)
    {
        var address = party.At("PostalAddress");
        return new EParty(
            party.Text("PartyLegalEntity", "RegistrationName") ?? party.Text("PartyName", "Name"),
            party.Text("PartyIdentification", "ID") ?? party.Text("PartyLegalEntity", "CompanyID"),
            Registration(party, vat: true), Registration(party, vat: false),
            party.At("EndpointID").Attr("schemeID") == "EM" ? party.Text("EndpointID") : null,
            address is null ? null : new EAddress(
                address.Text("StreetName"), address.Text("AdditionalStreetName"), address.Text("CityName"),
                address.Text("PostalZone"), address.Text("CountrySubentity"),
                address.Text("Country", "IdentificationCode")));
    }

    private static string? Registration(XElement? party, bool vat) => party.All("PartyTaxScheme")
        .Where(scheme => scheme.Text("TaxScheme", "ID") == "VAT" == vat)
        .Select(scheme => scheme.Text("CompanyID")).FirstOrDefault();

    private static EPayment Payment(XElement means) => new(
        means.Text("PaymentMeansCode"), means.Text("PayeeFinancialAccount", "ID"),
        means.Text("PayeeFinancialAccount", "FinancialInstitutionBranch", "ID"), means.Text("PaymentID"));

    private EAllowance Allowance(XElement one) => new(
        one.Text("ChargeIndicator") == "true", values.Number(one, "Amount"), one.Text("TaxCategory", "ID"),
        values.Number(one, "TaxCategory", "Percent"),
        one.Text("AllowanceChargeReason") ?? one.Text("AllowanceChargeReasonCode"));

    private ETotals Totals(XElement root, string? currency)
    {
        var sums = root.At("LegalMonetaryTotal");
        var taxes = root.All("TaxTotal").Select(total => total.At("TaxAmount"))
            .Where(tax => tax.Attr("currencyID") is not { } code || code == currency)
            .Select(tax => values.Number(tax)).OfType<decimal>().ToList();
        return new ETotals(
            values.Number(sums, "LineExtensionAmount"), values.Number(sums, "AllowanceTotalAmount"),
            values.Number(sums, "ChargeTotalAmount"), values.Number(sums, "TaxExclusiveAmount"),
            taxes.Count > 0 ? taxes.Sum() : null, values.Number(sums, "TaxInclusiveAmount"),
            values.Number(sums, "PrepaidAmount"), values.Number(sums, "PayableRoundingAmount"),
            values.Number(sums, "PayableAmount"),
            root.All("PrepaidPayment").Sum(one => values.Number(one, "PaidAmount") ?? 0));
    }

    private ETax Tax(XElement tax) => new(
        values.Number(tax, "TaxableAmount"), values.Number(tax, "TaxAmount"), tax.Text("TaxCategory", "ID"),
        values.Number(tax, "TaxCategory", "Percent"),
        tax.Text("TaxCategory", "TaxExemptionReason") ?? tax.Text("TaxCategory", "TaxExemptionReasonCode"));

    private ELine Line(XElement line, string quantity) => new(
        line.Text("ID"), line.Text("Item", "Name"), values.Number(line, quantity),
        line.At(quantity).Attr("unitCode"), values.Number(line, "Price", "PriceAmount"),
        values.Number(line, "Price", "BaseQuantity"), values.Number(line, "LineExtensionAmount"),
        line.Text("Item", "ClassifiedTaxCategory", "ID"),
        values.Number(line, "Item", "ClassifiedTaxCategory", "Percent"),
        [.. line.All("AllowanceCharge").Select(Allowance)]);
}
