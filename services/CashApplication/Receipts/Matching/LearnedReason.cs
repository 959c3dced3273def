using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>How often people coded deductions of a customer so.</summary>
/// <param name="Words">The customer's words for them (<see cref="LearnedReason.KeyOf"/>); empty for none.</param>
/// <param name="ReasonCode">One of <see cref="DeductionReasons.Codes"/>.</param>
/// <param name="Count">More than zero.</param>
public sealed record DeductionCoding(string Words, string ReasonCode, int Count);

/// <summary>When what people coded before codes by itself.</summary>
/// <param name="AtLeast">So many codings of the customer agree, at least.</param>
/// <param name="Percent">They are so much of all of the same words, at least; 90 is 90 %. Of all deductions of the
/// customer where it gives no words.</param>
public sealed record LearnedReasons(int AtLeast, decimal Percent);

/// <summary>The reason for which a customer deducts, by how people coded its earlier deductions.</summary>
/// <param name="ReasonCode">One of <see cref="DeductionReasons.Codes"/>.</param>
/// <param name="Count">So often it was this one.</param>
/// <param name="All">Of so many.</param>
/// <param name="IsOfWords">True where they had the same words; else all deductions of the customer count.</param>
/// <param name="IsOfOthers">True where there are words and they were never coded: what others were coded as is a
/// guess.</param>
public sealed record LearnedReason(string ReasonCode, int Count, int All, bool IsOfWords, bool IsOfOthers = false)
{
    private const int MaxCode = 10;

    private const int ShortestWord = 3;

    /// <summary>Why, for people.</summary>
    public string Words => IsOfWords
        ? $"People coded {Count} of {All} deductions of this customer with these words as {ReasonCode}."
        : $"People coded {Count} of {All} deductions of this customer as {ReasonCode}.";

    /// <summary>
    /// The reason given most often to these words; where they were never coded, or there are none, to any deduction of
    /// the customer. Null where two were given equally often, or none was.
    /// </summary>
    public static LearnedReason? Of(IReadOnlyList<DeductionCoding> codings, string? customerReason)
    {
        ArgumentNullException.ThrowIfNull(codings);
        var key = KeyOf(customerReason);
        DeductionCoding[] same = key.Length == 0 ? [] : [.. codings.Where(coding => coding.Words == key)];
        var counts = (same.Length > 0 ? same : codings).GroupBy(coding => coding.ReasonCode)
            .Select(code => (Code: code.Key, Count: code.Sum(coding => coding.Count)))
            .OrderByDescending(code => code.Count).ThenBy(code => code.Code, StringComparer.Ordinal).ToArray();
        return counts.Length == 0 || (counts.Length > 1 && counts[0].Count == counts[1].Count)
            ? null
            : new LearnedReason(counts[0].Code, counts[0].Count, counts.Sum(code => code.Count), same.Length > 0,
                IsOfOthers: key.Length > 0 && same.Length == 0);
    }

    /// <summary>True where the policy lets it code by itself.</summary>
    public bool IsEnough(LearnedReasons? policy) =>
        policy is not null && !IsOfOthers && Count >= policy.AtLeast && Count * 100m >= policy.Percent * All;

    /// <summary>
    /// What tells a customer's reasons apart: a short code as it is, of a text its words without numbers, dates and
    /// amounts.
    /// </summary>
    public static string KeyOf(string? customerReason)
    {
        var text = (customerReason ?? "").Trim().ToUpperInvariant();
        if (text.Length <= MaxCode && !text.Any(char.IsWhiteSpace))
            return string.Concat(text.Where(char.IsLetterOrDigit));
        var words = string.Concat(text.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= ShortestWord && word.All(char.IsLetter));
        return string.Join(' ', words.Distinct().Order(StringComparer.Ordinal));
    }
}
