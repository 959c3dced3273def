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

    /// <summary>Media types that are kept: none of them is run by who opens it.</summary>
    public static readonly string[] Types = [Pdf, Png, Jpeg, Text, Csv, Spreadsheet];

    /// <summary>True where these bytes can be of the type that they are said to be of.</summary>
    public static bool IsOf(string type, ReadOnlySpan<byte> content) => type switch
    {
        Pdf => content.StartsWith("%PDF-"u8),
        Png => content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Jpeg => content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]),
        Spreadsheet => content.StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 0x03, 0x04]),
        Text or Csv => IsText(content),
        _ => false,
    };

    /// <summary>True for the name of a file alone, which says nothing of folders.</summary>
    public static bool IsFileName(string? name) => name is { Length: <= 200 } && !string.IsNullOrWhiteSpace(name)
        && name is not ("." or "..") && !name.Any(one => char.IsControl(one) || one is '/' or '\\' or '"');

    private static bool IsText(ReadOnlySpan<byte> content) => !content.Contains((byte)0) && Utf8.IsValid(content);
}
