using System.Globalization;
using System.Xml.Linq;
using static OrderToCash.Invoicing.EInvoices.EInvoiceWriter;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>UBL 2.1; elements come in the order of its schema.</summary>
internal static class UblWriter
{
    private static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
    private static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";

    public static XDocument Write(EInvoice invoice)
    {
        var kind = invoice.IsCreditNote ? "CreditNote" : "Invoice";
        XNamespace space = $"urn:oasis:names:specification:ubl:schema:xsd:{kind}-2";
        return new XDocument(new XElement(
            space + kind,
            new XAttribute(XNamespace.Xmlns + "cbc", Cbc.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "cac", Cac.NamespaceName),
            new XElement(Cbc + "CustomizationID", invoice.Profile),
            new XElement(Cbc + "ID", invoice.Number),
            new XElement(Cbc + "IssueDate", Day(invoice.IssueDate!.Value)),
            invoice is { IsCreditNote: false, DueDate: { } due } ? new XElement(Cbc + "DueDate", Day(due)) : null,
            new XElement(Cbc + $"{kind}TypeCode", invoice.TypeCode),
            invoice.Notes.Select(note => new XElement(Cbc + "Note", note)),
            new XElement(Cbc + "DocumentCurrencyCode", invoice.Currency),
            Optional(Cbc + "BuyerReference", invoice.BuyerReference),
            Order(invoice),
            invoice.Preceding.Select(number => new XElement(
                Cac + "BillingReference",
                new XElement(Cac + "InvoiceDocumentReference", new XElement(Cbc + "ID", number)))),
            invoice.Contract is { } contract
                ? new XElement(Cac + "ContractDocumentReference", new XElement(Cbc + "ID", contract))
                : null,
            new XElement(Cac + "AccountingSupplierParty", Party(invoice.Seller)),
            new XElement(Cac + "AccountingCustomerParty", Party(invoice.Buyer)),
            Means(invoice),
            invoice.PaymentTerms is { } terms
                ? new XElement(Cac + "PaymentTerms", new XElement(Cbc + "Note", terms))
                : null,
            Tax(invoice), Totals(invoice),
            invoice.Lines.Select(line => Line(line, kind, invoice.Currency!))));
    }

    private static XElement? Order(EInvoice invoice) => (invoice.PurchaseOrder ?? invoice.SalesOrder) is null
        ? null
        // The schema wants the buyer's number also where only the seller's is known; NA is what Peppol says then.
        : new XElement(
            Cac + "OrderReference", new XElement(Cbc + "ID", invoice.PurchaseOrder ?? "NA"),
            Optional(Cbc + "SalesOrderID", invoice.SalesOrder));

    private static XElement Party(EParty party) => new(
        Cac + "Party",
        party.Email is { } email
            ? new XElement(Cbc + "EndpointID", new XAttribute("schemeID", "EM"), email)
            : null,
        party.Identifier is { } id ? new XElement(Cac + "PartyIdentification", new XElement(Cbc + "ID", id)) : null,
        new XElement(
            Cac + "PostalAddress",
            Optional(Cbc + "StreetName", party.Address?.Street),
            Optional(Cbc + "AdditionalStreetName", party.Address?.Additional),
            Optional(Cbc + "CityName", party.Address?.City),
            Optional(Cbc + "PostalZone", party.Address?.PostalCode),
            Optional(Cbc + "CountrySubentity", party.Address?.Region),
            new XElement(Cac + "Country", new XElement(Cbc + "IdentificationCode", party.Address?.Country))),
        Registration(party.VatId, "VAT"), Registration(party.TaxId, "TAX"),
        new XElement(Cac + "PartyLegalEntity", new XElement(Cbc + "RegistrationName", party.Name)));

    private static XElement? Registration(string? number, string scheme) => number is null ? null : new XElement(
        Cac + "PartyTaxScheme", new XElement(Cbc + "CompanyID", number), Scheme(scheme));

    private static XElement Scheme(string scheme) =>
        new(Cac + "TaxScheme", new XElement(Cbc + "ID", scheme));

    private static XElement? Means(EInvoice invoice) => invoice.Payment is not { } payment ? null : new XElement(
        Cac + "PaymentMeans",
        new XElement(Cbc + "PaymentMeansCode", payment.Means),
        // A credit note has no due date of its own in UBL 2.1.
        invoice is { IsCreditNote: true, DueDate: { } due } ? new XElement(Cbc + "PaymentDueDate", Day(due)) : null,
        Optional(Cbc + "PaymentID", payment.Reference),
        payment.Account is null ? null : new XElement(
            Cac + "PayeeFinancialAccount", new XElement(Cbc + "ID", payment.Account),
            payment.BankCode is { } bank
                ? new XElement(Cac + "FinancialInstitutionBranch", new XElement(Cbc + "ID", bank))
                : null));

    private static XElement Tax(EInvoice invoice) => new(
        Cac + "TaxTotal", Amount("TaxAmount", invoice.Totals.Tax ?? 0, invoice.Currency!),
        invoice.Taxes.Select(tax => new XElement(
            Cac + "TaxSubtotal",
            Amount("TaxableAmount", tax.Base!.Value, invoice.Currency!),
            Amount("TaxAmount", tax.Amount!.Value, invoice.Currency!),
            new XElement(
                Cac + "TaxCategory", new XElement(Cbc + "ID", tax.Category),
                tax.Rate is { } rate ? new XElement(Cbc + "Percent", Number(rate)) : null,
                Optional(Cbc + "TaxExemptionReason", tax.Exemption), Scheme("VAT")))));

    private static XElement Totals(EInvoice invoice) => new(
        Cac + "LegalMonetaryTotal",
        Amount("LineExtensionAmount", invoice.Totals.Lines!.Value, invoice.Currency!),
        Amount("TaxExclusiveAmount", invoice.Totals.Net!.Value, invoice.Currency!),
        Amount("TaxInclusiveAmount", invoice.Totals.Gross!.Value, invoice.Currency!),
        invoice.Totals.Prepaid is { } prepaid ? Amount("PrepaidAmount", prepaid, invoice.Currency!) : null,
        Amount("PayableAmount", invoice.Totals.Payable!.Value, invoice.Currency!));

    private static XElement Line(ELine line, string kind, string currency) => new(
        Cac + $"{kind}Line",
        new XElement(Cbc + "ID", line.Id),
        new XElement(
            Cbc + (kind == "Invoice" ? "InvoicedQuantity" : "CreditedQuantity"), new XAttribute("unitCode", line.Unit!),
            Number(line.Quantity!.Value)),
        Amount("LineExtensionAmount", line.Net!.Value, currency),
        line.Allowances.Select(one => new XElement(
            Cac + "AllowanceCharge", new XElement(Cbc + "ChargeIndicator", one.IsCharge ? "true" : "false"),
            Optional(Cbc + "AllowanceChargeReason", one.Reason), Amount("Amount", one.Amount!.Value, currency))),
        new XElement(
            Cac + "Item", new XElement(Cbc + "Name", line.Name),
            new XElement(
                Cac + "ClassifiedTaxCategory", new XElement(Cbc + "ID", line.Category),
                line.Rate is { } rate ? new XElement(Cbc + "Percent", Number(rate)) : null, Scheme("VAT"))),
        new XElement(Cac + "Price", Amount("PriceAmount", line.Price!.Value, currency)));

    private static XElement Amount(string name, decimal amount, string currency) =>
        new(Cbc + name, new XAttribute("currencyID", currency), Number(amount));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
