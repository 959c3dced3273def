using System.Text.RegularExpressions;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>What mail systems say of a mail, as it may be kept for ever: without the person it is about.</summary>
public static partial class MailWords
{
    /// <summary>The words with every mail address taken out; null for none.</summary>
    public static string? WithoutAddresses(string? words) =>
        words is null ? null : Address().Replace(words, "the recipient");

    /// <summary>Mail systems put brackets, quotes or colons around addresses (RFC 3464: <c>rfc822; a@b</c>).</summary>
    [GeneratedRegex("""(?<![^\s<>()\[\]"',;:])[^\s<>()\[\]"',;:@]+@[^\s<>()\[\]"',;:]+""", RegexOptions.None, 1000)]
    private static partial Regex Address();
}
