using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// One sheet, and one behind it where the table has a summary. Numbers are numbers, dates are dates, texts are texts
/// and never formulas. Written row by row, and the same table gives the same bytes: the parts of the package are made
/// here because the SDK's packages hold the time at which they were made.
/// </summary>
internal static class XlsxTable
{
    /// <summary>Rows of a sheet, its heading among them.</summary>
    private const int MaxRows = 1_048_576;
    private const int MaxText = 32_767;
    private const int SampledRows = 200;
    private const int MaxWidth = 60;
    private const uint DateStyle = 1;
    private const uint InstantStyle = 2;
    private const uint HeadingStyle = 3;

    /// <summary>Style of a decimal with no digits after the point; the next ones have one digit more each.</summary>
    private const uint DecimalStyle = 4;
    private const int MaxScale = 8;

    private const string Declaration = """<?xml version="1.0" encoding="utf-8"?>""";
    private const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Packages = "http://schemas.openxmlformats.org/package/2006";

    private const string SecondType =
        $"<Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"{Types}.worksheet+xml\"/>";

    private const string SecondSheet =
        $"<Relationship Id=\"summary\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet2.xml\"/>";

    private static readonly DateTime Epoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>The first time that a ZIP file can hold.</summary>
    private static readonly DateTimeOffset Undated = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(Stream target, Table table)
    {
        var (secondType, secondSheet) = table.Summary is null ? ("", "") : (SecondType, SecondSheet);
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "[Content_Types].xml", $"""
            {Declaration}<Types xmlns="{Packages}/content-types"><Default Extension="rels" ContentType=
            "application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"
            ContentType="{Types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml"
            ContentType="{Types}.worksheet+xml"/>{secondType}<Override PartName="/xl/styles.xml"
            ContentType="{Types}.styles+xml"/></Types>
            """);
        Add(archive, "_rels/.rels", $"""
            {Declaration}<Relationships xmlns="{Packages}/relationships"><Relationship Id="book"
            Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """);
        Add(archive, "xl/_rels/workbook.xml.rels", $"""
            {Declaration}<Relationships xmlns="{Packages}/relationships"><Relationship Id="sheet"
            Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/>{secondSheet}<Relationship Id="styles"
            Type="{Relations}/styles" Target="styles.xml"/></Relationships>
            """);
        var sheets = new Sheets(new Sheet { Id = "sheet", SheetId = 1, Name = "Data" });
        if (table.Summary is not null)
            sheets.AppendChild(new Sheet { Id = "summary", SheetId = 2, Name = "Summary" });
        Add(archive, "xl/workbook.xml", writer => writer.WriteElement(new Workbook(sheets)));
        Add(archive, "xl/styles.xml", writer => writer.WriteElement(Styles()));
        Add(archive, "xl/worksheets/sheet1.xml", writer => WriteSheet(writer, table));
        if (table.Summary is { } summary)
            Add(archive, "xl/worksheets/sheet2.xml", writer => WriteSummary(writer, summary));
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var part = Open(archive, name);
        part.Write(Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" ")));
    }

    private static void Add(ZipArchive archive, string name, Action<OpenXmlWriter> write)
    {
        using var part = Open(archive, name);
        using var writer = OpenXmlWriter.Create(part);
        write(writer);
    }

    private static Stream Open(ZipArchive archive, string name)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = Undated;
        return entry.Open();
    }

    private static void WriteSheet(OpenXmlWriter writer, Table table)
    {
        using var rows = table.Rows.GetEnumerator();
        var first = new List<IReadOnlyList<object?>>();
        while (first.Count < SampledRows && rows.MoveNext())
            first.Add(rows.Current);

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
        if (table.Columns.Count > 0)
            writer.WriteElement(Widths(table.Columns, first));
        writer.WriteStartElement(new SheetData());
        WriteRow(writer, table.Columns, name => Text(name, HeadingStyle));
        foreach (var row in first)
            WriteRow(writer, row, Cell);
        for (var count = 1 + first.Count; rows.MoveNext(); count++)
        {
            if (count == MaxRows)
                throw new ProblemException(TooManyRows());
            WriteRow(writer, rows.Current, Cell);
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteSummary(OpenXmlWriter writer, TableSummary summary)
    {
        List<IReadOnlyList<object?>> rows = [.. summary.Totals.Rows];
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(Widths(summary.Totals.Columns, rows));
        writer.WriteStartElement(new SheetData());
        WriteRow(writer, [summary.Title], title => Text(title, HeadingStyle));
        WriteRow(writer, summary.Totals.Columns, name => Text(name, HeadingStyle));
        foreach (var row in rows)
            WriteRow(writer, row, Cell);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    /// <summary>Columns as wide as what is seen first, so that no date and no amount shows as hashes.</summary>
    private static Columns Widths(IReadOnlyList<string> headings, List<IReadOnlyList<object?>> rows) =>
        new(headings.Select((heading, index) => new Column
        {
            Min = (uint)index + 1,
            Max = (uint)index + 1,
            Width = 2 + Math.Min(MaxWidth, rows.Select(row => Length(row[index])).Append(heading.Length).Max()),
            CustomWidth = true,
        }));

    private static int Length(object? value) => value switch
    {
        DateOnly => 10,
        DateTimeOffset or DateTime => 19,
        decimal number => number.ToString("N" + Scale(number), CultureInfo.InvariantCulture).Length,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)?.Length ?? 0,
    };

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
        decimal number => Number(number, DecimalStyle + (uint)Scale(number)),
        byte or short or int or long => Number(Convert.ToDecimal(value, CultureInfo.InvariantCulture), DecimalStyle),
        _ => Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", 0),
    };

    private static Cell Number(decimal value, uint style) => new()
    {
        CellValue = new CellValue(value.ToString(CultureInfo.InvariantCulture)),
        StyleIndex = style,
    };

    private static int Scale(decimal number) => Math.Min(number.Scale, (byte)MaxScale);

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
            .Select(scale => scale == 0 ? "0" : $"#,##0.{new string('0', scale)}")];
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

    private static Problem TooManyRows() => new(
        "too-many-rows", "A rule refuses it", StatusCodes.Status422UnprocessableEntity,
        $"A sheet has {MaxRows} rows and this needs more. Ask for CSV or for less.");
}
