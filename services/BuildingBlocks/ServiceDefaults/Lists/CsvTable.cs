using System.Globalization;
using CsvHelper;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// RFC 4180. A text that a spreadsheet would run as a formula gets a leading apostrophe: exports travel by mail and
/// customers choose their names themselves.
/// </summary>
internal static class CsvTable
{
    public static void Write(Stream target, Table table)
    {
        using var csv = CsvWriter.Create(target, leaveOpen: true);
        csv.WriteRecord([.. table.Columns.Select(Safe)]);
        foreach (var row in table.Rows)
            csv.WriteRecord([.. row.Select(Text)]);
    }

    private static string Text(object? cell) => cell switch
    {
        null => "",
        string text => Safe(text),
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => Safe(cell.ToString() ?? ""),
    };

    private static string Safe(string text) =>
        text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' && !IsNumber(text) ? $"'{text}" : text;

    private static bool IsNumber(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out _);
}
