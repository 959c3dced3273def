using OrderToCash.CashApplication.Statements.Formats.Bai;
using OrderToCash.CashApplication.Statements.Formats.Coda;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.CashApplication.Statements.Formats.Nacha;
using OrderToCash.CashApplication.Statements.Formats.Ofx;
using OrderToCash.CashApplication.Statements.Formats.Swift;
using OrderToCash.CashApplication.Statements.Formats.X12;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>The formats that are read, as <c>?format=</c> names them.</summary>
public enum StatementFormat
{
    /// <summary>ISO 20022 camt.052, camt.053, camt.054.</summary>
    Camt,

    /// <summary>SWIFT MT940 and MT942.</summary>
    Swift,

    /// <summary>BAI2 balance reporting.</summary>
    Bai2,

    /// <summary>BAI lockbox.</summary>
    BaiLockbox,

    /// <summary>X12 823, lockbox.</summary>
    X12Lockbox,

    /// <summary>X12 820, remittance advice: it books nothing.</summary>
    X12Remittance,

    /// <summary>OFX and QFX.</summary>
    Ofx,

    /// <summary>NACHA (ACH).</summary>
    Nacha,

    /// <summary>CODA.</summary>
    Coda,

    /// <summary>CSV by a named mapping.</summary>
    Csv,
}

/// <summary>Tells formats apart by how a file begins, and opens their readers.</summary>
public static class StatementFormats
{
    /// <summary>So much of a file's beginning tells its format.</summary>
    public const int HeadBytes = 4096;

    private const int CodaWidth = 128;

    /// <summary>Every name that <c>?format=</c> may have.</summary>
    public const string Names =
        "camt, mt940, mt942, bai2, bai-lockbox, x12-823, x12-820, ofx, nacha, coda, csv";

    /// <summary>The format of this name, or null; also exact versions such as <c>camt.053.001.08</c>.</summary>
    public static StatementFormat? Named(string? name) => name?.ToLowerInvariant() switch
    {
        { } camt when camt.StartsWith("camt", StringComparison.Ordinal) => StatementFormat.Camt,
        "mt940" or "mt942" or "swift" => StatementFormat.Swift,
        "bai2" => StatementFormat.Bai2,
        "bai-lockbox" or "bai.lockbox" or "lockbox" => StatementFormat.BaiLockbox,
        "x12-823" or "x12.823" or "edi-823" or "edi823" => StatementFormat.X12Lockbox,
        "x12-820" or "x12.820" or "edi-820" or "edi820" => StatementFormat.X12Remittance,
        "ofx" or "qfx" => StatementFormat.Ofx,
        "nacha" or "ach" => StatementFormat.Nacha,
        "coda" => StatementFormat.Coda,
        "csv" => StatementFormat.Csv,
        _ => null,
    };

    /// <summary>
    /// The format that a file beginning so is of, or null where it is none that is told by its beginning.
    /// </summary>
    public static StatementFormat? Detect(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, HeadBytes)];
        var start = Trimmed(head);
        if (start is [(byte)'<', ..])
            return Contains(head, "<OFX"u8) || Contains(head, "<?OFX"u8) ? StatementFormat.Ofx : StatementFormat.Camt;
        if (start.StartsWith("OFXHEADER"u8))
            return StatementFormat.Ofx;
        if (start.StartsWith("ISA"u8))
            return X12(start);
        if (start.StartsWith("01,"u8))
            return StatementFormat.Bai2;
        var line = FirstLine(start);
        if (start.StartsWith("101"u8) && start.Length > 37 && start[34..37].SequenceEqual("094"u8))
            return StatementFormat.Nacha;
        if (start.StartsWith("0000"u8) && line.Length == CodaWidth && line[^1] is (byte)'1' or (byte)'2')
            return StatementFormat.Coda;
        if (IsSwift(start))
            return StatementFormat.Swift;
        return start is [(byte)'1', ..] && FirstLine(start[Math.Min(start.Length, line.Length)..].TrimStart("\r\n"u8))
            is [(byte)'2' or (byte)'5', ..]
            ? StatementFormat.BaiLockbox
            : null;
    }

    /// <summary>
    /// The reader of a format, on the file's beginning; throws <see cref="StatementRefused"/> when it is of another
    /// one. The stream stays the caller's to dispose.
    /// </summary>
    /// <param name="format">Not remittance advice, which has no statements.</param>
    /// <param name="stream">The file.</param>
    /// <param name="mapping">For CSV.</param>
    /// <param name="account">The account of a CSV whose mapping names none.</param>
    /// <param name="limits">How much is believed.</param>
    public static IStatementReader Open(
        StatementFormat format, Stream stream, CsvMapping? mapping = null, string? account = null,
        StatementLimits? limits = null) => format switch
        {
            StatementFormat.Camt => CamtReader.Open(stream, limits),
            StatementFormat.Swift => new SwiftReader(stream, limits),
            StatementFormat.Bai2 => new Bai2Reader(stream, limits),
            StatementFormat.BaiLockbox => new BaiLockboxReader(stream, limits),
            StatementFormat.X12Lockbox => new X12LockboxReader(stream, limits),
            StatementFormat.Ofx => new OfxReader(stream, limits),
            StatementFormat.Nacha => new NachaReader(stream, limits),
            StatementFormat.Coda => new CodaReader(stream, limits),
            StatementFormat.Csv => new CsvStatementReader(stream, mapping
                ?? throw new ArgumentNullException(nameof(mapping)), account, limits),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "It has no statements."),
        };

    /// <summary>
    /// A byte order mark, the zero bytes of UTF-16 and white space may stand before the first character.
    /// </summary>
    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> before = [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0x00, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];
        var start = head.IndexOfAnyExcept(before);
        return start < 0 ? [] : head[start..];
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? text : text[..end];
    }

    private static bool Contains(ReadOnlySpan<byte> head, ReadOnlySpan<byte> text) => head.IndexOf(text) >= 0;

    /// <summary>A message in its envelope, or a tagged field at the beginning of a line.</summary>
    private static bool IsSwift(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("{1:"u8) || start.StartsWith("\u0001{1:"u8) || start.StartsWith(":20:"u8))
            return true;
        var at = start.IndexOf("\n:20:"u8);
        return at >= 0 && start[..at].IndexOf((byte)',') < 0
            || start is [(byte)':', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9', ..];
    }

    /// <summary>The first transaction set says what an interchange is.</summary>
    private static StatementFormat? X12(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4)
            return null;
        ReadOnlySpan<byte> header = [(byte)'S', (byte)'T', start[3]];
        for (var from = 4; from < start.Length;)
        {
            var at = start[from..].IndexOf(header);
            if (at < 0 || from + at + 6 > start.Length)
                return null;
            at += from;
            if (!char.IsAsciiLetterOrDigit((char)start[at - 1]))
            {
                return start.Slice(at + 3, 3) switch
                {
                    [(byte)'8', (byte)'2', (byte)'0'] => StatementFormat.X12Remittance,
                    [(byte)'8', (byte)'2', (byte)'3'] => StatementFormat.X12Lockbox,
                    _ => null,
                };
            }

            from = at + 1;
        }

        return null;
    }
}
