using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>Files made to harm: each ends in a refusal, and none in much memory.</summary>
public sealed partial class HostileCamt(ITestOutputHelper output)
{
    private const int Mutations = 2_000;

    private static readonly FrozenSet<string> Codes = typeof(StatementRefusals)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToFrozenSet(StringComparer.Ordinal);

    [Fact]
    public void Entities_are_never_expanded()
    {
        var entities = new StringBuilder("<!ENTITY a0 \"ha\">");
        for (var level = 1; level < 30; level++)
            entities.Append(CultureInfo.InvariantCulture, $"<!ENTITY a{level} \"&a{level - 1};&a{level - 1};\">");

        RefusedCheaply(WithDocumentType($"<!DOCTYPE Document [{entities}]>", "&a29;"), StatementRefusals.NotWellFormed);
    }

    [Theory]
    [InlineData("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")]
    [InlineData("<!DOCTYPE Document [<!ENTITY x SYSTEM \"http://127.0.0.1:9/\">]>")]
    [InlineData("<!DOCTYPE Document SYSTEM \"http://127.0.0.1:9/camt.dtd\">")]
    [InlineData("")]
    public void Nothing_outside_the_file_is_read(string documentType) =>
        RefusedCheaply(WithDocumentType(documentType, "&x;"), StatementRefusals.NotWellFormed);

    [Fact]
    public void Elements_nested_without_end_are_refused() => RefusedCheaply(
        CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1", more: Repeat("<a>", 100_000)))),
        StatementRefusals.LimitExceeded);

    [Theory]
    [InlineData("<AddtlNtryInf>*</AddtlNtryInf>")]
    [InlineData("<AddtlNtryInf><![CDATA[*]]></AddtlNtryInf>")]
    [InlineData("<Unknown>*</Unknown>")]
    [InlineData("<Unknown a=\"*\"/>")]
    [InlineData("<Unknown*/>")]
    [InlineData("<!--*-->")]
    [InlineData("<?x *?>")]
    public void A_huge_piece_is_refused_before_it_is_held(string piece)
    {
        var huge = piece.Replace("*", new string('x', 20_000_000), StringComparison.Ordinal);

        RefusedCheaply(CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1", more: huge))),
            StatementRefusals.LimitExceeded);
    }

    [Fact]
    public void Names_without_end_are_refused()
    {
        var names = new StringBuilder();
        for (var number = 0; number < 200_000; number++)
            names.Append(CultureInfo.InvariantCulture, $"<n{number}/>");

        RefusedCheaply(CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1", more: names.ToString()))),
            StatementRefusals.LimitExceeded);
    }

    [Fact]
    public void A_file_without_end_is_refused_at_its_limit()
    {
        using var endless = new EndlessStatement();
        var limits = new StatementLimits { MaxBytes = 10_000_000 };
        using var reader = CamtReader.Open(endless, limits);

        var refused = Should.Throw<StatementRefused>(() => reader.NextStatement());

        refused.Refusal.Code.ShouldBe(StatementRefusals.LimitExceeded);
        endless.BytesRead.ShouldBeLessThan(limits.MaxBytes + 100_000);
    }

