using OrderToCash.CashApplication.BankAccounts;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>Which rules a creditor's reference follows.</summary>
public enum ReferenceScheme
{
    /// <summary>None that is known, or its check digits are wrong.</summary>
    Other,

    /// <summary>ISO 11649: <c>RF</c>, two check digits, up to 21 letters and digits.</summary>
    Iso11649,

    /// <summary>Swiss QR or ISR reference: 27 digits, the last one a check digit.</summary>
    SwissQr,
}

/// <summary>A creditor's reference without its blanks, and the scheme whose check digits it passes.</summary>
/// <param name="Value">Upper case, without blanks.</param>
/// <param name="Scheme">Proved by check digits, not taken from the file.</param>
/// <param name="Type">The type that the file gives: <c>SCOR</c>, <c>QRR</c>, proprietary, or null.</param>
/// <param name="Issuer">Who gives out references of this type, e.g. <c>ISO</c>, <c>BBA</c>.</param>
public sealed record PaymentReference(string Value, ReferenceScheme Scheme, string? Type, string? Issuer)
{
    private const int SwissQrLength = 27;

    /// <summary>The remainder row of the recursive modulo-10 check; each further row is this one turned left.</summary>
    private static ReadOnlySpan<byte> Modulo10 => [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];

    /// <summary>The reference as written, tidied, and its scheme.</summary>
    public static PaymentReference Of(string reference, string? type = null, string? issuer = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var value = string.Concat(reference.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
        return new PaymentReference(value, SchemeOf(value), type, issuer);
    }

    /// <summary>The scheme whose form and check digits a reference without blanks satisfies.</summary>
    public static ReferenceScheme SchemeOf(ReadOnlySpan<char> value) =>
        IsIso11649(value) ? ReferenceScheme.Iso11649
        : IsSwissQr(value) ? ReferenceScheme.SwissQr
        : ReferenceScheme.Other;

    private static bool IsIso11649(ReadOnlySpan<char> value)
    {
        if (value.Length is < 5 or > 25 || value is not ['R', 'F', >= '0' and <= '9', >= '0' and <= '9', ..])
            return false;

        // 00, 01 and 99 leave the same remainder as 97, 98 and 02, and are never given out.
        return value[2..4] is not ("00" or "01" or "99") && Mod97.IsValid(value);
    }

    private static bool IsSwissQr(ReadOnlySpan<char> value)
    {
        if (value.Length != SwissQrLength || value.ContainsAnyExceptInRange('0', '9') || !value.ContainsAnyExcept('0'))
            return false;

        var carry = 0;
        foreach (var digit in value[..^1])
            carry = Modulo10[(carry + (digit - '0')) % 10];
        return (10 - carry) % 10 == value[^1] - '0';
    }
}
