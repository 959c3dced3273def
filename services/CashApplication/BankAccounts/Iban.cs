namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>International bank account numbers (ISO 13616): form and check digits.</summary>
public static class Iban
{
    private const int MinLength = 15;
    private const int MaxLength = 34;

    /// <summary>Upper case, without blanks.</summary>
    public static string Normalize(string iban) =>
        string.Concat(iban.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();

    /// <summary>
    /// True for two letters, two check digits, letters and digits, and the right remainder (ISO 7064 modulo 97-10).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> iban)
    {
        if (iban.Length is < MinLength or > MaxLength ||
            iban is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z', >= '0' and <= '9', >= '0' and <= '9', ..])
        {
            return false;
        }

        // The first four characters count last; a letter counts as two digits, A as 10.
        var remainder = 0;
        for (var index = 0; index < iban.Length; index++)
        {
            var letter = iban[(index + 4) % iban.Length];
            if (char.IsAsciiDigit(letter))
                remainder = ((remainder * 10) + (letter - '0')) % 97;
            else if (char.IsAsciiLetterUpper(letter))
                remainder = ((remainder * 100) + (letter - 'A' + 10)) % 97;
            else
                return false;
        }

        return remainder == 1;
    }
}
