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
    public static bool IsValid(ReadOnlySpan<char> iban) =>
        iban.Length is >= MinLength and <= MaxLength
        && iban is [>= 'A' and <= 'Z', >= 'A' and <= 'Z', >= '0' and <= '9', >= '0' and <= '9', ..]
        && Mod97.IsValid(iban);
}
