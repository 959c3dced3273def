using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.Delivery.Rendering;

/// <summary>
/// Payment terms as a reader of Spanish or French says them; in English the spelling under which they are kept is what
/// people say.
/// </summary>
public static class TermsWords
{
    /// <summary>The terms in words.</summary>
    public static string Of(DocumentLanguage language, PaymentTerms terms)
    {
        ArgumentNullException.ThrowIfNull(language);
        ArgumentNullException.ThrowIfNull(terms);
        return language.Code switch
        {
            "es" => Spanish(language, terms),
            "fr" => French(language, terms),
            _ => terms.ToString(),
        };
    }

    private static string Spanish(DocumentLanguage language, PaymentTerms terms) => terms switch
    {
        PaymentTerms.Net net => $"{net.Days} días netos",
        PaymentTerms.Discounted early =>
            $"{Percent(language, early.Percent)} a {early.DiscountDays} días, {early.Days} días netos",
        PaymentTerms.OnReceipt => "Pago a la recepción",
        PaymentTerms.EndOfMonth { Days: 0 } => "Fin de mes",
        PaymentTerms.EndOfMonth end => $"Fin de mes más {end.Days} días",
        PaymentTerms.DiscountedEndOfMonth early =>
            $"{Percent(language, early.Percent)} hasta {early.DiscountDays} días después de fin de mes, " +
            $"fin de mes más {early.Days} días",
        PaymentTerms.FixedDay day => $"El día {day.Day} del mes",
        PaymentTerms.Split split => string.Join("; ", Parts(split).Select(part =>
            $"{Percent(language, part.Percent)} a {part.Days} días" + (part.Early is { } early
                ? $" ({Percent(language, early.Percent)} de descuento a {early.Days} días)"
                : ""))),
        _ => terms.ToString(),
    };

    private static string French(DocumentLanguage language, PaymentTerms terms) => terms switch
    {
        PaymentTerms.Net net => $"{net.Days} jours nets",
        PaymentTerms.Discounted early =>
            $"Escompte de {Percent(language, early.Percent)} à {early.DiscountDays} jours, {early.Days} jours nets",
        PaymentTerms.OnReceipt => "Paiement à réception",
        PaymentTerms.EndOfMonth { Days: 0 } => "Fin de mois",
        PaymentTerms.EndOfMonth end => $"Fin de mois plus {end.Days} jours",
        PaymentTerms.DiscountedEndOfMonth early =>
            $"Escompte de {Percent(language, early.Percent)} jusqu'à {early.DiscountDays} jours après la fin du mois" +
            $", fin de mois plus {early.Days} jours",
        PaymentTerms.FixedDay day => $"Le {day.Day} du mois",
        PaymentTerms.Split split => string.Join(" ; ", Parts(split).Select(part =>
            $"{Percent(language, part.Percent)} à {part.Days} jours" + (part.Early is { } early
                ? $" (escompte de {Percent(language, early.Percent)} à {early.Days} jours)"
                : ""))),
        _ => terms.ToString(),
    };

    /// <summary>Equal parts are kept with any percentage: together they are all of it.</summary>
    private static IEnumerable<PaymentTerms.Share> Parts(PaymentTerms.Split split)
    {
        var all = split.Shares.Sum(share => share.Percent);
        return all == 100
            ? split.Shares
            : split.Shares.Select(share => share with { Percent = decimal.Round(share.Percent / all * 100, 2) });
    }

    private static string Percent(DocumentLanguage language, decimal percent) => language.Percent(percent / 100);
}
