using System.Text;
using System.Text.RegularExpressions;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>The text of a mail whose parts are sent in base64 (RFC 2045).</summary>
internal static partial class MailText
{
    public static string Of(string content) =>
        string.Join('\n', Part().Matches(content)
            .Select(part => Encoding.UTF8.GetString(Convert.FromBase64String(part.Groups["body"].Value))));

    [GeneratedRegex(
        @"^Content-Transfer-Encoding: base64\r?\n(\S[^\r\n]*\r?\n)*\r?\n(?<body>([A-Za-z0-9+/=]+\r?\n)+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Part();
}
