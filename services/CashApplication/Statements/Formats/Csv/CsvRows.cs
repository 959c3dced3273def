using System.Globalization;
using System.Text;
using CsvHelper;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>The rows of a CSV, one after the other, and their fields as a mapping writes them.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly CsvMapping _mapping;
    private readonly StatementLimits _limits;
    private readonly CsvReader _rows;
    private int _count;

    /// <param name="stream">Stays the caller's to dispose.</param>
    /// <param name="mapping">How to read it; checked before.</param>
    /// <param name="limits">How much is believed.</param>
    public CsvRows(Stream stream, CsvMapping mapping, StatementLimits limits)
    {
        (_mapping, _limits) = (mapping, limits);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        _rows = CsvReader.Create(PassOverLines(stream, mapping.SkipLines), new CsvReaderOptions
        {
            Separator = mapping.Delimiter[0],
            HasHeader = false,
            Encoding = mapping.Encoding == "utf-8" ? null : Encoding.GetEncoding(mapping.Encoding),
            MaxRecordSize = limits.MaxRecordBytes,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
        }, leaveOpen: true);
        Columns = new CsvColumns(mapping, _rows, mapping.HasHeadings ? Headings() : null);
    }

    /// <summary>The fields of the present row.</summary>
    public CsvColumns Columns { get; }

    /// <summary>Line of the file on which the present row starts, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Moves to the next row with something in it; a row of layout (sums, notes) is passed over.</summary>
    public bool Next()
    {
        while (Read())
        {
            if (Columns.IsLayout)
                continue;
            return ++_count <= _limits.MaxEntries ? true : throw Refuse(StatementRefusals.LimitExceeded, "row",
                $"there are more than {_limits.MaxEntries} rows in the file.");
        }

        return false;
    }

    /// <summary>The amount in a column, with its sign.</summary>
    public Money Amount(string column, string? text, Currency currency)
    {
        var digits = (text ?? "").AsSpan().Trim();
        var isNegative = digits is ['-', ..] or [.., '-'] or ['(', .., ')'];
        digits = digits.Trim("+-() \u00a0");
        if (_mapping.ThousandsSeparator is { } thousands && digits.Contains(thousands[0]))
            digits = new string(digits).Replace(thousands, "", StringComparison.Ordinal);
        if (!FieldText.TryNumber(digits, _mapping.DecimalPoint[0], out var number))
        {
            throw Refuse(StatementRefusals.AmountUnreadable, column,
                $"'{RecordReader.Excerpt(text)}' is not an amount.");
        }

        return Money.TryOf(isNegative ? -number : number, currency, out var money) ? money : throw Refuse(
            StatementRefusals.AmountOverPrecise, column,
            $"'{RecordReader.Excerpt(text)}' is not an amount of {currency}.");
    }

    /// <summary>The amount in a column; null where it is empty or none.</summary>
    public Money? AmountIn(string? column, Currency currency) =>
        column is not null && Columns[column] is { } text ? Amount(column, text, currency) : null;

    /// <summary>The day in a column; null where it is empty or none.</summary>
    public DateOnly? Day(string? column)
    {
        if (column is null || Columns[column] is not { } text)
            return null;
        return DateOnly.TryParseExact(
            text, _mapping.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Refuse(StatementRefusals.ValueUnreadable, column,
                $"'{RecordReader.Excerpt(text)}' is not a day as {_mapping.DateFormat}.");
    }

    /// <summary>The currency of the present row.</summary>
    public Currency Currency()
    {
        var code = Columns[_mapping.Currency] ?? _mapping.FixedCurrency;
        return Kernel.Currency.TryOf(code?.ToUpperInvariant(), out var currency)
            ? currency
            : throw Refuse(StatementRefusals.CurrencyUnknown, _mapping.Currency ?? "currency",
                $"'{RecordReader.Excerpt(code)}' is not an ISO 4217 currency.");
    }

    /// <summary>Something of the present row is wrong.</summary>
    public StatementRefused Refuse(string code, string column, string detail) =>
        new(new StatementRefusal(code, Line, column, detail));

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private string[] Headings() => Read()
        ? [.. Enumerable.Range(0, _rows.FieldCount).Select(_rows.GetString)]
        : throw Refuse(StatementRefusals.NoStatement, "headings", "there is no row of headings in the file.");

    private bool Read()
    {
        try
        {
            if (!_rows.Read())
                return false;
        }
        catch (CsvFormatException exception)
        {
            Line = _mapping.SkipLines + (int)Math.Max(exception.LineNumber, 1);
            throw new StatementRefused(new StatementRefusal(StatementRefusals.NotWellFormed, Line, "row",
                "the row is not well formed CSV (quotes), or it is too long."), exception);
        }

        Line = _mapping.SkipLines + (int)_rows.LineNumber;
        return true;
    }

    /// <summary>What stands above the rows need not be CSV.</summary>
    private BufferedStream PassOverLines(Stream stream, int lines)
    {
        var buffered = new BufferedStream(stream);
        var length = 0;
        while (lines > 0 && buffered.ReadByte() is >= 0 and var letter)
        {
            length = letter == '\n' ? 0 : length + 1;
            if (letter == '\n')
                lines--;
            if (length > _limits.MaxRecordBytes)
                throw Refuse(StatementRefusals.LimitExceeded, "file", "a line before the rows is too long.");
        }

        return buffered;
    }
}
