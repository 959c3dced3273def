using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// How a language writes dates, amounts and the fixed words of a notice. The services run without the operating
/// system's cultures, so that a mail reads the same wherever it was made.
/// </summary>
public sealed class MailLanguage
{
    private static readonly string[] EnglishMonths =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ];

    private static readonly string[] SpanishMonths =
    [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ];

    private static readonly string[] FrenchMonths =
    [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ];

    private static readonly MailLanguage English = new()
    {
        Code = "en",
        Labels = new("Dear", "Invoice", "Due date", "Status", "Original amount", "Balance due", "Total due",
            "Sincerely", ","),
        And = " and ",
        Numbers = new NumberFormatInfo { NumberGroupSeparator = ",", NumberDecimalSeparator = "." },
        Date = date => $"{EnglishMonths[date.Month - 1]} {Number(date.Day)}, {Number(date.Year)}",
        Days = days => days switch
        {
            0 => "due today",
            1 => "1 day overdue",
            > 1 => $"{Number(days)} days overdue",
            -1 => "due tomorrow",
            _ => $"due in {Number(-days)} days",
        },
        Installment = (invoice, installment) => $"{invoice} (installment {Number(installment)})",
    };

    private static readonly MailLanguage Spanish = new()
    {
        Code = "es",
        Labels = new(
            "Estimado/a", "Factura", "Vencimiento", "Estado", "Importe original", "Saldo pendiente", "Total por pagar",
            "Atentamente", ":"),
        And = " y ",
        // As in Mexico and the United States, where the Spanish-speaking customers are.
        Numbers = new NumberFormatInfo { NumberGroupSeparator = ",", NumberDecimalSeparator = "." },
        Date = date => $"{Number(date.Day)} de {SpanishMonths[date.Month - 1]} de {Number(date.Year)}",
        Days = days => days switch
        {
            0 => "vence hoy",
            1 => "1 día de atraso",
            > 1 => $"{Number(days)} días de atraso",
            -1 => "vence mañana",
            _ => $"vence en {Number(-days)} días",
        },
        Installment = (invoice, installment) => $"{invoice} (parcialidad {Number(installment)})",
    };

    private static readonly MailLanguage French = new()
    {
        Code = "fr",
        Labels = new(
            "Bonjour", "Facture", "Échéance", "État", "Montant initial", "Solde dû", "Total à régler",
            "Cordialement", ","),
        And = " et ",
        Numbers = new NumberFormatInfo { NumberGroupSeparator = "\u00A0", NumberDecimalSeparator = "," },
        Date = date =>
            $"{(date.Day == 1 ? "1er" : Number(date.Day))} {FrenchMonths[date.Month - 1]} {Number(date.Year)}",
        Days = days => days switch
        {
            0 => "échéance aujourd'hui",
            1 => "1 jour de retard",
            > 1 => $"{Number(days)} jours de retard",
            -1 => "échéance demain",
            _ => $"échéance dans {Number(-days)} jours",
        },
        Installment = (invoice, installment) => $"{invoice} (versement {Number(installment)})",
    };

    /// <summary>ISO 639-1 code.</summary>
    public required string Code { get; init; }

    /// <summary>The fixed words.</summary>
    public required MailLabels Labels { get; init; }

    private string And { get; init; } = "";

    private NumberFormatInfo Numbers { get; init; } = NumberFormatInfo.InvariantInfo;

    /// <summary>A date in full.</summary>
    public required Func<DateOnly, string> Date { get; init; }

    /// <summary>How long overdue, or how soon due.</summary>
    public required Func<int, string> Days { get; init; }

    /// <summary>An installment after the first by name.</summary>
    public required Func<string, int, string> Installment { get; init; }

    /// <summary>The language of a code; English where there is no other.</summary>
    public static MailLanguage Of(string code) => code switch
    {
        "es" => Spanish,
        "fr" => French,
        _ => English,
    };

    /// <summary>An amount, its currency behind it: <c>1,234.50 USD</c>.</summary>
    public string Amount(Money money) => string.Create(
        Numbers,
        $"{money.Amount.ToString($"N{Number(money.Currency.MinorUnits)}", Numbers)}\u00A0{money.Currency.Code}");

    /// <summary>Amounts of several currencies.</summary>
    public string Amounts(IEnumerable<Money> amounts) => string.Join(And, amounts.Select(Amount));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The fixed words of a notice.</summary>
public sealed record MailLabels(
    string Greeting, string Invoice, string DueDate, string Status, string Amount, string Balance, string Total,
    string Farewell, string AfterGreeting);
