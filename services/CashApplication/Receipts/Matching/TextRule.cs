using System.Text;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a payer writes when this customer pays, whoever's name and account the money comes with.</summary>
/// <param name="Words">Whole words of the payment's text, in this order; case, accents and punctuation do not matter.
/// </param>
/// <param name="PayerName">Only of payments under this name, or null.</param>
public sealed record TextRule(string Words, string? PayerName = null)
{
    /// <summary>Rules of one customer.</summary>
    public const int Most = 50;

    /// <summary>Letters and digits that tell anything at least.</summary>
    public const int LeastLength = 4;

    /// <summary>Characters of the words at most.</summary>
    public const int MostLength = 100;

    /// <summary>What it is looked up by: its words and, where it has one, the payer's name behind a bar.</summary>
    public string Key => PayerName is null ? WordsOf(Words) : $"{WordsOf(Words)} |{PartyName.Key(PayerName)}";

    /// <summary>Why it is no rule, or null.</summary>
    public static string? Check(IReadOnlyList<TextRule> rules) => rules switch
    {
        { Count: > Most } => $"There are at most {Most} rules.",
        _ when rules.Any(rule => rule?.Words is not { Length: <= MostLength }
            || WordsOf(rule.Words).Count(char.IsLetterOrDigit) < LeastLength) =>
            $"A rule has words of {LeastLength} letters or digits at least, and {MostLength} characters at most.",
        _ when rules.Any(rule => rule.PayerName is { } name
            && (PartyName.Key(name).Length < 2 || name.Length > 200)) => "A name has 2 to 200 characters.",
        _ => null,
    };

    /// <summary>The first words of keys that may hold of a payment.</summary>
    public static IEnumerable<string> FirstWords(Payment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        return TextOf(payment).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Of these keys those that hold of a payment and say most: with a payer's name first, then the longest.
    /// </summary>
    public static IReadOnlyList<KnownPayer> Holding(IReadOnlyList<KnownPayer> rules, Payment payment)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(payment);
        if (rules.Count == 0)
            return [];
        var text = $" {TextOf(payment)} ";
        var payer = payment.PayerName is { } name ? PartyName.Key(name) : null;
        return rules.Select(rule => (Rule: rule, Parts: rule.Key.Split(" |", 2)))
            .Where(one => text.Contains($" {one.Parts[0]} ", StringComparison.Ordinal)
                && (one.Parts.Length == 1 || one.Parts[1] == payer))
            .GroupBy(one => (IsOfPayer: one.Parts.Length == 2, one.Parts[0].Length), one => one.Rule)
            .MaxBy(group => group.Key)?.ToList() ?? [];
    }

    /// <summary>
    /// Of these keys those that hold of any of the payments. Where as many as <paramref name="most"/> were read, those
    /// of the last key are left out: it might seem to be of fewer customers than it is.
    /// </summary>
    public static IReadOnlyList<KnownPayer> Holding(
        IReadOnlyList<KnownPayer> rules, IEnumerable<Payment> payments, int most)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(payments);
        var byWord = (rules.Count < most ? rules : rules.Where(rule => rule.Key != rules[^1].Key))
            .ToLookup(rule => rule.Key.Split(' ', 2)[0], StringComparer.Ordinal);
        return
        [
            .. payments.SelectMany(payment => Holding(
                [.. FirstWords(payment).Distinct().SelectMany(word => byWord[word])], payment)).Distinct(),
        ];
    }

    /// <summary>The words of a key, for people.</summary>
    public static string WordsOfKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Split(" |", 2)[0];
    }

    private static string TextOf(Payment payment) => WordsOf(string.Join(' ', payment.Remittance));

    /// <summary>Words of letters and digits, upper case, without accents, a blank between them.</summary>
    private static string WordsOf(string text)
    {
        var words = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (PartyName.Fold(letter) is { } folded)
                words.Append(folded.ToUpperInvariant());
            else if (char.IsLetterOrDigit(letter))
                words.Append(char.ToUpperInvariant(letter));
            else if (words.Length > 0 && words[^1] != ' ')
                words.Append(' ');
        }

        return words.ToString().Trim();
    }
}
