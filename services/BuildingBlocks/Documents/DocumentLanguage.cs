using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.Documents;

/// <summary>
/// How a language writes dates and amounts. The services run without the operating system's cultures, so that a
/// document reads the same wherever it was made.
/// </summary>
public sealed class DocumentLanguage
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

    /// <summary>English, as in the United States.</summary>
    public static readonly DocumentLanguage English = new()
    {
        Code = "en",
        And = " and ",
        Numbers = new NumberFormatInfo { NumberGroupSeparator = ",", NumberDecimalSeparator = "." },
        Date = date => $"{EnglishMonths[date.Month - 1]} {Digits(date.Day)}, {Digits(date.Year)}",
        ShortDate = date => $"{EnglishMonths[date.Month - 1][..3]} {Digits(date.Day)}, {Digits(date.Year)}",
    };

    /// <summary>Spanish, as in Mexico and the United States.</summary>
    public static readonly DocumentLanguage Spanish = new()
    {
        Code = "es",
        And = " y ",
        Numbers = new NumberFormatInfo { NumberGroupSeparator = ",", NumberDecimalSeparator = "." },
        Date = date => $"{Digits(date.Day)} de {SpanishMonths[date.Month - 1]} de {Digits(date.Year)}",
        ShortDate = date => date.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>French.</summary>
    public static readonly DocumentLanguage French = new()
    {
        Code = "fr",
        And = " et ",
        PercentSign = "\u00A0%",
        Numbers = new NumberFormatInfo { NumberGroupSeparator = "\u00A0", NumberDecimalSeparator = "," },
        Date = date =>
            $"{(date.Day == 1 ? "1er" : Digits(date.Day))} {FrenchMonths[date.Month - 1]} {Digits(date.Year)}",
        ShortDate = date => date.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture),
    };

    private DocumentLanguage()
    {
    }

    /// <summary>ISO 639-1 code.</summary>
    public required string Code { get; init; }

    /// <summary>A date in full.</summary>
    public required Func<DateOnly, string> Date { get; init; }

    /// <summary>A date for a column.</summary>
    public required Func<DateOnly, string> ShortDate { get; init; }

    private string And { get; init; } = "";

    private string PercentSign { get; init; } = "%";

    private NumberFormatInfo Numbers { get; init; } = NumberFormatInfo.InvariantInfo;

    /// <summary>The language of a code; English where there is no other.</summary>
    public static DocumentLanguage Of(string? code) => code switch
    {
        "es" => Spanish,
        "fr" => French,
        _ => English,
    };

    /// <summary>An amount with the decimals of its currency: <c>1,234.50</c>.</summary>
    public string Number(Money money) =>
        money.Amount.ToString($"N{Digits(money.Currency.MinorUnits)}", Numbers);

    /// <summary>An amount, its currency behind it: <c>1,234.50 USD</c>.</summary>
    public string Amount(Money money) => $"{Number(money)}\u00A0{money.Currency.Code}";

    /// <summary>Amounts of several currencies.</summary>
    public string Amounts(IEnumerable<Money> amounts) => string.Join(And, amounts.Select(Amount));

    /// <summary>How many, without zeros that say nothing: <c>1,500</c>, <c>0.25</c>.</summary>
    public string Quantity(decimal quantity) => quantity.ToString("#,##0.##########", Numbers);

    /// <summary>What one costs: with the decimals of its currency at least, and up to ten: <c>0.0035</c>.</summary>
    public string Price(decimal price, Currency currency)
    {
        var always = new string('0', currency.MinorUnits);
        return price.ToString($"#,##0.{always}{new string('#', 10 - currency.MinorUnits)}", Numbers);
    }

    /// <summary>A part of one: 0.0825 is <c>8.25%</c>.</summary>
    public string Percent(decimal part) => Quantity(part * 100) + PercentSign;

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);
}
