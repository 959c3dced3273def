using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.X12;

/// <summary>Documents that a payment names in X12 segments (<c>RMR</c>), wherever these stand.</summary>
internal static class X12Remittance
{
    private const int MaxDigits = 18;

    /// <summary>
    /// The documents within the payment information of an ACH entry: a whole 820 (CTX), or single segments (CCD+).
    /// Text that is nothing of the kind has none. The amounts are US dollars.
    /// </summary>
    public static IReadOnlyList<StructuredRemittance> DocumentsIn(string text)
    {
        var at = text.IndexOf("RMR", StringComparison.Ordinal);
        if (at < 0 || at + 4 >= text.Length || char.IsAsciiLetterOrDigit(text[at + 3]))
            return [];
        var separator = text[at + 3];
        var documents = new List<StructuredRemittance>();
        foreach (var segment in text.Split(['~', '\\', '\n'], StringSplitOptions.TrimEntries))
        {
            var elements = segment.Split(separator);
            if (elements is not ["RMR", var type, { Length: > 0 } number, ..])
                continue;
            documents.Add(new StructuredRemittance
            {
                Documents = [new ReferredDocument(type.Length == 0 ? null : type, number)],
                RemittedAmount = Usd(elements, 4),
                DueAmount = Usd(elements, 5),
                DiscountTaken = Usd(elements, 6),
            });
        }

        return documents;
    }

    /// <summary>A decimal number with an optional sign and point (X12 type R).</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        var isNegative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (text.Length is 0 or > MaxDigits + 1 || !FieldText.TryNumber(text, '.', out number))
            return false;
        number = isNegative ? -number : number;
        return true;
    }

    private static Money? Usd(string[] elements, int position) =>
        position < elements.Length && TryNumber(elements[position], out var amount)
            && Money.TryOf(amount, Currency.Of("USD"), out var money)
            ? money
            : null;
}
