using System.Globalization;
using System.Text.Json.Nodes;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>What a mail of the standard wording must say in English, Spanish and French.</summary>
internal static class NoticeText
{
    /// <summary>It is in the customer's language, asks for the sum, and names every item.</summary>
    public static void Reads(string mail, string language, JsonNode notice)
    {
        var text = Plain(mail);
        text.ShouldContain(Opening(language, notice["step"]!.GetValue<string>()));
        text.ShouldContain(Said(language, Api.Amount(notice["amount"])));
        foreach (var item in notice["items"]!.AsArray())
            text.ShouldContain(item!["invoiceNumber"]!.GetValue<string>());
    }

    /// <summary>Spaces of every kind and ends of lines are one space.</summary>
    public static string Plain(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Opening(string language, string step) => (language, step) switch
    {
        ("en", "friendly-reminder") => "This is a courtesy reminder",
        ("en", "first-notice") => "the due date has passed",
        ("en", _) => "We wrote to you before about amounts past due",
        ("es", "friendly-reminder") => "Le recordamos con cortesía",
        ("es", "first-notice") => "su fecha de vencimiento ya pasó",
        ("es", _) => "Ya le habíamos escrito sobre importes vencidos",
        (_, "friendly-reminder") => "Nous nous permettons de vous rappeler",
        (_, "first-notice") => "leur échéance est dépassée",
        _ => "Nous vous avons déjà écrit",
    };

    private static string Said(string language, decimal amount)
    {
        var said = $"{amount.ToString("#,0.00", CultureInfo.InvariantCulture)} USD";
        return language == "fr" ? said.Replace(',', ' ').Replace('.', ',') : said;
    }
}
