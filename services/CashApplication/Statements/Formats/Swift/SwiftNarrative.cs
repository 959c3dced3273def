using System.Buffers;

namespace OrderToCash.CashApplication.Statements.Formats.Swift;

/// <summary>
/// What <c>:86:</c> says of an entry, in the three ways in which banks say it: the numbered parts of German, Austrian
/// and Polish banks (<c>166?00Gutschrift?20…</c>), the slash codes of Dutch and international ones
/// (<c>/EREF/…/REMI/…/</c>), or free text.
/// </summary>
internal readonly record struct SwiftNarrative
{
    /// <summary>Nothing told.</summary>
    public static readonly SwiftNarrative None = new() { Remittance = [] };

    private const int CodeLength = 3;

    /// <summary>A numbered part this long goes on in the next one without a blank.</summary>
    private const int FullPart = 27;

    private static readonly SearchValues<string> Purposes = SearchValues.Create(
        ["EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+"],
        StringComparison.Ordinal);

    private const string ChargesCode = "/CHGS/";

    /// <summary>What banks write by themselves: kind of business, amount as it was ordered, rate.</summary>
    private static readonly string[] BankCodes = ["TRTP", "OCMT", "EXCH"];

    private static readonly string[] SlashCodes =
    [
        "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "MARF", "CSID", "ORDP", "BENM", "CNTP", "PURP", "ISDT", "PREF",
        "RTRN", "ULTD", "ULTC", "ULTB", "SVCL", "UDTR", "RTYP", "TRCD", "IREF", "RREF", "CREF", "CDTRREFTP", "CDTRREF",
        "ADDR", "ID", "PT", "PY",
    ];

    /// <summary>Three digits of the kind of business (GVC), or null.</summary>
    public string? Code { get; init; }

    /// <summary>The bank's word for it.</summary>
    public string? PostingText { get; init; }

    /// <summary>The other party's name.</summary>
    public string? Name { get; init; }

    /// <summary>The other party's account.</summary>
    public string? Account { get; init; }

    /// <summary>The other party's bank.</summary>
    public string? Bic { get; init; }

    /// <summary>On whose behalf.</summary>
    public string? UltimateName { get; init; }

    /// <summary>The reference from end to end.</summary>
    public string? EndToEndId { get; init; }

    /// <summary>What the owner of the account called what it ordered (<c>KREF</c>).</summary>
    public string? OrderReference { get; init; }

    /// <summary>Direct-debit mandate.</summary>
    public string? MandateId { get; init; }

    /// <summary>Why a payment came back.</summary>
    public string? ReturnReason { get; init; }

    /// <summary>What is paid, in words.</summary>
    public IReadOnlyList<string> Remittance { get; init; }

    /// <summary>What the bank kept of it, as <c>EUR0,50</c>; or null.</summary>
    public string? Charges { get; init; }

    /// <summary>Reads the value of the field; lines are separated by line feeds.</summary>
    public static SwiftNarrative Parse(ReadOnlySpan<char> value, int maxLines) =>
        Told(value, maxLines) with { Charges = ChargesBefore(value) };

    /// <summary>
    /// What stands behind <c>/CHGS/</c> in what the bank alone writes, as behind the line of the entry; null where that
    /// is nowhere.
    /// </summary>
    public static string? ChargesIn(ReadOnlySpan<char> text)
    {
        if (text.IndexOf(ChargesCode) is not (>= 0 and var at))
            return null;
        var charges = text[(at + ChargesCode.Length)..];
        var end = charges.IndexOf('/');
        return Text(end < 0 ? charges : charges[..end])?.Replace("\n", "", StringComparison.Ordinal);
    }

    /// <summary>
    /// The same before anything that the payer may have written: nobody but the bank says what it kept.
    /// </summary>
    private static string? ChargesBefore(ReadOnlySpan<char> text)
    {
        for (var rest = text; rest is ['/', ..];)
        {
            if (rest.StartsWith(ChargesCode))
                return ChargesIn(rest);
            var code = rest[1..].IndexOf('/') + 1;
            if (code <= 1 || !BankCodes.Contains(new string(rest[1..code]), StringComparer.Ordinal))
                return null;
            var next = rest[(code + 1)..].IndexOf('/');
            if (next < 0)
                return null;
            rest = rest[(code + 1 + next)..];
            if (rest is ['/', '/', ..])
                rest = rest[1..];
        }

        return null;
    }

    private static SwiftNarrative Told(ReadOnlySpan<char> value, int maxLines)
    {
        if (value is [>= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', '?', >= '0' and <= '9', ..])
            return Numbered(new string(value[..CodeLength]), Unwrap(value));
        if (value is ['/', >= 'A' and <= 'Z', >= 'A' and <= 'Z', ..])
            return Slashed(Unwrap(value));
        return None with { Remittance = Lines(value, maxLines) };
    }

    /// <summary>Line ends are where the text was wrapped.</summary>
    private static string Unwrap(ReadOnlySpan<char> value) =>
        value.Contains('\n') ? new string(value).Replace("\n", "", StringComparison.Ordinal) : new string(value);

    private static string[] Lines(ReadOnlySpan<char> value, int maxLines)
    {
        var lines = new List<string>();
        foreach (var range in value.Split('\n'))
        {
            if (value[range].Trim() is { Length: > 0 } line && lines.Count < maxLines)
                lines.Add(new string(line));
        }

        return [.. lines];
    }

    private static SwiftNarrative Numbered(string code, string text)
    {
        string? posting = null, bic = null, account = null, name = null, reason = null;
        var purpose = new Pieces();
        for (var at = CodeLength; at >= 0 && at + 2 < text.Length;)
        {
            var next = NextPart(text, at + 3);
            var part = text.AsSpan(at + 3, (next < 0 ? text.Length : next) - at - 3);
            switch ((10 * (text[at + 1] - '0')) + text[at + 2] - '0')
            {
                case 0: posting = Text(part); break;
                case (>= 20 and <= 29) or (>= 60 and <= 63): purpose.Add(part); break;
                case 30: bic = Text(part); break;
                case 31: account = Compact(part); break;
                case 32: name = Text(part); break;
                case 33: name = name is null ? Text(part) : Text(name + new string(part)); break;
                case 34: reason = Text(part); break;
            }

            at = next;
        }

        var told = Purpose(purpose.ToString());
        return told with
        {
            Code = code,
            PostingText = posting,
            Bic = told.Bic ?? bic,
            Account = account ?? told.Account,
            Name = name,
            ReturnReason = reason is "000" or "00" or "997" or "992" ? null : ReasonOf(code, reason),
        };
    }

    /// <summary>The code key of a return stands only with returns; other business uses the part otherwise.</summary>
    private static string? ReasonOf(string code, string? reason) => code is "108" or "109" or "159" ? reason : null;

    private static int NextPart(string text, int from)
    {
        for (var at = from; (at = text.IndexOf('?', at)) >= 0; at++)
        {
            if (at + 2 < text.Length && char.IsAsciiDigit(text[at + 1]) && char.IsAsciiDigit(text[at + 2]))
                return at;
        }

        return -1;
    }

    /// <summary>The keys of SEPA within the purpose; without keys all of it is remittance.</summary>
    private static SwiftNarrative Purpose(string text)
    {
        var narrative = None;
        var at = text.AsSpan().IndexOfAny(Purposes);
        if (at < 0)
            return narrative with { Remittance = text.Length == 0 ? [] : [text] };
        var lines = new List<string>();
        Add(text.AsSpan(0, at));
        while (at >= 0)
        {
            var value = text.IndexOf('+', at) + 1;
            var length = text.AsSpan(value).IndexOfAny(Purposes);
            var part = text.AsSpan(value, length < 0 ? text.Length - value : length);
            switch (text.AsSpan(at, 3))
            {
                case "ERE": narrative = narrative with { EndToEndId = Reference(part) }; break;
                case "KRE": narrative = narrative with { OrderReference = Reference(part) }; break;
                case "MRE": narrative = narrative with { MandateId = Reference(part) }; break;
                case "SVW": Add(part); break;
                case "ABW": narrative = narrative with { UltimateName = Text(part) }; break;
                case "IBA": narrative = narrative with { Account = Compact(part) }; break;
                case "BIC": narrative = narrative with { Bic = Text(part) }; break;
            }

            at = length < 0 ? -1 : value + length;
        }

        return narrative with { Remittance = lines };

        void Add(ReadOnlySpan<char> part)
        {
            if (Text(part) is { } line)
                lines.Add(line);
        }
    }

    private static SwiftNarrative Slashed(string text)
    {
        var narrative = None;
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('/', at + 1);
            if (end < 0)
                break;
            var next = NextCode(text, end);
            var value = text.AsSpan(end + 1, Math.Max(0, next - end - 1)).TrimEnd('/');
            switch (text.AsSpan(at + 1, end - at - 1))
            {
                case "TRTP": narrative = narrative with { PostingText = Text(value) }; break;
                case "IBAN": narrative = narrative with { Account = Compact(value) }; break;
                case "BIC": narrative = narrative with { Bic = Text(value) }; break;
                case "NAME": narrative = narrative with { Name = Text(value) }; break;
                case "CNTP": narrative = Counterparty(narrative, value); break;
                case "EREF": narrative = narrative with { EndToEndId = Reference(value) }; break;
                case "MARF": narrative = narrative with { MandateId = Reference(value) }; break;
                case "RTRN": narrative = narrative with { ReturnReason = Text(value) }; break;
                case "ULTD" or "ULTC" or "ULTB": narrative = narrative with { UltimateName = Text(value) }; break;
                case "REMI" or "PY" or "CREF" or "CDTRREF" when Text(Plain(value)) is { } line: lines.Add(line); break;
            }

            at = next;
        }

        return narrative with { Remittance = lines.Count > 0 ? lines : [text] };
    }

    /// <summary>Account, bank, name, place.</summary>
    private static SwiftNarrative Counterparty(SwiftNarrative narrative, ReadOnlySpan<char> value)
    {
        var parts = new string(value).Split('/');
        return narrative with
        {
            Account = Compact(parts[0]),
            Bic = parts.Length > 1 ? Text(parts[1]) : null,
            Name = parts.Length > 2 ? Text(parts[2]) : null,
        };
    }

    /// <summary>The text of unstructured remittance, or the reference of a structured one, without its codes.</summary>
    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> value)
    {
        if (value.StartsWith("USTD//"))
            return value[6..];
        if (!value.StartsWith("STRD/"))
            return value;
        var reference = value[5..];
        return reference.StartsWith("CUR/") || reference.StartsWith("ISO/") ? reference[4..] : reference;
    }

    /// <summary>Where the next slash code begins, or the end of the text.</summary>
    private static int NextCode(string text, int from)
    {
        for (var at = from; (at = text.IndexOf('/', at)) >= 0; at++)
        {
            var end = text.IndexOf('/', at + 1);
            if (end < 0)
                return text.Length;
            var code = text.AsSpan(at + 1, end - at - 1);
            foreach (var known in SlashCodes)
            {
                if (code.SequenceEqual(known))
                    return at;
            }
        }

        return text.Length;
    }

    private static string? Reference(ReadOnlySpan<char> text) =>
        Text(text) is { } reference && reference is not ("NOTPROVIDED" or "NONREF") ? reference : null;

    private static string? Text(ReadOnlySpan<char> text) =>
        text.Trim() is { Length: > 0 } trimmed ? new string(trimmed) : null;

    private static string? Compact(ReadOnlySpan<char> text) =>
        Text(text)?.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>Joins parts; one that fills its field goes on in the next.</summary>
    private ref struct Pieces
    {
        private string? _text;
        private bool _isFull;

        public void Add(ReadOnlySpan<char> part)
        {
            _text = _text is null ? new string(part) : string.Concat(_text, _isFull ? "" : " ", part);
            _isFull = part.Length >= FullPart;
        }

        public override readonly string ToString() => _text ?? "";
    }
}
