using System.Globalization;
using OrderToCash.Documents;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// How a language writes the fixed words of a notice.
/// </summary>
public sealed class MailLanguage
{
    private static readonly MailLanguage English = new()
    {
        Written = DocumentLanguage.English,
        Labels = new("Dear", "Invoice", "Due date", "Status", "Original amount", "Balance due", "Total due",
            "Sincerely", ",", "Credit memos, not yet applied", "Payments received, not yet applied", "Please pay", ":",
            "Dear Sir or Madam,", "Copy", "Order"),
        Days = days => days switch
        {
            0 => "due today",
            1 => "1 day overdue",
            > 1 => $"{Number(days)} days overdue",
            -1 => "due tomorrow",
            _ => $"due in {Number(-days)} days",
        },
        Installment = (invoice, installment) => $"{invoice} (installment {Number(installment)})",
        Disputed = "disputed",
        More = count => count == 1 ? "1 more item" : $"{Number(count)} more items",
        AlsoOpen = date => $"Also open on {date}, and not asked for here",
        Fee = amount => $"This notice costs a fee of {amount}, which is billed apart.",
        OptOut = new(
            "No more notices by e-mail to this address", "Notices by e-mail",
            entity => $"Do you want no more notices by e-mail from {entity} at your address?", "No more notices",
            "No more notices go to your address by e-mail. What is owed stays due, and we may write by post."),
    };

    private static readonly MailLanguage Spanish = new()
    {
        Written = DocumentLanguage.Spanish,
        Labels = new(
            "Estimado/a", "Factura", "Vencimiento", "Estado", "Importe original", "Saldo pendiente", "Total por pagar",
            "Atentamente", ":", "Notas de crédito por aplicar", "Pagos recibidos por aplicar", "Importe a pagar", ":",
            "A quien corresponda:", "Copia", "Pedido"),
        Days = days => days switch
        {
            0 => "vence hoy",
            1 => "1 día de atraso",
            > 1 => $"{Number(days)} días de atraso",
            -1 => "vence mañana",
            _ => $"vence en {Number(-days)} días",
        },
        Installment = (invoice, installment) => $"{invoice} (parcialidad {Number(installment)})",
        Disputed = "en disputa",
        More = count => count == 1 ? "1 partida más" : $"{Number(count)} partidas más",
        AlsoOpen = date => $"Otros saldos al {date}, que no se reclaman en este aviso",
        Fee = amount => $"Este aviso conlleva un cargo de {amount}, que se factura por separado.",
        OptOut = new(
            "No recibir más avisos por correo electrónico en esta dirección", "Avisos por correo electrónico",
            entity => $"¿Desea no recibir más avisos de {entity} por correo electrónico en su dirección?",
            "No recibir más avisos",
            "No se enviarán más avisos por correo electrónico a su dirección. Lo adeudado sigue siendo exigible, y " +
            "podremos escribirle por correo postal."),
    };

    private static readonly MailLanguage French = new()
    {
        Written = DocumentLanguage.French,
        Labels = new(
            "Bonjour", "Facture", "Échéance", "État", "Montant initial", "Solde dû", "Total à régler",
            "Cordialement", ",", "Avoirs non encore imputés", "Paiements reçus, non encore imputés", "À payer",
            "\u00A0:", "Madame, Monsieur,", "Copie", "Commande"),
        Typeset = Spaced,
        Days = days => days switch
        {
            0 => "échéance aujourd’hui",
            1 => "1 jour de retard",
            > 1 => $"{Number(days)} jours de retard",
            -1 => "échéance demain",
            _ => $"échéance dans {Number(-days)} jours",
        },
        Installment = (invoice, installment) => $"{invoice} (versement {Number(installment)})",
        Disputed = "en litige",
        More = count => count == 1 ? "1 autre poste" : $"{Number(count)} autres postes",
        AlsoOpen = date => $"Autres soldes au {date}, non réclamés ici",
        Fee = amount => $"Cet avis entraîne des frais de {amount}, facturés séparément.",
        OptOut = new(
            "Ne plus recevoir d’avis par courriel à cette adresse", "Avis par courriel",
            entity => $"Souhaitez-vous ne plus recevoir par courriel les avis de {entity} à votre adresse\u00A0?",
            "Ne plus recevoir d’avis",
            "Aucun avis ne sera plus envoyé par courriel à votre adresse. Les sommes dues le restent, et nous " +
            "pourrons vous écrire par courrier postal."),
    };

