namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>
/// Check digits by ISO 7064, modulo 97-10, as account numbers (ISO 13616) and creditors' references (ISO 11649) have
/// them: the first four characters count last, and a letter counts as two digits, A as 10 and Z as 35.
/// </summary>
public static class Mod97
{
    /// <summary>True for digits and upper-case letters alone that leave the remainder 1.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var remainder = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[(index + 4) % text.Length];
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
