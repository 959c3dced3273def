using System.Globalization;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace OrderToCash.ServiceDefaults;

/// <summary>One sheet; numbers are numbers, dates are dates, texts are texts and never formulas.</summary>
internal static class XlsxTable
{
    private const int MaxText = 32_767;
    private const uint DateStyle = 1;
    private const uint InstantStyle = 2;
    private const uint HeadingStyle = 3;

    /// <summary>Style of a decimal with no digits after the point; the next ones have one digit more each.</summary>
    private const uint DecimalStyle = 4;
    private const int MaxScale = 8;

    private static readonly DateTime Epoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    public static byte[] Write(Table table)
    {
        using var memory = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(memory, SpreadsheetDocumentType.Workbook))
        {
            var book = document.AddWorkbookPart();
            book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
            var sheet = book.AddNewPart<WorksheetPart>();
            WriteSheet(sheet, table);
            book.Workbook = new Workbook(new Sheets(
                new Sheet { Id = book.GetIdOfPart(sheet), SheetId = 1, Name = "Data" }));
        }

        return memory.ToArray();
    }

    private static void WriteSheet(WorksheetPart part, Table table)
    {
        using var writer = OpenXmlWriter.Create(part);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(new SheetViews(new SheetView(
            new Pane
            {
                VerticalSplit = 1,
                TopLeftCell = "A2",
                ActivePane = PaneValues.BottomLeft,
                State = PaneStateValues.Frozen,
            })
        { WorkbookViewId = 0 }));
        writer.WriteStartElement(new SheetData());
        WriteRow(writer, table.Columns, name => Text(name, HeadingStyle));
        foreach (var row in table.Rows)
            WriteRow(writer, row, Cell);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteRow<T>(OpenXmlWriter writer, IEnumerable<T> cells, Func<T, Cell> cell)
    {
        writer.WriteStartElement(new Row());
        foreach (var value in cells)
            writer.WriteElement(cell(value));
        writer.WriteEndElement();
    }

    private static Cell Cell(object? value) => value switch
    {
        null => new Cell(),
        bool flag => new Cell { DataType = CellValues.Boolean, CellValue = new CellValue(flag ? "1" : "0") },
        DateOnly date => Number(date.DayNumber - DateOnly.FromDateTime(Epoch).DayNumber, DateStyle),
        DateTimeOffset at => Number(Days(at.UtcDateTime), InstantStyle),
        DateTime at => Number(Days(at), InstantStyle),
        decimal number => Number(number, DecimalStyle + (uint)Math.Min(number.Scale, (byte)MaxScale)),
        byte or short or int or long => Number(Convert.ToDecimal(value, CultureInfo.InvariantCulture), DecimalStyle),
        _ => Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", 0),
    };

    private static Cell Number(decimal value, uint style) => new()
    {
        CellValue = new CellValue(value.ToString(CultureInfo.InvariantCulture)),
        StyleIndex = style,
    };

    private static decimal Days(DateTime at) => (decimal)(at.Ticks - Epoch.Ticks) / TimeSpan.TicksPerDay;

    private static Cell Text(string text, uint style) => new()
    {
        DataType = CellValues.InlineString,
        InlineString = new InlineString(new Text(Clean(text)) { Space = SpaceProcessingModeValues.Preserve }),
        StyleIndex = style,
    };

    /// <summary>
    /// XML has no place for control characters and lone surrogates, and a cell none for more than its limit.
    /// </summary>
    private static string Clean(string text)
    {
        if (text.Length <= MaxText && text.All(XmlConvert.IsXmlChar))
            return text;
        var clean = new StringBuilder(Math.Min(text.Length, MaxText));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxText)
                break;
            if (!rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value))
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    private static Stylesheet Styles()
    {
        const uint firstFormat = 164;
        string[] formats = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "@", .. Enumerable.Range(0, MaxScale + 1)
            .Select(scale => scale == 0 ? "0" : $"0.{new string('0', scale)}")];
        var cells = new CellFormats(new CellFormat());
        for (var index = 0; index < formats.Length; index++)
        {
            cells.AppendChild(new CellFormat
            {
                NumberFormatId = firstFormat + (uint)index,
                ApplyNumberFormat = true,
                FontId = index + 1 == HeadingStyle ? 1U : 0U,
                ApplyFont = index + 1 == HeadingStyle,
            });
        }

        return new Stylesheet(
            new NumberingFormats(formats.Select((format, index) =>
                new NumberingFormat { NumberFormatId = firstFormat + (uint)index, FormatCode = format })),
            new Fonts(new Font(), new Font(new Bold())),
            new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }),
                new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
            new Borders(new Border()),
            cells);
    }
}
