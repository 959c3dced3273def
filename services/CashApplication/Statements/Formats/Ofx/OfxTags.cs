using System.Net;

namespace OrderToCash.CashApplication.Statements.Formats.Ofx;

/// <summary>
/// The tags of an OFX file, SGML (version 1) or XML (version 2), and the text behind each. Tags that are never closed
/// are usual. There is no document type and no entity but those for single characters.
/// </summary>
internal sealed class OfxTags
{
    private readonly RecordReader _records;
    private readonly StatementLimits _limits;

    /// <summary>Passes over what stands before the first tag.</summary>
    public OfxTags(Stream stream, StatementLimits limits)
    {
        _limits = limits;
        _records = new RecordReader(stream, limits, RecordCut.Terminator) { Terminator = (byte)'<' };
        _records.Next();
    }

    /// <summary>Name of the present tag; <c>/STMTTRN</c> closes.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Text behind the tag; null where there is none.</summary>
    public string? Text { get; private set; }

    /// <summary>Line of the file on which the tag stands, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Stands on the next tag; false at the end of the file.</summary>
    public bool Next()
    {
        while (_records.Next())
        {
            var record = _records.Record;
            if (record is ['?', ..])
                continue;
            if (record.StartsWith("!--"))
            {
                PassOverComment();
                continue;
            }

            Line = _records.Line;
            var end = record.IndexOf('>');
            if (end <= 0 || record[0] == '!')
            {
                throw Refuse(StatementRefusals.NotWellFormed,
                    $"'<{RecordReader.Excerpt(record)}' is no tag of OFX.");
            }

            Name = Named(record[..end].Trim());
            Text = ReadText(record[(end + 1)..]);
            return true;
        }

        Line = _records.Line;
        return false;
    }

    /// <summary>A refusal at the present tag.</summary>
    public StatementRefused Refuse(string code, string detail) =>
        new(new StatementRefusal(code, Line, Name.Length == 0 ? "file" : Name, detail));

    private void PassOverComment()
    {
        while (!_records.Record.Contains("-->", StringComparison.Ordinal))
        {
            if (!_records.Next())
                throw Refuse(StatementRefusals.NotWellFormed, "a comment is not closed.");
        }
    }

    private string? ReadText(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return _records.Next() ? CharacterData() : null;
        if (text.Length > _limits.MaxTextLength)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxTextLength} characters in a text.");
        }

        return Decoded(text);
    }

    /// <summary>Text in a character data section, which may follow on a tag; any other tag comes again.</summary>
    private string? CharacterData()
    {
        const string begin = "![CDATA[";
        const string end = "]]>";
        if (!_records.Record.StartsWith(begin))
        {
            _records.Repeat();
            return null;
        }

        var text = new string(_records.Record[begin.Length..]);
        while (!text.Contains(end, StringComparison.Ordinal))
        {
            if (!_records.Next())
                throw Refuse(StatementRefusals.NotWellFormed, "a character data section is not closed.");
            if (text.Length + _records.Record.Length > _limits.MaxTextLength)
                throw Refuse(StatementRefusals.LimitExceeded, "a character data section is too long.");
            text = $"{text}<{_records.Record}";
        }

        text = text[..text.IndexOf(end, StringComparison.Ordinal)].Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>
    /// References to single characters; one to the zero character cannot be kept and is left as it is.
    /// </summary>
    private static string Decoded(ReadOnlySpan<char> text)
    {
        if (!text.Contains('&'))
            return new string(text);
        var decoded = WebUtility.HtmlDecode(new string(text));
        return decoded.Contains('\0', StringComparison.Ordinal) ? new string(text) : decoded;
    }

    private static string Named(ReadOnlySpan<char> name) => name switch
    {
        "STMTTRN" => "STMTTRN",
        "/STMTTRN" => "/STMTTRN",
        "TRNTYPE" => "TRNTYPE",
        "DTPOSTED" => "DTPOSTED",
        "TRNAMT" => "TRNAMT",
        "FITID" => "FITID",
        "NAME" => "NAME",
        "MEMO" => "MEMO",
        _ => new string(name).ToUpperInvariant(),
    };
}
