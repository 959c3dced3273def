using System.Globalization;

namespace OrderToCash.CashApplication.Statements.Formats.X12;

/// <summary>
/// The segments of an X12 interchange, with the separators that its header names, and the counts and control numbers of
/// its envelopes (SE, GE, IEA), which must hold.
/// </summary>
internal sealed class X12Segments
{
    private const int IsaElements = 16;
    private const int MaxElements = 64;

    private readonly RecordReader _records;
    private readonly Range[] _elements = new Range[MaxElements];
    private readonly char _separator;
    private int _count;
    private int _firstOfSet;
    private int _sets;
    private int _groups;
    private string _set = "";
    private string _group = "";
    private string _interchange = "";

    /// <summary>Reads the header's separators; the first segment is the header itself.</summary>
    public X12Segments(Stream stream, StatementLimits limits)
    {
        _records = new RecordReader(stream, limits, RecordCut.Terminator);
        (_separator, _records.Terminator) = ReadSeparators();
    }

    /// <summary>The segment's name, e.g. <c>RMR</c>.</summary>
    public ReadOnlySpan<char> Id => Element(0);

    /// <summary>Line of the file on which the segment starts, from 1; often all of a file is one line.</summary>
    public int Line => _records.Line;

    /// <summary>The transaction set that the present segment is in, e.g. <c>820</c>; empty outside.</summary>
    public string TransactionSet { get; private set; } = "";

    /// <summary>Sender and control number of the interchange.</summary>
    public string? MessageId { get; private set; }

    /// <summary>Stands on the next segment within a transaction set; envelopes are checked on the way.</summary>
    public bool Next()
    {
        while (Read())
        {
            switch (Id)
            {
                case "ISA":
                    _interchange = Text(13) ?? "";
                    MessageId = $"{Text(6)}-{_interchange}";
                    _groups = 0;
                    break;
                case "GS":
                    (_group, _sets) = (Text(6) ?? "", 0);
                    break;
                case "ST":
                    (TransactionSet, _set, _firstOfSet) = (Text(1) ?? "", Text(2) ?? "", _records.Ordinal);
                    return true;
                case "SE":
                    Check(1, _records.Ordinal - _firstOfSet + 1, "segments", 2, _set);
                    _sets++;
                    TransactionSet = "";
                    break;
                case "GE":
                    Check(1, _sets, "transaction sets", 2, _group);
                    _groups++;
                    break;
                case "IEA":
                    Check(1, _groups, "groups", 2, _interchange);
                    _interchange = "";
                    break;
                default:
                    return TransactionSet.Length > 0 ? true : throw Refuse(
                        StatementRefusals.ElementMisplaced, "the segment stands outside a transaction set.");
            }
        }

        return _interchange.Length == 0 && _records.Ordinal > 0 ? false : throw Refuse(
            StatementRefusals.NotWellFormed, "the file breaks off: there is no IEA that ends the interchange.");
    }

    /// <summary>The present segment comes once more.</summary>
    public void Repeat() => _records.Repeat();

    /// <summary>The element at this position, from 1; empty where there is none.</summary>
    public ReadOnlySpan<char> Element(int position) =>
        position < _count ? _records.Record[_elements[position]].Trim() : [];

    /// <summary>The element as text, or null where it is empty.</summary>
    public string? Text(int position) => Element(position) is { Length: > 0 } text ? new string(text) : null;

    /// <summary>A decimal number with an optional sign, or null where the element is empty.</summary>
    public decimal? Number(int position)
    {
        var text = Element(position);
        if (text.Length == 0)
            return null;
        return X12Remittance.TryNumber(text, out var number) ? number : throw Refuse(
            StatementRefusals.AmountUnreadable, $"'{RecordReader.Excerpt(text)}' is not an amount.");
    }

    /// <summary>A day as <c>yyyyMMdd</c> or <c>yyMMdd</c>, or null where the element is empty.</summary>
    public DateOnly? Day(int position)
    {
        var text = Element(position);
        if (text.Length == 0)
            return null;
        return FieldText.TryLongDay(text, out var day) || FieldText.TryShortDay(text, out day) ? day : throw Refuse(
            StatementRefusals.ValueUnreadable, $"'{RecordReader.Excerpt(text)}' is not a day.");
    }

    /// <summary>A refusal at the present segment.</summary>
    public StatementRefused Refuse(string code, string detail) => _records.Refuse(
        code, string.Create(CultureInfo.InvariantCulture, $"segment {_records.Ordinal} ({RecordReader.Excerpt(Id)})"),
        detail);

    private bool Read()
    {
        _count = 0;
        do
        {
            if (!_records.Next())
                return false;
        }
        while (_records.Record.IsWhiteSpace());

        foreach (var range in _records.Record.Split(_separator))
        {
            if (_count == MaxElements)
            {
                throw Refuse(StatementRefusals.LimitExceeded,
                    $"there are more than {MaxElements} elements in the segment.");
            }

            _elements[_count++] = range;
        }

        return true;
    }

    private void Check(int countAt, int count, string what, int numberAt, string number)
    {
        if (!FieldText.TryCount(Element(countAt), out var stated) || stated != count)
        {
            throw Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"'{Text(countAt)}' {what} are stated, {count} are there."));
        }

        if ((Text(numberAt) ?? "") != number)
        {
            throw Refuse(StatementRefusals.SummaryDiffers,
                $"it ends number '{Text(numberAt)}', but '{number}' was begun.");
        }
    }

    /// <summary>
    /// The character behind <c>ISA</c> parts elements; behind the sixteenth element, one character long, is what ends
    /// segments. Senders do not all keep to the fixed width of the header.
    /// </summary>
    private (char Separator, byte Terminator) ReadSeparators()
    {
        while (_records.Peek().Length < 512 && _records.More())
        {
        }

        var bytes = _records.Peek();
        var start = bytes.IndexOf("ISA"u8);
        if (start < 0 || start + 4 >= bytes.Length || bytes[..start].ContainsAnyExcept(" \t\r\n"u8))
        {
            throw _records.Refuse(StatementRefusals.UnsupportedStatementType, "segment 1",
                "an X12 interchange begins with ISA.");
        }

        var separator = bytes[start + 3];
        var at = start + 3;
        for (var element = 1; element < IsaElements; element++)
        {
            var next = bytes[(at + 1)..].IndexOf(separator);
            if (next < 0)
                break;
            at += next + 1;
        }

        if (at + 2 >= bytes.Length)
            throw _records.Refuse(StatementRefusals.NotWellFormed, "segment 1 (ISA)", "the header breaks off.");
        return ((char)separator, bytes[at + 2]);
    }
}
