using System.IO.Compression;
using System.Text.Unicode;
using OrderToCash.Credit.Applications;

namespace OrderToCash.Credit.UseCases;

/// <summary>Tells of which type the bytes of a document can be.</summary>
public static class DocumentContent
{
    /// <summary>True where these bytes can be of the type that they are said to be of.</summary>
    public static bool IsOf(string type, ReadOnlyMemory<byte> content) => type switch
    {
        CaseDocument.Pdf => content.Span.StartsWith("%PDF-"u8),
        CaseDocument.Png =>
            content.Span.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        CaseDocument.Jpeg => content.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]),
        CaseDocument.Spreadsheet => IsSpreadsheet(content),
        CaseDocument.Text or CaseDocument.Csv => IsText(content.Span),
        _ => false,
    };

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
