namespace OrderToCash.CashApplication.Statements.Formats.Bai;

/// <summary>
/// The records of a BAI2 file with their continuations (88) put behind them, and their fields. A record ends with a
/// slash or, with banks that leave it out, with its line.
/// </summary>
internal sealed class BaiRecords(RecordReader lines, StatementLimits limits)
{
    private const string Continuation = "88,";

    private char[] _text = new char[1024];
    private int _length;
    private int _at;

    /// <summary>Two digits that say what the record is.</summary>
    public int Code { get; private set; }

    /// <summary>Line of the file on which the record starts, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Physical records so far, continuations among them.</summary>
    public int Count { get; private set; }

    /// <summary>Physical records before the present one.</summary>
    public int CountBefore { get; private set; }

    /// <summary>True while there is another field.</summary>
    public bool HasField => _at <= _length;

    /// <summary>Stands on the next record, behind its code; false at the end of the file.</summary>
    public bool Next()
    {
        if (!NextLine())
            return false;
        CountBefore = Count++;
        var line = lines.Record.TrimEnd();
        Line = lines.Line;
        if (line is not [>= '0' and <= '9', >= '0' and <= '9', ',', ..])
        {
            throw lines.Refuse(StatementRefusals.NotWellFormed, "record",
                $"'{RecordReader.Excerpt(line)}' is no record of BAI2.");
        }

        Code = (10 * (line[0] - '0')) + line[1] - '0';
        if (Code == 88)
            throw Refuse(StatementRefusals.ElementMisplaced, "a continuation stands first.");
        (_length, _at) = (0, 0);
        Append(line[3..]);
        while (NextLine())
        {
            line = lines.Record.TrimEnd();
            if (!line.StartsWith(Continuation))
            {
                lines.Repeat();
                break;
            }

            Count++;
            if (_length + line.Length > limits.MaxRecordBytes)
            {
                throw Refuse(StatementRefusals.LimitExceeded,
                    $"there are more than {limits.MaxRecordBytes} characters in the record.");
            }

            Append("\n");
            Append(line[3..]);
        }

        return true;
    }

    /// <summary>The next field, empty where there is none left.</summary>
    public ReadOnlySpan<char> Field()
    {
        if (_at > _length)
            return [];
        var rest = _text.AsSpan(_at, _length - _at);
        var end = rest.IndexOfAny(',', '\n');
        _at += (end < 0 ? rest.Length : end) + 1;
        return (end < 0 ? rest : rest[..end]).Trim();
    }

    /// <summary>The next field as text, or null where it is empty.</summary>
    public string? Text() => Field() is { Length: > 0 } text ? new string(text) : null;

    /// <summary>All that is left, which is free text: commas are part of it, lines are those of the file.</summary>
    public List<string> Lines()
    {
        var texts = new List<string>();
        var rest = _at > _length ? [] : _text.AsSpan(_at, _length - _at);
        _at = _length + 1;
        foreach (var range in rest.Split('\n'))
        {
            if (rest[range].Trim() is { Length: > 0 } line)
            {
                if (texts.Count == limits.MaxRepeats)
                    throw Refuse(StatementRefusals.LimitExceeded, $"there are more than {limits.MaxRepeats} lines.");
                texts.Add(new string(line));
            }
        }

        return texts;
    }

    /// <summary>A refusal at this record.</summary>
    public StatementRefused Refuse(string code, string detail) =>
        new(new StatementRefusal(code, Line, $"record {Code:00}", detail));

    private bool NextLine()
    {
        while (lines.Next())
        {
            if (!lines.Record.IsWhiteSpace())
                return true;
        }

        return false;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (text is [.., '/'])
            text = text[..^1];
        if (_length + text.Length > _text.Length)
            Array.Resize(ref _text, Math.Max(2 * _text.Length, _length + text.Length));
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }
}
