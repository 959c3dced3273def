using System.Globalization;
using System.Xml.Linq;
using static OrderToCash.Invoicing.EInvoices.EInvoiceWriter;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>UN/CEFACT Cross Industry Invoice D16B; elements come in the order of its schema.</summary>
internal static class CiiWriter
{
    private const string Standard = "urn:un:unece:uncefact:data:standard:";

    private static readonly XNamespace Rsm = $"{Standard}CrossIndustryInvoice:100";
    private static readonly XNamespace Ram = $"{Standard}ReusableAggregateBusinessInformationEntity:100";
    private static readonly XNamespace Udt = $"{Standard}UnqualifiedDataType:100";

    public static XDocument Write(EInvoice invoice) => new(new XElement(
        Rsm + "CrossIndustryInvoice",
        new XAttribute(XNamespace.Xmlns + "rsm", Rsm.NamespaceName),
        new XAttribute(XNamespace.Xmlns + "ram", Ram.NamespaceName),
        new XAttribute(XNamespace.Xmlns + "udt", Udt.NamespaceName),
        new XElement(
            Rsm + "ExchangedDocumentContext",
            new XElement(
                Ram + "GuidelineSpecifiedDocumentContextParameter", new XElement(Ram + "ID", invoice.Profile))),
        new XElement(
            Rsm + "ExchangedDocument", new XElement(Ram + "ID", invoice.Number),
            new XElement(Ram + "TypeCode", invoice.TypeCode), Day("IssueDateTime", invoice.IssueDate!.Value),
            invoice.Notes.Select(note => new XElement(Ram + "IncludedNote", new XElement(Ram + "Content", note)))),
        new XElement(
            Rsm + "SupplyChainTradeTransaction",
            invoice.Lines.Select(Line),
            new XElement(
                Ram + "ApplicableHeaderTradeAgreement",
                Optional(Ram + "BuyerReference", invoice.BuyerReference),
                Party("SellerTradeParty", invoice.Seller), Party("BuyerTradeParty", invoice.Buyer),
                Reference("SellerOrderReferencedDocument", invoice.SalesOrder),
                Reference("BuyerOrderReferencedDocument", invoice.PurchaseOrder),
                Reference("ContractReferencedDocument", invoice.Contract)),
            new XElement(Ram + "ApplicableHeaderTradeDelivery"),
            Settlement(invoice))));

    private static XElement Settlement(EInvoice invoice) => new(
        Ram + "ApplicableHeaderTradeSettlement",
        Optional(Ram + "PaymentReference", invoice.Payment?.Reference),
        new XElement(Ram + "InvoiceCurrencyCode", invoice.Currency),
        Means(invoice.Payment),
        invoice.Taxes.Select(tax => new XElement(
            Ram + "ApplicableTradeTax",
            new XElement(Ram + "CalculatedAmount", Number(tax.Amount!.Value)),
            new XElement(Ram + "TypeCode", "VAT"), Optional(Ram + "ExemptionReason", tax.Exemption),
            new XElement(Ram + "BasisAmount", Number(tax.Base!.Value)), Category(tax.Category, tax.Rate))),
        (invoice.PaymentTerms is null && invoice.DueDate is null) ? null : new XElement(
            Ram + "SpecifiedTradePaymentTerms", Optional(Ram + "Description", invoice.PaymentTerms),
            invoice.DueDate is { } due ? Day("DueDateDateTime", due) : null),
        new XElement(
            Ram + "SpecifiedTradeSettlementHeaderMonetarySummation",
            Sum("LineTotalAmount", invoice.Totals.Lines), Sum("TaxBasisTotalAmount", invoice.Totals.Net),
            new XElement(
                Ram + "TaxTotalAmount", new XAttribute("currencyID", invoice.Currency!),
                Number(invoice.Totals.Tax ?? 0)),
            Sum("GrandTotalAmount", invoice.Totals.Gross), Sum("TotalPrepaidAmount", invoice.Totals.Prepaid),
            Sum("DuePayableAmount", invoice.Totals.Payable)),
        invoice.Preceding.Select(number => Reference("InvoiceReferencedDocument", number)));

