namespace OrderToCash.CashApplication.Statements.Formats.Swift;

/// <summary>
/// The tagged fields of SWIFT text, each with its continuation lines. What stands between messages (envelopes, page
/// headers) is passed over; a message ends with a line of a hyphen, with its envelope, or where the next one begins.
/// </summary>
internal sealed class SwiftFields(RecordReader lines, StatementLimits limits)
{
    /// <summary>The tags that occur, so that reading one makes no new text.</summary>
    private static readonly string[] Known =
    [
        "61", "86", "20", "21", "25", "25P", "28", "28C", "60F", "60M", "62F", "62M", "64", "65", "34F", "13", "13D",
        "90C", "90D", "NS",
    ];

    private char[] _text = new char[1024];
    private int _length;
    private bool _isRepeated;

    /// <summary>Tag without its colons.</summary>
    public string Tag { get; private set; } = "";

    /// <summary>Line of the file on which the field starts, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>True for the last field of a message, where it says so.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The value; continuation lines follow on line feeds.</summary>
    public ReadOnlySpan<char> Value => _text.AsSpan(0, _length);

    /// <summary>Stands on the next field; false at the end of the file.</summary>
    public bool Next()
    {
        if (_isRepeated)
        {
            _isRepeated = false;
            return true;
        }

        while (lines.Next())
        {
            if (TagLength(lines.Record) is > 0 and var length)
            {
                Read(length);
                return true;
            }
        }

        Line = lines.Line;
        return false;
    }

    /// <summary>The field comes once more.</summary>
    public void Repeat() => _isRepeated = true;

    /// <summary>The value's first line.</summary>
    public ReadOnlySpan<char> FirstLine()
    {
        var end = Value.IndexOf('\n');
        return end < 0 ? Value : Value[..end];
    }

    /// <summary>The value's further lines.</summary>
    public ReadOnlySpan<char> FurtherLines()
    {
        var end = Value.IndexOf('\n');
        return end < 0 ? [] : Value[(end + 1)..];
    }

    /// <summary>The first line as text, or null when there is none.</summary>
    public string? Text() => FirstLine().Trim() is { Length: > 0 } text ? new string(text) : null;

    /// <summary>The first line without blanks.</summary>
    public string? CompactText() => Text()?.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>Refuses a second one of what there may be one of.</summary>
    public void OnlyOnce(bool present)
    {
        if (present)
            throw Refuse(StatementRefusals.ElementMisplaced, $"there is a second :{Tag}: in the statement.");
    }

    /// <summary>A refusal of the value.</summary>
    public StatementRefused Unreadable(string meant) =>
        Refuse(StatementRefusals.ValueUnreadable, $"'{RecordReader.Excerpt(FirstLine())}' is not {meant}.");

    /// <summary>A refusal that something is missing in the statement that ends here.</summary>
    public StatementRefused Missing(string what) => Refuse(StatementRefusals.ElementMissing, $"{what} is missing.");

    /// <summary>A refusal at this field.</summary>
    public StatementRefused Refuse(string code, string detail) =>
        new(new StatementRefusal(code, Line, Tag.Length == 0 ? "file" : $":{Tag}:", detail));

    private void Read(int tagLength)
    {
        Tag = Name(lines.Record[1..(tagLength - 1)]);
        (Line, IsLast, _length) = (lines.Line, false, 0);
        Append(lines.Record[tagLength..]);
        while (lines.Next())
        {
            var line = lines.Record;
            if (IsEnd(line))
            {
                IsLast = true;
                return;
            }

            if (TagLength(line) > 0 || IsEnvelope(line))
            {
                lines.Repeat();
                return;
            }

            if (_length + line.Length >= limits.MaxTextLength)
            {
                throw Refuse(StatementRefusals.LimitExceeded,
                    $"there are more than {limits.MaxTextLength} characters in the field.");
            }

            Append("\n");
            Append(line);
        }
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _text.Length)
            Array.Resize(ref _text, Math.Max(2 * _text.Length, _length + text.Length));
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Length of <c>:61:</c> with its colons at the line's start, else 0.</summary>
    private static int TagLength(ReadOnlySpan<char> line)
    {
        if (line is not [':', ..])
            return 0;
        if (line is [_, >= '0' and <= '9', >= '0' and <= '9', ':', ..] or [_, 'N', 'S', ':', ..])
            return 4;
        return line is [_, >= '0' and <= '9', >= '0' and <= '9', >= 'A' and <= 'Z', ':', ..] ? 5 : 0;
    }

    private static string Name(ReadOnlySpan<char> tag)
    {
        foreach (var known in Known)
        {
            if (tag.SequenceEqual(known))
                return known;
        }

        return new string(tag);
    }

    private static bool IsEnd(ReadOnlySpan<char> line) => line is ['-', ..] && line.TrimEnd() is ['-'] or ['-', '}', ..]
        or ['-', 'X', 'X', 'X'] or ['-', '-', '-', '-', '-'];

    private static bool IsEnvelope(ReadOnlySpan<char> line) => line is ['{', '1', ':', ..] or ['\u0001', '{', ..];
}
