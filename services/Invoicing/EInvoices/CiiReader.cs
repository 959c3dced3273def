using System.Xml.Linq;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>
/// UN/CEFACT Cross Industry Invoice (D16B; Factur-X, ZUGFeRD 2, XRechnung) and its forerunner of ZUGFeRD 1, which names
/// some elements otherwise.
/// </summary>
internal sealed class CiiReader(EInvoiceValues values)
{
    public EInvoice Read(XElement root)
    {
        var document = Either(root, "ExchangedDocument", "HeaderExchangedDocument");
        var trade = Either(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction");
        var agreement = Either(trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement");
        var settlement = Either(trade, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement");
        var currency = settlement.Text("InvoiceCurrencyCode");
        var terms = settlement.All("SpecifiedTradePaymentTerms").ToList();
        return new EInvoice
        {
            Profile = Either(root, "ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
                .Text("GuidelineSpecifiedDocumentContextParameter", "ID"),
            Number = document.Text("ID"),
            TypeCode = document.Text("TypeCode"),
            IssueDate = Day(document.At("IssueDateTime")),
            DueDate = terms.Select(term => Day(term.At("DueDateDateTime"))).FirstOrDefault(day => day is not null),
            Currency = currency,
            BuyerReference = agreement.Text("BuyerReference"),
            PurchaseOrder = Either(agreement.At("BuyerOrderReferencedDocument"), "IssuerAssignedID", "ID").Text(),
            Contract = Either(agreement.At("ContractReferencedDocument"), "IssuerAssignedID", "ID").Text(),
            SalesOrder = agreement.Text("SellerOrderReferencedDocument", "IssuerAssignedID"),
            PaymentTerms = terms.Select(term => term.Text("Description")).FirstOrDefault(text => text is not null),
            Notes = [.. document.All("IncludedNote").Select(note => note.Text("Content")).OfType<string>()],
            Preceding = [.. settlement.All("InvoiceReferencedDocument")
                .Select(one => one.Text("IssuerAssignedID")).OfType<string>()],
            Seller = Party(agreement.At("SellerTradeParty")),
            Buyer = Party(agreement.At("BuyerTradeParty")),
            Payment = Payment(settlement),
            Allowances = [.. Allowances(settlement)],
            Totals = Totals(settlement, currency),
            Taxes = [.. settlement.All("ApplicableTradeTax").Select(Tax)],
            Lines = [.. trade.All("IncludedSupplyChainTradeLineItem").Select(Line)],
        };
    }

    private static EParty Party(XElement? party)
    {
        var address = party.At("PostalTradeAddress");
        return new EParty(
            party.Text("Name"),
            party.Text("ID") ?? party.Text("GlobalID") ?? party.Text("SpecifiedLegalOrganization", "ID"),
            Registration(party, "VA"), Registration(party, "FC"),
            party.At("URIUniversalCommunication", "URIID").Attr("schemeID") == "EM"
                ? party.Text("URIUniversalCommunication", "URIID")
                : null,
            address is null ? null : new EAddress(
                address.Text("LineOne"), address.Text("LineTwo"), address.Text("CityName"),
                address.Text("PostcodeCode"), address.Text("CountrySubDivisionName"), address.Text("CountryID")));
    }

    private static string? Registration(XElement? party, string scheme) => party.All("SpecifiedTaxRegistration")
        .Where(one => one.At("ID").Attr("schemeID") == scheme).Select(one => one.Text("ID")).FirstOrDefault();

    private static EPayment? Payment(XElement? settlement)
    {
        var means = settlement.At("SpecifiedTradeSettlementPaymentMeans");
        var reference = settlement.Text("PaymentReference");
        if (means is null && reference is null)
            return null;
        var account = means.At("PayeePartyCreditorFinancialAccount");
        return new EPayment(
            means.Text("TypeCode"), account.Text("IBANID") ?? account.Text("ProprietaryID"),
            means.Text("PayeeSpecifiedCreditorFinancialInstitution", "BICID"), reference);
    }

    private IEnumerable<EAllowance> Allowances(XElement? settlement)
    {
        foreach (var one in settlement.All("SpecifiedTradeAllowanceCharge"))
            yield return Allowance(one);
        foreach (var freight in settlement.All("SpecifiedLogisticsServiceCharge"))
        {
            var tax = freight.At("AppliedTradeTax");
            yield return new EAllowance(
                true, values.Number(freight, "AppliedAmount"), tax.Text("CategoryCode"), Rate(tax),
                freight.Text("Description"));
        }
    }

    private EAllowance Allowance(XElement one)
    {
        var tax = one.At("CategoryTradeTax");
        return new EAllowance(
            one.Text("ChargeIndicator", "Indicator") == "true", values.Number(one, "ActualAmount"),
            tax.Text("CategoryCode"), Rate(tax), one.Text("Reason") ?? one.Text("ReasonCode"));
    }

    private ETotals Totals(XElement? settlement, string? currency)
    {
        var sums = Either(
            settlement, "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation");
        var taxes = sums.All("TaxTotalAmount")
            .Where(tax => tax.Attr("currencyID") is not { } code || code == currency)
            .Select(tax => values.Number(tax)).OfType<decimal>().ToList();
        return new ETotals(
            values.Number(sums, "LineTotalAmount"), values.Number(sums, "AllowanceTotalAmount"),
            values.Number(sums, "ChargeTotalAmount"), values.Number(sums, "TaxBasisTotalAmount"),
            taxes.Count > 0 ? taxes.Sum() : null, values.Number(sums, "GrandTotalAmount"),
            values.Number(sums, "TotalPrepaidAmount"), values.Number(sums, "RoundingAmount"),
            values.Number(sums, "DuePayableAmount"));
    }

    private ETax Tax(XElement tax) => new(
        values.Number(tax, "BasisAmount"), values.Number(tax, "CalculatedAmount"), tax.Text("CategoryCode"), Rate(tax),
        tax.Text("ExemptionReason") ?? tax.Text("ExemptionReasonCode"));

    private ELine Line(XElement line)
    {
        var agreement = Either(line, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement");
        var delivery = Either(line, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery");
        var settlement = Either(line, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement");
        var sums = Either(
            settlement, "SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation");
        var price = agreement.At("NetPriceProductTradePrice");
        var tax = settlement.At("ApplicableTradeTax");
        return new ELine(
            line.Text("AssociatedDocumentLineDocument", "LineID"), line.Text("SpecifiedTradeProduct", "Name"),
            values.Number(delivery, "BilledQuantity"), delivery.At("BilledQuantity").Attr("unitCode"),
            values.Number(price, "ChargeAmount"), values.Number(price, "BasisQuantity"),
            values.Number(sums, "LineTotalAmount"), tax.Text("CategoryCode"), Rate(tax),
            [.. settlement.All("SpecifiedTradeAllowanceCharge").Select(Allowance)]);
    }

    private decimal? Rate(XElement? tax) =>
        values.Number(tax, "RateApplicablePercent") ?? values.Number(tax, "ApplicablePercent");

    private DateOnly? Day(XElement? moment) => values.Date(moment, "yyyyMMdd", "DateTimeString");

    private static XElement? Either(XElement? element, string name, string other) =>
        element.At(name) ?? element.At(other);
}
