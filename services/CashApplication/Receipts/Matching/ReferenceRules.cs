using System.Text;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// What payers of a legal entity put before its document numbers, or into them, and what is no part of these: it is
/// left out before keys are made of what they write. What is written is read as it stands, too.
/// </summary>
/// <param name="Prefixes">Letters and digits in front of a number with nothing between; case does not matter. Of those
/// that a word begins with the longest is left out, once.</param>
/// <param name="Letters">Letters that are left out wherever they stand; case does not matter. Null for none.</param>
public sealed record ReferenceRules(IReadOnlyList<string> Prefixes, string? Letters = null)
{
    /// <summary>Prefixes of one legal entity.</summary>
    public const int Most = 50;

    /// <summary>Characters of a prefix, and letters, at most.</summary>
    public const int MostLength = 20;

    /// <summary>Why these are no rules, or null.</summary>
    public static string? Check(ReferenceRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return rules switch
        {
            { Prefixes: null or { Count: > Most } } => $"There are at most {Most} prefixes, and a list of them.",
            _ when rules.Prefixes.Any(prefix => prefix is not { Length: > 0 and <= MostLength }
                || !prefix.All(char.IsLetterOrDigit)) => $"A prefix is 1 to {MostLength} letters and digits.",
            _ when rules.Prefixes.Distinct(StringComparer.OrdinalIgnoreCase).Count() != rules.Prefixes.Count =>
                "Name each prefix once.",
            { Letters: { } letters } when letters.Length is 0 or > MostLength || !letters.All(char.IsLetter) =>
                $"Of letters 1 to {MostLength} are left out; signs between numbers are anyway.",
            { Prefixes.Count: 0, Letters: null } => "Say what is left out.",
            _ => null,
        };
    }

    /// <summary>A text without the prefixes of its words, and without the letters.</summary>
    public string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stripped = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                at += LengthOfPrefix(text, at);
            if (Letters?.Contains(text[at], StringComparison.OrdinalIgnoreCase) != true)
                stripped.Append(text[at]);
        }

        return stripped.ToString();
    }

    /// <summary>0 where the word is no longer than what it begins with: that is no number.</summary>
    private int LengthOfPrefix(string text, int start) => Prefixes
        .Where(prefix => start + prefix.Length < text.Length && char.IsLetterOrDigit(text[start + prefix.Length])
            && string.Compare(text, start, prefix, 0, prefix.Length, StringComparison.OrdinalIgnoreCase) == 0)
        .Select(prefix => prefix.Length).DefaultIfEmpty().Max();
}
