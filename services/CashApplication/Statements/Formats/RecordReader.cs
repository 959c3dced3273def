using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>How a text file is cut into records.</summary>
internal enum RecordCut
{
    /// <summary>By line ends of any system.</summary>
    Lines,

    /// <summary>By a byte of the file's own; line ends around records are layout.</summary>
    Terminator,

    /// <summary>After so many characters, or at a line end that comes earlier; blanks behind them are layout.</summary>
    Width,
}

/// <summary>
/// Reads an untrusted text file record by record, in bounded memory: no record is held that is longer than a limit
/// says. Each record is decoded by itself, as UTF-8 where it is that, else as Windows-1252, for banks mix them.
/// </summary>
internal sealed class RecordReader
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>A character takes up to four bytes.</summary>
    private const int BytesPerCharacter = 4;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private static readonly Encoding Windows1252;

    private readonly Stream _stream;
    private readonly StatementLimits _limits;
    private readonly RecordCut _cut;
    private readonly int _width;
    private byte[] _bytes = new byte[BufferBytes];
    private char[] _characters = new char[1024];
    private int _start;
    private int _end;
    private int _length;
    private int _nextLine = 1;
    private long _total;
    private bool _isEnded;
    private bool _isRepeated;

    static RecordReader()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Windows1252 = Encoding.GetEncoding(1252);
    }

    /// <param name="stream">Stays the caller's to dispose.</param>
    /// <param name="limits">How much is believed.</param>
    /// <param name="cut">How it is cut.</param>
    /// <param name="width">Characters of a record, where the cut is by width.</param>
    public RecordReader(Stream stream, StatementLimits limits, RecordCut cut = RecordCut.Lines, int width = 0)
    {
        (_stream, _limits, _cut, _width) = (stream, limits, cut, width);
        Fill();
        if (_bytes.AsSpan(0, _end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            _start = 3;
    }

    /// <summary>What ends a record, where the cut is by terminator; may be set once the first record told it.</summary>
    public byte Terminator { get; set; } = (byte)'\n';

    /// <summary>The present record, without what ends it; valid until the next one is asked for.</summary>
    public ReadOnlySpan<char> Record => _characters.AsSpan(0, _length);

    /// <summary>Line of the file on which the record starts, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Position of the record in the file, from 1.</summary>
    public int Ordinal { get; private set; }

    /// <summary>Stands on the next record; false at the end of the file.</summary>
    public bool Next()
    {
        if (_isRepeated)
        {
            _isRepeated = false;
            return true;
        }

        while (true)
        {
            var window = _bytes.AsSpan(_start, _end - _start);
            if (Cut(window) is { } cut)
            {
                Take(window, cut.Skipped, cut.Length, cut.Consumed);
                return true;
            }

            if (_isEnded)
            {
                _length = 0;
                return false;
            }

            if (window.Length > _limits.MaxRecordBytes)
            {
                Line = _nextLine;
                throw Refuse(StatementRefusals.LimitExceeded, "record",
                    $"there are more than {_limits.MaxRecordBytes} bytes in one record.");
            }

            Fill();
        }
    }

    /// <summary>The present record comes once more with the next call of <see cref="Next"/>.</summary>
    public void Repeat() => _isRepeated = true;

    /// <summary>The bytes at hand from here on, without moving; at most what the buffer holds.</summary>
    public ReadOnlySpan<byte> Peek() => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Reads more into what <see cref="Peek"/> shows; false at the end of the file.</summary>
    public bool More()
    {
        if (!_isEnded)
            Fill();
        return !_isEnded;
    }

    /// <summary>A refusal at the present record.</summary>
    public StatementRefused Refuse(string code, string element, string detail) =>
        new(new StatementRefusal(code, Math.Max(Line, 1), element, detail));

    /// <summary>The text within the record, shortened to what an answer can show.</summary>
    public static string Excerpt(ReadOnlySpan<char> text)
    {
        const int max = 60;
        text = text.Trim();
        return text.Length <= max ? new string(text) : string.Concat(text[..max], "…");
    }

    private (int Skipped, int Length, int Consumed)? Cut(ReadOnlySpan<byte> window) => _cut switch
    {
        RecordCut.Lines => CutLine(window),
        RecordCut.Terminator => CutAtTerminator(window),
        _ => CutAtWidth(window),
    };

    private (int, int, int)? CutLine(ReadOnlySpan<byte> window)
    {
        var length = window.IndexOfAny(LineEnds);
        if (length < 0)
            return _isEnded && window.Length > 0 ? (0, window.Length, window.Length) : null;
        return EndOfLine(window, length) is { } consumed ? (0, length, consumed) : null;
    }

    /// <summary>Where the line end at this place ends, or null when that cannot be seen yet.</summary>
    private int? EndOfLine(ReadOnlySpan<byte> window, int at)
    {
        if (window[at] == (byte)'\n')
            return at + 1;
        if (at + 1 < window.Length)
            return window[at + 1] == (byte)'\n' ? at + 2 : at + 1;
        return _isEnded ? at + 1 : null;
    }

    private (int, int, int)? CutAtTerminator(ReadOnlySpan<byte> window)
    {
        var skipped = 0;
        while (skipped < window.Length && window[skipped] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            skipped++;
        var length = window[skipped..].IndexOf(Terminator);
        if (length >= 0)
            return (skipped, length, skipped + length + 1);
        return _isEnded && skipped < window.Length
            ? (skipped, window.Length - skipped, window.Length)
            : null;
    }

    private (int, int, int)? CutAtWidth(ReadOnlySpan<byte> window)
    {
        var length = window.IndexOfAny(LineEnds);
        if (length < 0 && !_isEnded && window.Length <= _width * BytesPerCharacter)
            return null;
        if (length < 0)
            length = window.Length;
        if (length == 0)
            return window.Length > 0 && EndOfLine(window, 0) is { } empty ? (0, 0, empty) : null;

        // More than one record without a line end between them is told from one of wide characters by its text.
        var line = window[..Math.Min(length, _width * BytesPerCharacter)];
        if (length <= _width || (length == line.Length && CharactersIn(line) <= _width))
            return length == window.Length ? (0, length, length) : WithEnd(window, length, length);
        var blanks = _width;
        while (blanks < window.Length && window[blanks] == (byte)' ')
            blanks++;
        if (blanks == window.Length)
            return _isEnded ? (0, _width, blanks) : null;
        return window[blanks] is (byte)'\r' or (byte)'\n' ? WithEnd(window, _width, blanks) : (0, _width, blanks);
    }

    private (int, int, int)? WithEnd(ReadOnlySpan<byte> window, int length, int at) =>
        EndOfLine(window, at) is { } consumed ? (0, length, consumed) : null;

    private static int CharactersIn(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetCharCount(bytes) : bytes.Length;

    private void Take(ReadOnlySpan<byte> window, int skipped, int length, int consumed)
    {
        Line = _nextLine + (_cut == RecordCut.Terminator ? window[..skipped].Count((byte)'\n') : 0);
        Ordinal++;
        var record = window.Slice(skipped, length);
        if (length > _limits.MaxRecordBytes)
        {
            throw Refuse(StatementRefusals.LimitExceeded, "record",
                $"there are more than {_limits.MaxRecordBytes} bytes in one record.");
        }

        Decode(record);
        _start += consumed;
        _nextLine += _cut switch
        {
            RecordCut.Lines => 1,
            RecordCut.Terminator => window[..consumed].Count((byte)'\n'),
            _ => window[(consumed - 1)..consumed].IndexOfAny(LineEnds) >= 0 ? 1 : 0,
        };
    }

    private void Decode(ReadOnlySpan<byte> record)
    {
        if (record.Length > _characters.Length)
            _characters = new char[Math.Max(record.Length, 2 * _characters.Length)];
        if (record.Contains((byte)0))
        {
            throw Refuse(StatementRefusals.NotWellFormed, "record",
                "there is a zero byte; this is no text in an encoding that is read.");
        }

        if (Ascii.IsValid(record))
            Ascii.ToUtf16(record, _characters, out _length);
        else if (Utf8.IsValid(record))
            _length = Encoding.UTF8.GetChars(record, _characters);
        else
            _length = Windows1252.GetChars(record, _characters);
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        var read = _stream.Read(_bytes, _end, _bytes.Length - _end);
        _isEnded = read == 0;
        _end += read;
        _total += read;
        if (_total > _limits.MaxBytes)
        {
            Line = _nextLine;
            throw Refuse(StatementRefusals.LimitExceeded, "file",
                $"there are more than {_limits.MaxBytes} bytes in the file.");
        }
    }
}
