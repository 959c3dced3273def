using System.Globalization;
using System.Text;
using System.Xml;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// Walks an untrusted ISO 20022 document forwards, child by child, and reads values where it stands. Elements of
/// another namespace and those that nobody asks for are passed over. It knows line and path of where it is, so that
/// every refusal names them. Memory is bounded by <see cref="StatementLimits"/>: no document tree, no document type,
/// no entities.
/// </summary>
internal sealed class XmlCursor : IDisposable
{
    /// <summary>18 digits, a point, a sign and some padding: what a decimal holds without rounding.</summary>
    private const int MaxNumberLength = 28;

    private const NumberStyles PlainNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private readonly StatementLimits _limits;
    private readonly GuardedStream _stream;
    private readonly XmlReader _reader;
    private readonly IXmlLineInfo _position;
    private readonly string[] _names;
    private readonly int[] _ordinals;
    private readonly char[] _text;
    private int _textLength;
    private Currency _currency;
    private string? _currencyCode;

    /// <summary>Banks still send Windows-1252, which .NET knows only when told to.</summary>
    static XmlCursor() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public XmlCursor(Stream stream, StatementLimits limits)
    {
        _limits = limits;
        _names = new string[limits.MaxDepth + 2];
        _ordinals = new int[limits.MaxDepth + 2];
        _text = new char[limits.MaxTextLength + 1];
        _stream = new GuardedStream(stream, this, limits);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            NameTable = new BoundedNameTable(this, limits.MaxNames),
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            CloseInput = false,
        };
        try
        {
            _reader = XmlReader.Create(_stream, settings);
        }
        catch (XmlException exception)
        {
            throw NotWellFormed(exception);
        }