    private static XElement? Means(EPayment? payment) => payment?.Means is not { } means ? null : new XElement(
        Ram + "SpecifiedTradeSettlementPaymentMeans", new XElement(Ram + "TypeCode", means),
        payment.Account is not { } account ? null : new XElement(
            Ram + "PayeePartyCreditorFinancialAccount",
            new XElement(Ram + (means == "58" ? "IBANID" : "ProprietaryID"), account)),
        payment.BankCode is not { } bank ? null : new XElement(
            Ram + "PayeeSpecifiedCreditorFinancialInstitution", new XElement(Ram + "BICID", bank)));

    private static XElement Party(string role, EParty party) => new(
        Ram + role,
        Optional(Ram + "ID", party.Identifier),
        new XElement(Ram + "Name", party.Name),
        new XElement(
            Ram + "PostalTradeAddress",
            Optional(Ram + "PostcodeCode", party.Address?.PostalCode),
            Optional(Ram + "LineOne", party.Address?.Street),
            Optional(Ram + "LineTwo", party.Address?.Additional),
            Optional(Ram + "CityName", party.Address?.City),
            new XElement(Ram + "CountryID", party.Address?.Country),
            Optional(Ram + "CountrySubDivisionName", party.Address?.Region)),
        party.Email is not { } email ? null : new XElement(
            Ram + "URIUniversalCommunication",
            new XElement(Ram + "URIID", new XAttribute("schemeID", "EM"), email)),
        Registration(party.TaxId, "FC"), Registration(party.VatId, "VA"));

    private static XElement? Registration(string? number, string scheme) => number is null ? null : new XElement(
        Ram + "SpecifiedTaxRegistration",
        new XElement(Ram + "ID", new XAttribute("schemeID", scheme), number));

    private static XElement Line(ELine line) => new(
        Ram + "IncludedSupplyChainTradeLineItem",
        new XElement(Ram + "AssociatedDocumentLineDocument", new XElement(Ram + "LineID", line.Id)),
        new XElement(Ram + "SpecifiedTradeProduct", new XElement(Ram + "Name", line.Name)),
        new XElement(
            Ram + "SpecifiedLineTradeAgreement",
            new XElement(
                Ram + "NetPriceProductTradePrice", new XElement(Ram + "ChargeAmount", Number(line.Price!.Value)))),
        new XElement(
            Ram + "SpecifiedLineTradeDelivery",
            new XElement(
                Ram + "BilledQuantity", new XAttribute("unitCode", line.Unit!), Number(line.Quantity!.Value))),
        new XElement(
            Ram + "SpecifiedLineTradeSettlement",
            new XElement(
                Ram + "ApplicableTradeTax", new XElement(Ram + "TypeCode", "VAT"), Category(line.Category, line.Rate)),
            line.Allowances.Select(one => new XElement(
                Ram + "SpecifiedTradeAllowanceCharge",
                new XElement(Ram + "ChargeIndicator", new XElement(Udt + "Indicator", one.IsCharge ? "true" : "false")),
                new XElement(Ram + "ActualAmount", Number(one.Amount!.Value)), Optional(Ram + "Reason", one.Reason))),
            new XElement(
                Ram + "SpecifiedTradeSettlementLineMonetarySummation",
                new XElement(Ram + "LineTotalAmount", Number(line.Net!.Value)))));

    private static IEnumerable<XElement?> Category(string? category, decimal? rate) =>
    [
        new XElement(Ram + "CategoryCode", category),
        rate is { } percent ? new XElement(Ram + "RateApplicablePercent", Number(percent)) : null,
    ];

    private static XElement? Reference(string name, string? number) => number is null ? null : new XElement(
        Ram + name, new XElement(Ram + "IssuerAssignedID", number));

    private static XElement? Sum(string name, decimal? amount) =>
        amount is { } number ? new XElement(Ram + name, Number(number)) : null;

    private static XElement Day(string name, DateOnly day) => new(
        Ram + name,
        new XElement(
            Udt + "DateTimeString", new XAttribute("format", "102"),
            day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)));
}
