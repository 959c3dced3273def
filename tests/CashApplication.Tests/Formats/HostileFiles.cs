using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.CashApplication.Statements.Formats.X12;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>Files of every format, broken at random or made to harm: each reads, or ends in a refusal.</summary>
public sealed class HostileFiles(ITestOutputHelper output)
{
    private const int Mutations = 6_000;
    private const int MaxBytes = 8_000;

    private static readonly FrozenSet<string> Codes = typeof(StatementRefusals)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Samples =
    [
        ":20:S\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C261101EUR1,00\n:61:2611021102CR5,00NTRFREF//BANK\n" +
        ":86:166?00GUTSCHRIFT?20EREF+E1?21SVWZ+INV-1?32GLOBEX\n:62F:C261102EUR6,00\n-\n",
        "01,A,B,261102,0800,1,,,2/\n02,B,A,1,261102,,USD,2/\n03,1234,USD,010,100,,,015,600,,/\n" +
        "16,165,500,V,261102,,R1,C1,INV-1/\n88,GLOBEX\n49,1200,4/\n98,1200,1,6/\n99,1200,1,8/\n",
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1" +
        "</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261102<TRNAMT>5.00<FITID>F1<NAME>GLOBEX" +
        "</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>6.00<DTASOF>20261102</LEDGERBAL></STMTRS></STMTTRNRS></OFX>",
    ];

    private static readonly CsvMapping Mapping = new()
    {
        BookingDate = "Date",
        Amount = "Amount",
        Balance = "Balance",
        FixedCurrency = "USD",
        FixedAccount = "1",
        Text = ["Text"],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(20261102)]
    public void Whatever_is_done_to_a_file_it_reads_or_is_refused(int seed)
    {
        var random = new Random(seed);
        var files = Corpus.Below(
            "mt940", "mt940-bad", "mt942", "bai2", "lockbox", "ofx", "ach", "ach-bad", "coda", "edi")
            .Select(Corpus.Bytes)
            .Concat(Samples.Select(Encoding.UTF8.GetBytes))
            .Append("Date,Amount,Balance,Text\n2026-11-02,5.00,6.00,INV-1\n2026-11-03,-1.00,5.00,x\n"u8.ToArray())
            .Select(content => (content[..Math.Min(content.Length, MaxBytes)], StatementFormats.Detect(content)))
            .ToArray();
        var started = Stopwatch.GetTimestamp();
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Mutations; round++)
        {
            var (content, format) = files[random.Next(files.Length)];
            var outcome = Read(Mutate(content, random), format ?? StatementFormat.Csv);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"seed {seed}: {Mutations} files of {files.Length} in {Stopwatch.GetElapsedTime(started)}");
        foreach (var (outcome, count) in outcomes.OrderByDescending(pair => pair.Value))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,6}  {outcome}"));
        outcomes.Keys.Except(Codes).ShouldBe(["read"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(":20:S\n:25:1\n:28C:1\n:60F:C261101EUR1,\n:61:2611021102C5,NTRFR\n:86:*")]
    [InlineData(":20:*")]
    [InlineData("01,A,B,261102,0800,1,,,2/\n02,B,A,1,261102,,USD,2/\n03,1,USD,*")]
    [InlineData("<OFX><STMTRS><CURDEF>USD<ACCTID>*")]
    [InlineData("<OFX><STMTRS><CURDEF>USD<![CDATA[*")]
    [InlineData("ISA*00**00**ZZ*A*ZZ*B*261102*0800*U*00401*1*0*P*>~GS*RA*A*B*1*1*7*X*1~ST*820*1~BPR*C*1~RMR*")]
    [InlineData("101 042000013 0231380104110805\n5*")]
    public void A_record_without_end_is_refused_before_it_is_held(string file)
    {
        var head = Encoding.ASCII.GetBytes(file[..^1]);
        using var stream = new Endless(head, (byte)'x');
        var before = GC.GetAllocatedBytesForCurrentThread();
        var format = StatementFormats.Detect(head) ?? StatementFormat.Nacha;
        Should.Throw<StatementRefused>(() =>
        {
            if (format == StatementFormat.X12Remittance)
            {
                X12RemittanceReader.Read(stream);
                return;
            }

            using var reader = StatementFormats.Open(format, stream);
            reader.ReadAll();
        }).Refusal.Code.ShouldBeOneOf(StatementRefusals.LimitExceeded, StatementRefusals.UnsupportedStatementType);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4_000_000);
        stream.Position.ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void A_zero_byte_is_no_text()
    {
        var file = Encoding.ASCII.GetBytes(Samples[0].Replace("GLOBEX", "GLO\0BEX", StringComparison.Ordinal));
        Read(file, StatementFormat.Swift).ShouldBe(StatementRefusals.NotWellFormed);
    }

    [Fact]
    public void Ofx_has_no_document_type_and_no_entity_but_characters()
    {
        Read(Encoding.ASCII.GetBytes("<!DOCTYPE OFX [<!ENTITY x \"y\">]>" + Samples[2]), StatementFormat.Ofx)
            .ShouldBe(StatementRefusals.NotWellFormed);
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(
            Samples[2].Replace("GLOBEX", "GLOBEX &amp; &x; S&#246;hne", StringComparison.Ordinal)));
        using var reader = StatementFormats.Open(StatementFormat.Ofx, stream);
        reader.ReadAll().Statements[0].Entries[0].Details[0].Debtor.Name.ShouldBe("GLOBEX & &x; Söhne");
    }

    private static string Read(byte[] content, StatementFormat format)
    {
        using var stream = new MemoryStream(content);
        try
        {
            if (format == StatementFormat.X12Remittance)
            {
                X12RemittanceReader.Read(stream);
                return "read";
            }

            using var reader = StatementFormats.Open(format, stream, Mapping);
            var read = reader.ReadAll();
            return read.Statements.Select(StatementChecks.Check).FirstOrDefault(refusal => refusal is not null)?.Code
                ?? (read.Statements.All(statement => StatementFingerprint.Of(statement).Length == 64) ? "read" : "?");
        }
        catch (StatementRefused refused)
        {
            refused.Refusal.Detail.ShouldNotBeNullOrWhiteSpace();
            refused.Refusal.Line.ShouldBeGreaterThanOrEqualTo(0);
            return refused.Refusal.Code;
        }
    }

    private static byte[] Mutate(byte[] content, Random random)
    {
        var file = content.ToList();
        for (var change = random.Next(1, 4); change > 0 && file.Count > 0; change--)
        {
            var at = random.Next(file.Count);
            var length = Math.Min(random.Next(1, 40), file.Count - at);
            switch (random.Next(6))
            {
                case 0: file[at] = (byte)random.Next(256); break;
                case 1: file.RemoveRange(at, length); break;
                case 2: file.InsertRange(at, file.GetRange(random.Next(file.Count - length + 1), length)); break;
                case 3: file.RemoveRange(at, file.Count - at); break;
                case 4: file[at] = (byte)"09:,/*<>~-{}?\n\r\0 "[random.Next(17)]; break;
                default: file.InsertRange(at, Enumerable.Repeat(file[at], random.Next(1, 300))); break;
            }
        }

        return [.. file];
    }

    /// <summary>Begins as told and never ends.</summary>
    private sealed class Endless(byte[] head, byte rest) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var index = 0; index < count; index++, _position++)
                buffer[offset + index] = _position < head.Length ? head[_position] : rest;
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
