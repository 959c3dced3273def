namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Names of firms as banks write them: case, punctuation and the legal form differ from one bank to the next.
/// </summary>
public static class PartyName
{
    private static readonly HashSet<string> LegalForms = new(StringComparer.Ordinal)
    {
        "INC", "INCORPORATED", "CORP", "CORPORATION", "CO", "COMPANY", "LLC", "LLP", "LP", "LTD", "LIMITED",
        "PLC", "GMBH",
        "AG", "KG", "SA", "SAS", "SARL", "SRL", "SPA", "BV", "NV", "AB", "AS", "OY", "CV", "THE",
    };

    /// <summary>The words that make the name, upper case, without legal form.</summary>
    public static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var letters = name.Where(letter => letter != '.')
            .Select(letter => char.IsLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : ' ');
        var words = string.Concat(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Where(word => !LegalForms.Contains(word)));
    }
}
