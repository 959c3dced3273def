using OrderToCash.Documents;
using OrderToCash.Invoicing.Ledger;

namespace OrderToCash.Invoicing.Statements.Rendering;

/// <summary>The fixed words of a statement in one language.</summary>
public sealed record StatementLabels(
    string Title, string OpenItemsTitle, string Customer, string Period, string AsOf, string Date, string Document,
    string Description, string DueDate, string Charges, string Payments, string Balance, string Opening,
    string Closing, string Unapplied, string Due, string OpenItems, string Amount, string Open, string Overdue,
    string Current, string DaysShort, string Aging, string NothingOpen, string Credit, string Installment,
    string Letter, string LetterDue, string Together)
{
    private static readonly StatementLabels English = new(
        "Statement of account", "Statement of open items", "Customer", "Period", "As of", "Date", "Document",
        "Description", "Due date", "Charges", "Payments and credits", "Balance", "Opening balance", "Closing balance",
        "Payments not yet applied", "Amount due", "Open items", "Original amount", "Open amount", "Overdue", "Current",
        "days", "Aging", "Nothing is open.", "Credit", "installment",
        "Here is your statement of account from {0} to {1}.", "Amount due: {0}", "All together");

    private static readonly StatementLabels Spanish = new(
        "Estado de cuenta", "Estado de partidas abiertas", "Cliente", "Periodo", "Al", "Fecha", "Documento",
        "Concepto", "Vencimiento", "Cargos", "Pagos y abonos", "Saldo", "Saldo inicial", "Saldo final",
        "Pagos por aplicar", "Importe por pagar", "Partidas abiertas", "Importe original", "Importe abierto", "Vencido",
        "Por vencer", "días", "Antigüedad de saldos", "No hay partidas abiertas.", "Saldo a favor",
        "parcialidad", "Le enviamos su estado de cuenta del {0} al {1}.", "Importe por pagar: {0}",
        "En conjunto");

    private static readonly StatementLabels French = new(
        "Relevé de compte", "Relevé des postes ouverts", "Client", "Période", "Au", "Date", "Document", "Libellé",
        "Échéance", "Débits", "Paiements et avoirs", "Solde", "Solde initial", "Solde final",
        "Paiements non affectés", "Montant à régler", "Postes ouverts", "Montant initial", "Montant ouvert",
        "En retard", "Non échu", "jours", "Balance âgée", "Aucun poste ouvert.", "Avoir", "versement",
        "Voici votre relevé de compte du {0} au {1}.", "Montant à régler : {0}", "Au total");

    /// <summary>Those of a language; English where there is no other.</summary>
    public static StatementLabels Of(DocumentLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.Code switch
        {
            "es" => Spanish,
            "fr" => French,
            _ => English,
        };
    }

    /// <summary>What people call an event; a kind that has no word yet stands as it is in the journal.</summary>
    public static string Kind(DocumentLanguage language, string kind)
    {
        ArgumentNullException.ThrowIfNull(language);
        var (english, spanish, french) = kind switch
        {
            PostingKinds.InvoiceIssued => ("Invoice", "Factura", "Facture"),
            PostingKinds.InvoiceVoided => ("Invoice voided", "Factura anulada", "Facture annulée"),
            PostingKinds.DepositIssued => ("Deposit", "Anticipo", "Acompte"),
            PostingKinds.DepositVoided => ("Deposit voided", "Anticipo anulado", "Acompte annulé"),
            PostingKinds.DepositApplied => ("Deposit netted", "Anticipo aplicado", "Acompte déduit"),
            PostingKinds.DepositUnapplied => ("Deposit taken back", "Anticipo revertido", "Acompte rétabli"),
            PostingKinds.DebitMemoIssued => ("Debit memo", "Nota de cargo", "Note de débit"),
            PostingKinds.CreditMemoIssued => ("Credit memo", "Nota de crédito", "Avoir"),
            PostingKinds.CreditMemoVoided => ("Credit memo voided", "Nota de crédito anulada", "Avoir annulé"),
            PostingKinds.CreditRefunded => ("Refund", "Reembolso", "Remboursement"),
            PostingKinds.CreditRefundReturned => ("Refund returned", "Reembolso devuelto", "Remboursement retourné"),
            PostingKinds.PaymentApplied => ("Payment", "Pago", "Paiement"),
            PostingKinds.PaymentReversed => ("Payment reversed", "Pago revertido", "Paiement annulé"),
            AccountRoles.CashDiscount => ("Cash discount", "Descuento por pronto pago", "Escompte"),
            AccountRoles.SmallDifference => ("Small difference", "Diferencia menor", "Écart de règlement"),
            PostingKinds.WrittenOff => ("Written off", "Cancelado por incobrable", "Passé en perte"),
            PostingKinds.WriteOffRecovered => ("Write-off recovered", "Incobrable recuperado", "Perte récupérée"),
            PostingKinds.ChargeWaived => ("Charge waived", "Cargo condonado", "Frais remis"),
            PostingKinds.ChargeReinstated => ("Charge reinstated", "Cargo restablecido", "Frais rétablis"),
            _ => (kind, kind, kind),
        };
        return language.Code switch
        {
            "es" => spanish,
            "fr" => french,
            _ => english,
        };
    }
}