    /// <summary>How dates and amounts are written.</summary>
    public required DocumentLanguage Written { get; init; }

    /// <summary>How what a playbook says is set: as it stands, but for what the language's typography asks.</summary>
    public Func<string, string> Typeset { get; init; } = text => text;

    /// <summary>The fixed words.</summary>
    public required MailLabels Labels { get; init; }

    /// <summary>How long overdue, or how soon due.</summary>
    public required Func<int, string> Days { get; init; }

    /// <summary>An installment after the first by name.</summary>
    public required Func<string, int, string> Installment { get; init; }

    /// <summary>What is disputed.</summary>
    public required string Disputed { get; init; }

    /// <summary>Before what is open beside what is asked for, on a day.</summary>
    public required Func<string, string> AlsoOpen { get; init; }

    /// <summary>So many items that are not named one by one.</summary>
    public required Func<int, string> More { get; init; }

    /// <summary>What the notice itself costs.</summary>
    public required Func<string, string> Fee { get; init; }

    /// <summary>What is said to whoever wants no more mails.</summary>
    public required OptOutWords OptOut { get; init; }

    /// <summary>An installment by name; the first by that of its invoice alone.</summary>
    public string Named(string invoice, int installment) =>
        installment == 1 ? invoice : Installment(invoice, installment);

    /// <summary>The order that an invoice is grouped by, on one line; empty where there is none.</summary>
    public string OrderOf(string? group) =>
        group is null ? "" : OutgoingMail.OneLine($"{Labels.Order}{Labels.Colon} {group}");

    /// <summary>The language of a code; English where there is no other.</summary>
    public static MailLanguage Of(string code) => code switch
    {
        "es" => Spanish,
        "fr" => French,
        _ => English,
    };

    /// <summary>
    /// French sets a space before double punctuation marks, at which no line ends (Lexique des règles typographiques en
    /// usage à l’Imprimerie nationale), and a curved apostrophe.
    /// </summary>
    private static string Spaced(string text)
    {
        foreach (var mark in ":;!?»")
            text = text.Replace($" {mark}", $"\u00A0{mark}", StringComparison.Ordinal);
        return text.Replace("« ", "«\u00A0", StringComparison.Ordinal).Replace('\'', '’');
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is said to whoever wants no more mails.</summary>
/// <param name="Footer">Before the link at the end of a mail.</param>
/// <param name="Title">Of the page behind it.</param>
/// <param name="Question">Whether no more are wanted of this legal entity.</param>
/// <param name="Button">Yes.</param>
/// <param name="Done">After that.</param>
public sealed record OptOutWords(
    string Footer, string Title, Func<string, string> Question, string Button, string Done);

/// <summary>The fixed words of a notice.</summary>
/// <param name="Colon">What stands between a word and what it names; French puts a space before it.</param>
/// <param name="GreetingOfNobody">Where no person is known to write to.</param>
/// <param name="Copy">Before the subject of what another has got.</param>
/// <param name="Order">Before the order that an invoice is grouped by.</param>
public sealed record MailLabels(
    string Greeting, string Invoice, string DueDate, string Status, string Amount, string Balance, string Total,
    string Farewell, string AfterGreeting, string CreditMemos, string UnappliedCash, string Asked,
    string Colon, string GreetingOfNobody, string Copy, string Order)
{
    /// <summary>What is taken off.</summary>
    public string Of(DeductionKind kind) => kind == DeductionKind.CreditMemos ? CreditMemos : UnappliedCash;
}