    [Fact]
    public void More_entries_statements_payments_or_lines_than_allowed_are_refused()
    {
        var limits = new StatementLimits { MaxEntries = 3, MaxStatements = 2, MaxDetailsPerEntry = 2, MaxRepeats = 2 };
        var statement = CamtSample.Statement(CamtSample.Entry("1"));
        string[] tooMuch =
        [
            CamtSample.OfEntries(4),
            CamtSample.Document(Repeat(statement, 3)),
            CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1", more: Repeat(CamtSample.Details(""), 3)))),
            CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1",
                more: CamtSample.Details($"<RmtInf>{Repeat("<Ustrd>x</Ustrd>", 3)}</RmtInf>")))),
            CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1",
                more: Repeat("<Chrgs><Amt Ccy=\"EUR\">1</Amt></Chrgs>", 3)))),
        ];

        CamtSample.Read(CamtSample.OfEntries(3), limits).Statements[0].Entries.Count.ShouldBe(3);
        foreach (var document in tooMuch)
            CamtSample.Refused(document, limits).Code.ShouldBe(StatementRefusals.LimitExceeded);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var cuts = 0;
        foreach (var bytes in Files())
        {
            var end = Array.LastIndexOf(bytes, (byte)'>');
            for (var length = 0; length <= end; length += 100, cuts++)
                Judge(bytes.AsMemory(0, length)).ShouldNotBeNull($"cut at {length} of {bytes.Length}");
        }

        output.WriteLine($"{cuts} files cut off.");
    }

    [Fact]
    public void Files_changed_at_random_are_read_or_refused_and_nothing_else()
    {
        var seed = Environment.GetEnvironmentVariable("OTC_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"OTC_SEED={seed}");
        var random = new Random(seed);
        var files = Files().ToList();
        var refusals = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var number = 0; number < Mutations; number++)
        {
            var file = files[random.Next(files.Count)];
            var changed = number % 2 == 0 ? ChangeBytes(file, random) : ChangeElements(file, random);
            var code = Judge(changed)?.Code ?? "read";
            refusals[code] = refusals.GetValueOrDefault(code) + 1;
        }

        foreach (var (code, count) in refusals.OrderByDescending(pair => pair.Value))
            output.WriteLine($"{count,5}  {code}");
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string WithDocumentType(string documentType, string text) => CamtSample
        .Document(CamtSample.Statement(CamtSample.Entry("1", more: $"<AddtlNtryInf>{text}</AddtlNtryInf>")))
        .Replace("<Document", documentType + "<Document", StringComparison.Ordinal);

    /// <summary>The corpus, or a few samples where it is missing.</summary>
    private static IEnumerable<byte[]> Files()
    {
        var samples = new[] { CamtSample.OfEntries(1), CamtSample.OfEntries(20) }.Select(Encoding.UTF8.GetBytes);
        return CamtCorpus.Found.Select(CamtCorpus.Bytes).Concat(samples);
    }

    /// <summary>Reads, checks and fingerprints; every refusal is one of the list and says where.</summary>
    private static StatementRefusal? Judge(ReadOnlyMemory<byte> bytes)
    {
        using var stream = new MemoryStream(bytes.ToArray());
        try
        {
            var file = CamtReader.Read(stream);
            foreach (var statement in file.Statements)
                StatementFingerprint.Of(statement).Length.ShouldBe(64);
            return file.Statements.Select(StatementChecks.Check).FirstOrDefault(refusal => refusal is not null)
                is { } refusal
                ? Proper(refusal)
                : null;
        }
        catch (StatementRefused refused)
        {
            refused.Refusal.Line.ShouldBePositive();
            return Proper(refused.Refusal);
        }
    }

    private static StatementRefusal Proper(StatementRefusal refusal)
    {
        Codes.ShouldContain(refusal.Code);
        refusal.Element.ShouldNotBeNullOrWhiteSpace();
        refusal.Detail.Length.ShouldBeInRange(1, 1_000);
        return refusal;
    }

    private static void RefusedCheaply(string document, string code)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(document));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Should.Throw<StatementRefused>(() => CamtReader.Read(stream));

        refused.Refusal.Code.ShouldBe(code);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16_000_000);
    }

    private static byte[] ChangeBytes(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 60), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(length, bytes.Count - 1)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length)); break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)])); break;
                default: bytes[at] = (byte)"0123456789<>/&\"' -.:T"[random.Next(21)]; break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Keeps the document well formed: other values, elements without their content, twice, or away.</summary>
    private static byte[] ChangeElements(byte[] original, Random random)
    {
        var text = Encoding.UTF8.GetString(original);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var leaves = Leaf().Matches(text);
            if (leaves.Count == 0)
                break;
            var leaf = leaves[random.Next(leaves.Count)];
            var (name, attributes) = (leaf.Groups["name"].Value, leaf.Groups["more"].Value);
            var other = leaves[random.Next(leaves.Count)].Groups["value"].Value;
            var changed = random.Next(6) switch
            {
                0 => $"<{name}{attributes}>{Values[random.Next(Values.Length)]}</{name}>",
                1 => $"<{name}{attributes}>{other}</{name}>",
                2 => $"<{name}{attributes}/>",
                3 => leaf.Value + leaf.Value,
                4 => $"<{name}>{leaf.Groups["value"].Value}</{name}>",
                _ => "",
            };
            text = string.Concat(text.AsSpan(0, leaf.Index), changed, text.AsSpan(leaf.Index + leaf.Length));
        }

        return Encoding.UTF8.GetBytes(text);
    }

    [GeneratedRegex(@"<(?<name>\w+)(?<more>[^<>]*)>(?<value>[^<>]*)</\w+>", RegexOptions.NonBacktracking)]
    private static partial Regex Leaf();

    private static readonly string[] Values =
    [
        "", " ", "0", "-1", "+1", "1.", ".5", "1e9", "NaN", "0.001", "999999999999999.99", "9999999999999999999999",
        "79228162514264337593543950335", "0001-01-01", "9999-12-31", "9999-12-31T24:00:00", "2024-02-30",
        "2024-01-01+14:00", "true", "CRDT", "DBIT", "BOOK", "OPBD", "CLBD", "ITBD", "USD", "JPY", "XXX",
        "RF18539007547034", "\u00e9\u4e2d\U0001f600", "<Cd>BOOK</Cd>", "<![CDATA[CLBD]]>", "<Amt Ccy=\"EUR\">1</Amt>",
    ];

    private static readonly string[] Fragments =
    [
        "<", ">", "</", "/>", "&", "&amp;", "&#0;", "&#xD800;", "]]>", "<![CDATA[", "<!--", "-->", "<?", "<!DOCTYPE x>",
        "<?xml version=\"1.0\" encoding=\"utf-32\"?>", "encoding=\"ebcdic-cp-us\"", "\0", "\uFFFF", "\uFEFF", "\u001f",
        "<Amt Ccy=\"JPY\">", "</Amt>", "<Ntry>", "</Ntry>", "<Stmt>", "<Dt/>", "xmlns=\"\"", "xml:space=\"preserve\"",
        "9999999999999999999999", "-1", "0001-01-01", "9999-12-31T24:00:00",
    ];

    /// <summary>A statement in which ever more elements follow that nobody asks for.</summary>
    private sealed class EndlessStatement : Stream
    {
        private readonly byte[] _start = Encoding.UTF8.GetBytes(
            $"<Document xmlns=\"{CamtSample.Namespace}\"><BkToCstmrStmt><Stmt>");

        private readonly byte[] _rest = Encoding.UTF8.GetBytes("<AddtlStmtInf>endless</AddtlStmtInf>");

        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => BytesRead;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var index = 0; index < count; index++, BytesRead++)
            {
                buffer[offset + index] = BytesRead < _start.Length
                    ? _start[BytesRead]
                    : _rest[(BytesRead - _start.Length) % _rest.Length];
            }

            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
