using System.Globalization;
using System.IO.Compression;
using System.Text.Unicode;

namespace OrderToCash.Credit.Applications;

/// <summary>A document of a case that is kept with it, as its folder names it.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Name">The name of its file.</param>
/// <param name="Type">Its media type, one of <see cref="Types"/>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Hash of its bytes, in hexadecimal digits: who reads it later can tell that it is the same.
/// </param>
public sealed record CaseDocument(Guid DocumentId, string Name, string Type, int Bytes, string Sha256)
{
    /// <summary>Largest document.</summary>
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>Most documents of a case.</summary>
    public const int MostDocuments = 50;

    private const string Pdf = "application/pdf";
    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";
    private const string Text = "text/plain";
    private const string Csv = "text/csv";
    private const string Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>How names of each type end: whoever opens a document starts what its name ends with.</summary>
    private static readonly Dictionary<string, string[]> Endings = new(StringComparer.Ordinal)
    {
        [Pdf] = [".pdf"],
        [Png] = [".png"],
        [Jpeg] = [".jpg", ".jpeg"],
        [Text] = [".txt"],
        [Csv] = [".csv"],
        [Spreadsheet] = [".xlsx"],
    };

    /// <summary>Media types that are kept: documents, and no programs, under names that say the same.</summary>
    public static readonly string[] Types = [Pdf, Png, Jpeg, Text, Csv, Spreadsheet];

    /// <summary>True where these bytes can be of the type that they are said to be of.</summary>
    public static bool IsOf(string type, ReadOnlyMemory<byte> content) => type switch
    {
        Pdf => content.Span.StartsWith("%PDF-"u8),
        Png => content.Span.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Jpeg => content.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]),
        Spreadsheet => IsSpreadsheet(content),
        Text or Csv => IsText(content.Span),
        _ => false,
    };

    /// <summary>
    /// True for the name of a file alone, which says nothing of folders and has no characters that hide its end.
    /// </summary>
    public static bool IsFileName(string? name) => name is { Length: <= 200 } && !string.IsNullOrWhiteSpace(name)
        && name is not ("." or "..") && !name.Any(one => one is '/' or '\\' or '"' || CharUnicodeInfo
            .GetUnicodeCategory(one) is UnicodeCategory.Control or UnicodeCategory.Format);

    /// <summary>True where the name ends as those of the type do.</summary>
    public static bool IsNameOf(string type, string name) =>
        Endings.TryGetValue(type, out var endings)
        && endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static bool IsText(ReadOnlySpan<byte> content) => !content.Contains((byte)0) && Utf8.IsValid(content);

    /// <summary>A workbook, and without macros; other files are packed in the same way.</summary>
    private static bool IsSpreadsheet(ReadOnlyMemory<byte> content)
    {
        if (!content.Span.StartsWith("PK"u8))
            return false;
        try
        {
            using var packed = new ZipArchive(new MemoryStream(content.ToArray(), writable: false));
            var parts = packed.Entries.Select(entry => entry.FullName).ToList();
            return parts.Contains("[Content_Types].xml") && parts.Contains("xl/workbook.xml") && !parts.Any(part =>
                part.Contains("vbaProject", StringComparison.OrdinalIgnoreCase)
                || part.Contains("macrosheets", StringComparison.OrdinalIgnoreCase));
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
