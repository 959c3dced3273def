using System.Text;
using System.Text.RegularExpressions;

namespace OrderToCash.Collections.Tests.Support;

/// <summary>A mail as a mail program shows it.</summary>
public sealed partial record MailText(string MessageId, string Subject, string Text)
{
    public static MailText Of(string content)
    {
        var header = content[..content.IndexOf("\r\n\r\n", StringComparison.Ordinal)]
            .Replace("\r\n ", "").Replace("\r\n\t", "");
        return new MailText(
            Field(header, "Message-ID"), Words(Field(header, "Subject")), PlainPart(content));
    }

    private static string Field(string header, string name) => header.Split("\r\n")
        .Single(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();

    /// <summary>RFC 2047 words in base64.</summary>
    private static string Words(string text) => EncodedWord()
        .Replace(text, word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups["text"].Value)))
        .Replace('\u00A0', ' ');

    private static string PlainPart(string content)
    {
        var part = content[content.IndexOf("text/plain", StringComparison.Ordinal)..];
        var start = part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var body = part[start..part.IndexOf("\r\n--", start, StringComparison.Ordinal)];
        var bytes = part[..start].Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? Convert.FromBase64String(body)
            : QuotedPrintable(body);
        return Encoding.UTF8.GetString(bytes).Replace('\u00A0', ' ').ReplaceLineEndings("\n");
    }

    private static byte[] QuotedPrintable(string body)
    {
        var text = body.Replace("=\r\n", "");
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '=')
            {
                bytes.Add(Convert.ToByte(text.Substring(at + 1, 2), 16));
                at += 2;
            }
            else
            {
                bytes.Add((byte)text[at]);
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"=\?utf-8\?B\?(?<text>[^?]*)\?=", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EncodedWord();
}