        _position = (IXmlLineInfo)_reader;
    }

    /// <summary>Elements above this one.</summary>
    public int Depth { get; private set; }

    /// <summary>Line on which this element starts, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Name of this element without prefix.</summary>
    public string Name => _names[Depth];

    /// <summary>Namespace that the elements must have: that of the first one.</summary>
    public string Namespace { get; private set; } = "";

    /// <summary>Stands on the document's first element afterwards.</summary>
    public void Start()
    {
        while (Read())
        {
            if (_reader.NodeType != XmlNodeType.Element)
                continue;
            Namespace = _reader.NamespaceURI;
            Stand();
            return;
        }
    }

    /// <summary>
    /// Stands on the next child of the element at this depth, passing over whatever is left of the child before;
    /// false when there is none left.
    /// </summary>
    public bool NextChild(int parent)
    {
        if (_reader.Depth == parent && _reader.IsEmptyElement)
            return false;
        while (Read())
        {
            if (_reader.Depth <= parent)
                break;
            if (_reader.Depth == parent + 1 && _reader.NodeType == XmlNodeType.Element
                && ReferenceEquals(_reader.NamespaceURI, Namespace))
            {
                Stand();
                return true;
            }
        }

        Depth = parent;
        return false;
    }

    /// <summary>Reads what is left, so that a document that breaks off is found out.</summary>
    public void ReadToEnd()
    {
        while (Read())
        {
        }
    }

    /// <summary>Names the element's position among its like in refusals: <c>Ntry[3]</c>.</summary>
    public void Number(int ordinal) => _ordinals[Depth] = ordinal;

    /// <summary>The element's text without white space around it; null when there is none.</summary>
    public string? Text() => Read(wrapper: null) is { Length: > 0 } text ? new string(text) : null;

    /// <summary>The text, without any blanks: account numbers are also written in groups.</summary>
    public string? CompactText() => Text()?.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>The text of the element, or of the one named element in it, where newer versions have it.</summary>
    public ReadOnlySpan<char> Code(string? wrapper = null) => Read(wrapper);

    /// <summary>True where the element has the attribute.</summary>
    public bool HasAttribute(string name) => _reader.GetAttribute(name) is not null;

    /// <summary>An amount with its currency in <c>Ccy</c>; zero or more, for an indicator tells the side.</summary>
    public Money Money()
    {
        var currency = CurrencyOf(_reader.GetAttribute("Ccy"));
        var amount = Number(out var isNumber);
        if (!isNumber)
            throw Refuse(StatementRefusals.AmountUnreadable, $"'{Excerpt()}' is not an amount.");
        if (amount < 0)
            throw Refuse(StatementRefusals.AmountUnreadable, "an amount has no sign; CdtDbtInd tells the side.");
        if (amount >= Kernel.Money.Limit)
            throw Refuse(StatementRefusals.AmountUnreadable, $"'{Excerpt()}' is too large an amount.");
        return Kernel.Money.TryOf(amount, currency, out var money)
            ? money
            : throw Refuse(StatementRefusals.AmountOverPrecise,
                $"'{Excerpt()}' has more than the {currency.MinorUnits} decimals of {currency}.");
    }

    /// <summary>A currency code as the element's text.</summary>
    public Currency Currency() => CurrencyOf(Text());

    /// <summary>A decimal number without a currency, of either sign.</summary>
    public decimal Decimal()
    {
        var number = Number(out var isNumber);
        return isNumber ? number : throw Unreadable("a number");
    }

    /// <summary>A whole number of zero or more.</summary>
    public int Count() =>
        int.TryParse(Read(wrapper: null), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Unreadable("a count");

    /// <summary>True or false, in words or digits.</summary>
    public bool Indicator() => Read(wrapper: null) switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw Unreadable("true or false"),
    };

    /// <summary>
    /// The calendar date of a date or of a time of day, as the bank writes it: a date there is one in the bank's own
    /// calendar, so an offset does not move it.
    /// </summary>
    public DateOnly Date()
    {
        var text = Read(wrapper: null);
        return text.Length >= 10 && text[10..] is [] or ['T' or 'Z' or '+' or '-', ..]
            && DateOnly.TryParseExact(
                text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : throw Unreadable("a date");
    }

    /// <summary>Refuses a second one of what there may be one of.</summary>
    public void OnlyOnce(bool present)
    {
        if (present)
            throw Refuse(StatementRefusals.ElementMisplaced, $"there is a second {Name}.");
    }

    /// <summary>A refusal of the text just read.</summary>
    public StatementRefused Unreadable(string meant) =>
        Refuse(StatementRefusals.ValueUnreadable, $"'{Excerpt()}' is not {meant}.");

    /// <summary>A refusal that something is missing in this element.</summary>
    public StatementRefused Missing(string what) => Refuse(StatementRefusals.ElementMissing, $"{what} is missing.");

    /// <summary>A refusal because a limit is passed.</summary>
    public StatementRefused TooMany(string limit) =>
        Refuse(StatementRefusals.LimitExceeded, $"there are more than {limit}.");

    /// <summary>A refusal at this place.</summary>
    public StatementRefused Refuse(string code, string detail, Exception? cause = null) =>
        new(new StatementRefusal(code, Math.Max(Line, 1), Path(), detail), cause);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private void Stand()
    {
        Depth = _reader.Depth;
        Line = _position.LineNumber;
        _names[Depth] = _reader.LocalName;
        _ordinals[Depth] = 0;
    }

    private bool Read()
    {
        _stream.StartToken();
        try
        {
            if (!_reader.Read())
                return false;
        }
        catch (XmlException exception)
        {
            throw NotWellFormed(exception);
        }

        return _reader.Depth <= _limits.MaxDepth
            ? true
            : throw TooMany($"{_limits.MaxDepth} elements within each other");
    }

    /// <summary>Collects the text of the element and leaves the reader on its end.</summary>
    private ReadOnlySpan<char> Read(string? wrapper)
    {
        _textLength = 0;
        if (_reader.IsEmptyElement)
            return [];
        while (Read() && _reader.Depth > Depth)
        {
            if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                Append();
            else if (_reader.NodeType == XmlNodeType.Element && _reader.LocalName != wrapper)
                throw Refuse(StatementRefusals.ElementMisplaced, $"{_reader.LocalName} where text was expected.");
        }

        return _text.AsSpan(0, _textLength).Trim();
    }

    private void Append()
    {
        try
        {
            int read;
            while ((read = _reader.ReadValueChunk(_text, _textLength, _text.Length - _textLength)) > 0)
            {
                _textLength += read;
                if (_textLength > _limits.MaxTextLength)
                    throw TooMany($"{_limits.MaxTextLength} characters in a text");
            }
        }
        catch (XmlException exception)
        {
            throw NotWellFormed(exception);
        }
    }

    private decimal Number(out bool isNumber)
    {
        var text = Read(wrapper: null);
        isNumber = decimal.TryParse(text, PlainNumber, CultureInfo.InvariantCulture, out var number)
            && text.Length <= MaxNumberLength;
        return number;
    }

    private Currency CurrencyOf(string? code)
    {
        // A statement has one currency nearly everywhere: compare before looking up.
        if (code is not null && code == _currencyCode)
            return _currency;
        if (!Kernel.Currency.TryOf(code, out _currency))
        {
            throw Refuse(StatementRefusals.CurrencyUnknown,
                code is null ? "the amount has no currency." : $"'{Shorten(code)}' is not an ISO 4217 currency.");
        }

        _currencyCode = code;
        return _currency;
    }

    private StatementRefused NotWellFormed(XmlException exception) =>
        new(new StatementRefusal(StatementRefusals.NotWellFormed, Math.Max(exception.LineNumber, 1), Path(),
            Shorten(exception.Message)), exception);

    private string Excerpt() => Shorten(new string(_text.AsSpan(0, _textLength).Trim()));

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    /// <summary>The path below the message's own element, or what there is above it.</summary>
    private string Path()
    {
        const int messageDepth = 2;
        var first = Math.Min(messageDepth, Depth);
        var path = new StringBuilder();
        for (var depth = first; depth <= Depth; depth++)
        {
            if (_names[depth] is not { } name)
                break;
            path.Append(path.Length == 0 ? "" : "/").Append(Shorten(name));
            if (_ordinals[depth] > 0)
                path.Append(CultureInfo.InvariantCulture, $"[{_ordinals[depth]}]");
        }

        return path.Length == 0 ? "Document" : path.ToString();
    }

    /// <summary>Counts what the parser takes in, for the parser buffers a tag or attribute of any length.</summary>
    private sealed class GuardedStream(Stream inner, XmlCursor cursor, StatementLimits limits) : Stream
    {
        private long _total;
        private long _tokenStart;

        public void StartToken() => _tokenStart = _total;

        public override int Read(Span<byte> buffer)
        {
            if (_total > limits.MaxBytes)
                throw cursor.TooMany($"{limits.MaxBytes} bytes in the file");
            if (_total - _tokenStart > limits.MaxTokenBytes)
                throw cursor.TooMany($"{limits.MaxTokenBytes} bytes in one tag or text");
            var read = inner.Read(buffer);
            _total += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _total;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>The parser keeps every name it meets for as long as it lives; this one keeps only so many.</summary>
    private sealed class BoundedNameTable(XmlCursor cursor, int limit) : NameTable
    {
        private int _count;

        public override string Add(string key) => Get(key) ?? base.Add(Counted(key));

        public override string Add(char[] key, int start, int len)
        {
            if (Get(key, start, len) is { } known)
                return known;
            Counted("");
            return base.Add(key, start, len);
        }

        private string Counted(string key) => ++_count <= limit
            ? key
            : throw cursor.TooMany($"{limit} different names in the file");
    }
}
