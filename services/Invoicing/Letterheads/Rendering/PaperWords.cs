using OrderToCash.Documents;

namespace OrderToCash.Invoicing.Letterheads.Rendering;

/// <summary>The words in one language that all documents and the letters with them have in common.</summary>
public sealed record PaperWords(
    string Page, string HowToPay, string PayOnline, string Account, string TaxId, string Greeting, string Farewell)
{
    private static readonly PaperWords English = new(
        "Page", "How to pay", "Pay online", "Bank account", "Tax number", "Dear {0},", "Sincerely,");

    private static readonly PaperWords Spanish = new(
        "Página", "Cómo pagar", "Pagar en línea", "Cuenta bancaria", "Identificación fiscal", "Estimado/a {0}:",
        "Atentamente,");

    private static readonly PaperWords French = new(
        "Page", "Comment régler", "Régler en ligne", "Compte bancaire", "Numéro fiscal", "Bonjour {0},",
        "Cordialement,");

    /// <summary>Those of a language; English where there is no other.</summary>
    public static PaperWords Of(DocumentLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.Code switch
        {
            "es" => Spanish,
            "fr" => French,
            _ => English,
        };
    }
}
