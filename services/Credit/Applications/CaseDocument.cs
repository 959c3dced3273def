using System.Globalization;

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

    /// <summary>PDF.</summary>
    public const string Pdf = "application/pdf";

    /// <summary>PNG.</summary>
    public const string Png = "image/png";

    /// <summary>JPEG.</summary>
    public const string Jpeg = "image/jpeg";

    /// <summary>Plain text.</summary>
    public const string Text = "text/plain";

    /// <summary>Comma-separated values.</summary>
    public const string Csv = "text/csv";

    /// <summary>XLSX.</summary>
    public const string Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

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
}
