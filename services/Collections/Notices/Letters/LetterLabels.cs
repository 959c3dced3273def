namespace OrderToCash.Collections.Notices.Letters;

/// <summary>The fixed words of a letter, in one language.</summary>
/// <param name="Colon">What stands between a word and what it names; French puts a space before it.</param>
/// <param name="AsOf">Says up to which day payments are taken account of; <c>{0}</c> is the day.</param>
public sealed record LetterLabels(
    string Date, string Customer, string Reference, string Level, string Document, string Kind, string Invoice,
    string Charge, string DueDate, string Status, string Amount, string Balance, string Invoices, string Charges,
    string Total, string AsOf, string HowToPay, string Account, string PayOnline, string Farewell, string TaxId,
    string Page, string Asked, string Colon)
{
    private static readonly LetterLabels English = new(
        "Date", "Customer no.", "Our reference", "Reminder level", "Document", "Kind", "Invoice", "Charge", "Due date",
        "Status", "Original amount", "Balance due", "Invoices", "Fees and interest", "Total due",
        "Payments that reached us by {0} are taken into account.", "How to pay", "Account", "Pay online", "Sincerely,",
        "Tax ID", "Page", "Please pay", ":");

    private static readonly LetterLabels Spanish = new(
        "Fecha", "N.º de cliente", "Nuestra referencia", "Nivel de requerimiento", "Documento", "Tipo", "Factura",
        "Cargo", "Vencimiento", "Estado", "Importe original", "Saldo pendiente", "Facturas", "Cargos e intereses",
        "Total por pagar", "Se han tenido en cuenta los pagos recibidos hasta el {0}.", "Cómo pagar", "Cuenta",
        "Pagar en línea", "Atentamente,", "ID fiscal", "Página", "Importe a pagar", ":");

    private static readonly LetterLabels French = new(
        "Date", "N° de client", "Notre référence", "Niveau de relance", "Document", "Nature", "Facture", "Frais",
        "Échéance", "État", "Montant initial", "Solde dû", "Factures", "Frais et intérêts", "Total à régler",
        "Les paiements reçus jusqu’au {0} ont été pris en compte.", "Comment régler", "Compte",
        "Régler en ligne", "Cordialement,", "N° fiscal", "Page", "À payer", "\u00A0:");

    /// <summary>The words of a language; English where there is no other.</summary>
    public static LetterLabels Of(string code) => code switch
    {
        "es" => Spanish,
        "fr" => French,
        _ => English,
    };
}
