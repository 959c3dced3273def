using OrderToCash.Documents;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.Delivery.Rendering;

/// <summary>The fixed words of invoices and credit memos in one language.</summary>
/// <param name="OfWhich">{0}: the taxes in it.</param>
/// <param name="Until">{0}: what may be deducted, {1}: the last day for it.</param>
/// <param name="TaxInBooks">{0}: the tax, {1}: the rate.</param>
/// <param name="TaxBilled">{0}: the number of the invoice.</param>
/// <param name="Letter">{0}: the title, {1}: the number, {2}: the date.</param>
/// <param name="DueOn">{0}: the amount, {1}: the day.</param>
public sealed record DocumentWords(
    string Invoice, string Corrected, string DebitMemo, string Deposit, string CreditMemo, string Number, string Date,
    string Customer, string CustomerTaxId, string DueDate, string Terms, string Order, string PurchaseOrder,
    string Contract, string Reference, string Replaces, string Credits, string Reason, string Description,
    string Quantity, string UnitPrice, string Discount, string Tax, string Amount, string Net, string Total,
    string Netted, string OfWhich, string AmountDue, string Credited, string Payments, string CashDiscount,
    string Until, string TaxInBooks, string TaxBilled, string Letter, string DueOn)
{
    private static readonly DocumentWords English = new(
        "Invoice", "Corrected invoice", "Debit memo", "Deposit invoice", "Credit memo", "Number", "Date", "Customer",
        "Customer tax number", "Due date", "Terms", "Order", "Purchase order", "Contract", "Your reference",
        "Replaces invoice", "Credits invoice", "Reason", "Description", "Quantity", "Unit price", "Discount", "Tax",
        "Amount", "Net amount", "Total", "Deposit", "of which {0}", "Amount due", "Amount credited", "Due dates",
        "Cash discount", "{0} until {1}", "Tax in the seller's currency: {0} ({1})",
        "Tax included was billed with invoice {0}.",
        "Attached is {0} {1} of {2}.", "Amount due: {0} by {1}");

    private static readonly DocumentWords Spanish = new(
        "Factura", "Factura rectificada", "Nota de cargo", "Factura de anticipo", "Nota de crédito", "Número", "Fecha",
        "Cliente", "Identificación fiscal del cliente", "Vencimiento", "Condiciones", "Pedido", "Orden de compra",
        "Contrato", "Su referencia", "Sustituye a la factura", "Abona la factura", "Motivo", "Concepto", "Cantidad",
        "Precio unitario", "Descuento", "Impuesto", "Importe", "Importe neto", "Total", "Anticipo",
        "incluye {0}", "Importe por pagar", "Importe abonado", "Vencimientos", "Descuento por pronto pago",
        "{0} hasta el {1}", "Impuesto en la moneda del vendedor: {0} ({1})",
        "El impuesto incluido se facturó con la factura {0}.",
        "Adjuntamos: {0} {1} del {2}.", "Importe por pagar: {0}, a más tardar el {1}");

    private static readonly DocumentWords French = new(
        "Facture", "Facture rectificative", "Note de débit", "Facture d'acompte", "Avoir", "Numéro", "Date", "Client",
        "Numéro fiscal du client", "Échéance", "Conditions", "Commande", "Bon de commande", "Contrat",
        "Votre référence", "Remplace la facture", "Avoir sur la facture", "Motif", "Désignation", "Quantité",
        "Prix unitaire", "Remise", "Taxe", "Montant", "Montant net", "Total", "Acompte", "dont {0}", "Montant à régler",
        "Montant crédité", "Échéances", "Escompte", "{0} jusqu'au {1}",
        "Taxe dans la monnaie du vendeur : {0} ({1})", "La taxe comprise a été facturée avec la facture {0}.",
        "Veuillez trouver ci-joint : {0} {1} du {2}.", "Montant à régler : {0} au plus tard le {1}");

    /// <summary>Those of a language; English where there is no other.</summary>
    public static DocumentWords Of(DocumentLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.Code switch
        {
            "es" => Spanish,
            "fr" => French,
            _ => English,
        };
    }

    /// <summary>What people call such a document.</summary>
    public string Title(IssuedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document switch
        {
            { Invoice: null } => CreditMemo,
            { Invoice.Kind: DocumentKind.DebitMemo } => DebitMemo,
            { Invoice.Kind: DocumentKind.Deposit } => Deposit,
            { Corrects: not null } => Corrected,
            _ => Invoice,
        };
    }

    /// <summary>Why somebody is credited.</summary>
    public static string Of(DocumentLanguage language, CreditReason reason) => Choose(language, reason switch
    {
        CreditReason.Return => ("Return of goods", "Devolución", "Retour de marchandises"),
        CreditReason.Price => ("Price difference", "Diferencia de precio", "Écart de prix"),
        CreditReason.Dispute => ("Accepted dispute", "Reclamación aceptada", "Litige accepté"),
        CreditReason.Goodwill => ("Goodwill", "Gesto comercial", "Geste commercial"),
        CreditReason.Duplicate => ("Billed twice", "Facturado dos veces", "Facturé deux fois"),
        _ => ("Correction", "Corrección", "Correction"),
    });

    /// <summary>
    /// What an invoice must say where no tax is charged, by its VAT category (UNTDID 5305; directive 2006/112/EC,
    /// article 226); null where there is nothing to say.
    /// </summary>
    public static string? Exemption(DocumentLanguage language, string category)
    {
        (string, string, string)? words = category switch
        {
            "E" => ("Exempt from VAT", "Exento de IVA", "Exonéré de TVA"),
            "AE" => ("Reverse charge", "Inversión del sujeto pasivo", "Autoliquidation"),
            "K" => ("Intra-Community supply, exempt from VAT", "Entrega intracomunitaria exenta de IVA",
                "Livraison intracommunautaire exonérée de TVA"),
            "G" => ("Export, exempt from VAT", "Exportación exenta de IVA", "Exportation exonérée de TVA"),
            "O" => ("Not subject to VAT", "No sujeto a IVA", "Non soumis à la TVA"),
            _ => null,
        };
        return words is { } three ? Choose(language, three) : null;
    }

    private static string Choose(DocumentLanguage language, (string English, string Spanish, string French) words)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.Code switch
        {
            "es" => words.Spanish,
            "fr" => words.French,
            _ => words.English,
        };
    }
}
